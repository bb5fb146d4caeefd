"""Data: what a network is trained on."""

from simulator.data.dataset import Dataset, Picture

__all__ = ["Dataset", "Picture"]
