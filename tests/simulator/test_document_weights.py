"""Weights alone: an npz file into a network, all of it or none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from documents import rich
from small_projects import digits, regression, theta_bytes

from simulator.document.weights import load_weights
from simulator.network import Network
from simulator.project import Project, ProjectError
from simulator.trainer import Trainer
from simulator.weights import weight_arrays


def written(path: Path, project: Project) -> Trainer:
    trainer = Trainer(project)
    trainer.run_epochs(2)
    trainer.save_weights(path)
    return trainer


def refusal(path: Path, network: Network) -> str:
    before = network.theta.tobytes(), network.moving.tobytes()
    with pytest.raises(ProjectError) as caught:
        load_weights(path, network)
    assert (network.theta.tobytes(), network.moving.tobytes()) == before
    sentence = str(caught.value)
    assert sentence.startswith("“w.npz”: ")
    return sentence.removeprefix("“w.npz”: ")


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_they_come_back(tmp_path: Path, precision: str) -> None:
    trained = written(tmp_path / "w.npz", rich(precision=precision))
    other = Trainer(rich(precision=precision, seed=99))
    assert theta_bytes(other) != theta_bytes(trained)
    load_weights(tmp_path / "w.npz", other.network)
    assert theta_bytes(other) == theta_bytes(trained)
    assert other.network.moving.tobytes() == trained.network.moving.tobytes()


def test_those_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    written(path, regression())
    network = Trainer(digits()).network
    assert refusal(path, network) == "W1 does not fit the network (4 × 3, expected 20 × 25)."
    own = Trainer(regression()).network
    arrays = dict(weight_arrays(own))
    np.savez(path, **{**arrays, "W3": arrays["W2"]})
    assert refusal(path, own).startswith("it has weights of layers")
    np.savez(path, **{name: own for name, own in arrays.items() if name != "b2"})
    assert refusal(path, own) == "b2 is missing; the network has it."
    np.savez(path, **{**arrays, "b1": np.full(4, np.nan)})
    assert refusal(path, own) == "b1 holds values that are not finite numbers."
    np.savez(path, **{**arrays, "b1": np.array([None] * 4)})
    assert "type of array is not allowed" in refusal(path, own)
    np.savez_compressed(path, **{**arrays, "b1": np.zeros(10_000_000)})
    assert refusal(path, own) == "b1 does not fit the network."


def test_damaged_files_are_refused_or_equal(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    network = written(path, regression()).network
    good, theta = path.read_bytes(), network.theta.tobytes()
    for length in range(0, len(good), 7):
        path.write_bytes(good[:length])
        refusal(path, network)
    for place in range(0, len(good), 5):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1 << place % 8]) + good[place + 1 :])
        try:
            load_weights(path, network)
        except ProjectError:
            continue
        assert network.theta.tobytes() == theta
    path.unlink()
    assert refusal(path, network) == "there is no such file."
