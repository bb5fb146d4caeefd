"""Weights alone: npz files, the same that :func:`simulator.weights.save_weights` writes."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from simulator.alteration import NewValues, Piece
from simulator.arrays import Array
from simulator.document.durable import write_durably
from simulator.network import Network
from simulator.project import ProjectError
from simulator.project.archive.npy import from_npy
from simulator.project.errors import printable
from simulator.trainer import Trainer
from simulator.weights import weight_arrays

_HEADER = 1024
"""Bytes at most before the numbers of an array."""
_MOST_PARTS = 1000
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(ValueError, OverflowError, OSError),
)


def export_weights(path: str | os.PathLike[str], network: Network) -> str:
    """Write a network's parameters as an npz file; return a warning, or "".

    Raises
    ------
    ProjectError : "Not saved: ..."; the file on disk is then what it was.
    """
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **weight_arrays(network))
    return write_durably(Path(path), stream.getvalue())


def start_with_weights(trainer: Trainer, path: str | os.PathLike[str]) -> None:
    """Have training go on with the parameters in an npz file, as an edit would give them.

    Raises
    ------
    ProjectError : as :func:`load_weights`; the trainer is then what it was.
    """
    project = trainer.project
    network = Network(project.network, project.parameters, project.training.precision)
    load_weights(path, network)
    theta, moving = (
        Piece(np.arange(len(own), dtype=np.intp), own) for own in (network.theta, network.moving)
    )
    trainer.change(project, values=NewValues(theta, moving))


def load_weights(path: str | os.PathLike[str], network: Network) -> None:
    """Give a network the parameters in an npz file: all of them or, on any mistake, none.

    Raises
    ------
    ProjectError : one sentence that names the file, if it is damaged or is of another network.
    """
    place = Path(path)
    wanted = weight_arrays(network)
    try:
        try:
            with place.open("rb") as stream, zipfile.ZipFile(stream) as archive:
                found = {name: _read(archive, name, own) for name, own in wanted.items()}
                if len(archive.infolist()) > len(wanted):
                    raise ProjectError("it has weights of layers that the network does not have.")
        except ProjectError:
            raise
        except FileNotFoundError:
            raise ProjectError("there is no such file.") from None
        except _DAMAGES:
            raise ProjectError("it is no npz file, or it is damaged.") from None
    except ProjectError as problem:
        raise ProjectError(f"“{printable(place.name, 80)}”: {problem}") from None
    for name, own in wanted.items():
        own[...] = found[name]
    network.remove_links()


def _read(archive: zipfile.ZipFile, name: str, own: Array) -> Array:
    """One array, which must be of the network's shape; no more than its bytes are unpacked."""
    if len(archive.infolist()) > _MOST_PARTS:
        raise ProjectError("it has too many parts.")
    part = f"{name}.npy"
    if archive.namelist().count(part) != 1:
        raise ProjectError(f"{name} is missing; the network has it.")
    # A network in the other precision has numbers of half or twice the size.
    most = _HEADER + 8 * own.size
    if archive.getinfo(part).file_size > most:
        raise ProjectError(f"{name} does not fit the network.")
    with archive.open(part) as stream:
        values = from_npy(stream.read(most + 1), name)
    if values.shape != own.shape or values.dtype.kind != "f":
        sizes = (" × ".join(f"{n:,}" for n in shape) for shape in (values.shape, own.shape))
        raise ProjectError("{} does not fit the network ({}, expected {}).".format(name, *sizes))
    if not np.isfinite(values).all():
        raise ProjectError(f"{name} holds values that are not finite numbers.")
    return values
