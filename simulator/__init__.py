"""Backlit's engine: neural networks small enough to see through, in NumPy alone."""

__version__ = "0.1.0"
