"""Fitting the world model, gating it, and reading answers off its futures."""
