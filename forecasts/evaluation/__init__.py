"""How good the answers would have been: past origins, what was asked, what happened, baselines."""
