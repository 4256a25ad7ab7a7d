"""What decision makers read: a stored run as one self-contained page.

Everything here is a pure function of the run document; nothing fits a model,
reads a clock or opens a network connection.
"""
