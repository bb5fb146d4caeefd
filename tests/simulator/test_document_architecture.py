"""A network's architecture alone: written, read, and given to another project."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from documents import rich
from small_projects import digits, everything, regression, theta_bytes

from simulator.cli import main
from simulator.document import load_document, save_document
from simulator.document.architecture import (
    architecture_json,
    architecture_of,
    load_architecture,
    save_architecture,
    with_architecture,
)
from simulator.document.weights import export_weights, load_weights, start_with_weights
from simulator.project import Project, ProjectError, project_from_value
from simulator.trainer import Trainer


@pytest.mark.parametrize("project", [rich(), digits(), everything(), regression()])
def test_it_comes_back_without_weights(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "a.json"
    assert save_architecture(path, project) == ""
    architecture = load_architecture(path)
    assert architecture.network == project.network
    assert not {"W", "b"} & {name for own in architecture.value["layers"] for name in own}
    again = with_architecture(project, architecture)
    assert again.network == project.network
    assert theta_bytes(Trainer(again)) == theta_bytes(Trainer(project))


def test_removed_and_frozen_links_belong_to_it() -> None:
    value = architecture_of(rich()).value
    assert value["layers"][0]["links"] == [[1.0, 1.0, 0.0]] * 5


def test_start_weights_and_masks_do_not() -> None:
    given = {
        "network": {
            "inputs": 1,
            "layers": [
                {
                    "units": 2,
                    "activation": "tanh",
                    "W": [[1], [2]],
                    "dropout": {"rate": 0.5, "mask": [[1, 0]] * 2},
                },
                {"units": 1, "activation": "linear", "frozen": {"W": [[1, 0]]}},
            ],
        },
        "loss": "mse",
        "data": {"inputs": [[0], [1]], "targets": [[0], [1]]},
    }
    first, second = architecture_of(project_from_value(given)).value["layers"]
    assert "W" not in first and "mask" not in first["dropout"]
    assert second["frozen"]["W"] == [[1.0, 0.0]]


def test_projects_and_documents_have_one_too(tmp_path: Path) -> None:
    path = tmp_path / "d.backlit"
    save_document(path, rich())
    assert load_architecture(path).network == rich().network
    assert load_architecture("xor").network.sizes == (2, 4, 1)
    text = tmp_path / "p.json"
    main(["export", str(path), str(text)])
    assert load_architecture(text).network == rich().network


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "format “other” is unknown"),
        ({"version": 2}, "version must be a whole number from 1 to 1"),
        ({"network": {"inputs": 3, "layers": []}}, "network.layers has 0 entries"),
        ({"network": []}, "network must be a JSON object"),
        ({"more": 1}, "more is not known"),
        (
            {"network": {"inputs": 10**6, "layers": [{"units": 10**6}] * 9}},
            "GB of memory|must be a whole",
        ),
    ],
)
def test_damaged_ones_are_said(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({**json.loads(architecture_json(regression())), **change}))
    with pytest.raises(ProjectError, match=words) as caught:
        load_architecture(path)
    assert str(caught.value).startswith("“a.json”: ")


def test_one_of_other_data_does_not_fit() -> None:
    with pytest.raises(
        ProjectError, match=r"^network.inputs is 3, but a row of data.inputs has 25"
    ):
        with_architecture(digits(), architecture_of(regression()))


def test_training_begins_with_given_weights(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    trained = Trainer(rich())
    trained.run_epochs(4)
    assert export_weights(path, trained.network) == ""
    fresh = Trainer(rich(seed=99))
    start_with_weights(fresh, path)
    assert theta_bytes(fresh) == theta_bytes(trained)
    assert fresh.network.moving.tobytes() == trained.network.moving.tobytes()
    fresh.run_epochs(1)
    assert fresh.iteration == fresh.project.iterations_per_epoch
    other = Trainer(digits())
    before = theta_bytes(other)
    with pytest.raises(ProjectError, match="does not fit the network"):
        start_with_weights(other, path)
    assert theta_bytes(other) == before


def test_the_command_line_does_all_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, shape, weights = (str(tmp_path / name) for name in ("d.backlit", "a.json", "w.npz"))
    assert main(["train", "xor", "--epochs", "7", "--save", saved]) == 0
    assert main(["export", saved, shape, "--architecture"]) == 0
    assert main(["export", saved, weights, "--weights"]) == 0
    network = Trainer(load_document("xor").project).network
    load_weights(weights, network)
    state = load_document(saved).state
    assert state is not None and network.theta.tobytes() == state.theta.tobytes()
    other = str(tmp_path / "e.backlit")
    command = ["train", "xor", "--epochs", "1", "--save", other]
    assert main([*command, "--architecture", shape, "--weights", weights]) == 0
    begun = load_document(other)
    assert begun.project.network == load_document("xor").project.network
    assert begun.state is not None and begun.state.theta.tobytes() != state.theta.tobytes()
    capsys.readouterr()
    assert main(["train", "digits-5x5", "--architecture", shape]) == 1
    assert "network.inputs is 2, but a row of data.inputs has 25" in capsys.readouterr().err
    assert main(["train", saved, "--weights", weights]) == 1
    assert "goes on with its own network" in capsys.readouterr().err


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.json"
    with pytest.raises(ProjectError, match=r"^Not saved: “a.json”: No such file"):
        save_architecture(path, regression())
    with pytest.raises(ProjectError, match=r"^Not saved: “w.npz”: No such file"):
        export_weights(path.with_name("w.npz"), Trainer(regression()).network)


def test_another_optimizer_keeps_the_architecture() -> None:
    project = rich()
    changed = replace(project, loss="mae")
    assert architecture_of(changed).value == architecture_of(project).value
