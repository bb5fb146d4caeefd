"""Runs in an environment of its own (`make exchange`), with PyTorch and without Qt."""

import os
import sys
from pathlib import Path

# Keras is to compute with PyTorch here; it is on JAX in tests/simulator.
os.environ["KERAS_BACKEND"] = "torch"
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "simulator"))
