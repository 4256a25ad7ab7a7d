"""How good were the probabilities: pointwise statistics, their means, skill, calibration."""
