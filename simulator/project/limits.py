"""How large a project may be."""

from __future__ import annotations

MAX_UNITS = 100_000
MAX_LAYERS = 100
MAX_EPOCHS = 1_000_000_000
MAX_SEED = 2**63 - 1
MAX_SAMPLES = 1_000_000
EVALUATION_ROWS = 1024
"""Samples sent through the network at once when it is evaluated."""
