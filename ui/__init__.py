"""Backlit's window: shows what the engine did and asks it for more."""
