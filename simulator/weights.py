"""The parameters of a network as an npz file, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import numpy as np

from simulator.arrays import Array
from simulator.network import Network


def weight_arrays(network: Network) -> dict[str, Array]:
    """Every parameter by name: W1 (units, fan_in), b1 (units,), gamma1, ..., from layer 1 on."""
    arrays: dict[str, Array] = {}
    for number in range(1, network.spec.depth + 1):
        for name, values in (
            ("W", network.W[number - 1]),
            ("b", network.b[number - 1]),
            ("gamma", network.gamma[number - 1]),
            ("beta", network.beta[number - 1]),
            ("moving_mean", network.moving_mean[number - 1]),
            ("moving_variance", network.moving_variance[number - 1]),
        ):
            if values is not None:
                arrays[f"{name}{number}"] = values
    return arrays


def save_weights(network: Network, path: Path) -> None:
    """Write all parameters to ``path``; an earlier file stays until the new one is complete.

    Raises
    ------
    OSError : when the folder cannot be written to.
    """
    temporary = path.with_name(f".{os.getpid()}.{path.name}"[:250])
    try:
        with temporary.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **weight_arrays(network))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
