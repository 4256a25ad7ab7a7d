"""The generative model: design arrays, the unfitted model, and simulated futures."""
