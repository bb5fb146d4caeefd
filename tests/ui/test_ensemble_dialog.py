"""The dropout ensemble dialog: deck C's four networks, and whatever cannot be listed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.ensemble import dropout_ensemble
from simulator.network import Network
from simulator.project import Project, load_project, project_from_value
from simulator.runner import Runner
from simulator.snapshot import RunState
from ui.dialogs.ensemble import EnsembleDialog
from ui.dialogs.ensemble_model import MASK, Columns, difference, number_text
from ui.dialogs.ensemble_thread import Question
from ui.main_window import MainWindow
from ui.session import Session
from ui.theme import Theme

Texts = list[list[str | None]]


def small(**changes: Any) -> Project:
    """Two inputs, three hidden neurons and two classes, some of each dropped."""
    value: dict[str, Any] = {
        "network": {
            "inputs": 2,
            "input_dropout": 0.25,
            "layers": [
                {"units": 3, "activation": "tanh", "dropout": 0.5},
                {"units": 2, "activation": "softmax"},
            ],
        },
        "loss": "categorical_crossentropy",
        "training": {"epochs": 10**6},
        "data": {"inputs": [[2, 1], [0, 3], [5, 1]], "targets": [[1, 0], [0, 1], [1, 0]]},
    }
    return project_from_value(value | changes)


def make_dialog(qtbot: QtBot, theme: Theme, project: Project) -> EnsembleDialog:
    """The dialog of a session without a thread: its snapshot is that of the start."""
    session = Session(project)
    session.snapshot = Runner(project).snapshot()
    dialog = EnsembleDialog(session, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def cells(dialog: EnsembleDialog) -> Texts:
    model = dialog.table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def sums(dialog: EnsembleDialog) -> dict[str, list[str]]:
    """The lines below the table; a difference goes by the name of the line above it."""
    model = dialog.mean_table.model()
    found: dict[str, list[str]] = {}
    last = ""
    for row in range(model.rowCount()):
        name, *texts = [model.index(row, column).data() for column in range(model.columnCount())]
        if "difference" in name:
            name = f"{last}, difference"
        last = name
        found[name] = [text for text in texts if text is not None]
    return found


def open_dialog(qtbot: QtBot, window: MainWindow, name: str) -> EnsembleDialog:
    window.open(name)
    project = window.session.project
    qtbot.waitUntil(lambda: window.session.snapshot.spec == project.network)
    window.actions_by_id["dropout_ensemble"].trigger()
    assert window.tools.ensemble is not None
    assert window.tools.ensemble.isVisible() and not window.tools.ensemble.isModal()
    return window.tools.ensemble


def test_the_four_networks_of_deck_c(qtbot: QtBot, light: Theme) -> None:
    dialog = make_dialog(qtbot, light, load_project("dropout-ensemble"))
    qtbot.waitUntil(lambda: len(cells(dialog)) == 4)
    assert cells(dialog) == [
        ["1", "11", "0.2500", "−0.2000"],
        ["2", "10", "0.2500", "1.2000"],
        ["3", "01", "0.2500", "−1.4000"],
        ["4", "00", "0.2500", "0.0000"],
    ]
    assert sums(dialog) == {
        "Mean of all, by probability": ["−0.1000"],
        "Test-time network": ["−0.1000"],
        "Test-time network, difference": ["0.0000"],
        "Whole network, unscaled": ["−0.2000"],
        "Whole network, unscaled, difference": ["−0.1000"],
    }
    assert dialog.card.caption() == "4 = 2² networks · first training sample (2, 1)"
    mask = dialog.members.index(1, 1)
    assert mask.data(MASK) == (1, 0)
    assert mask.data(Qt.ItemDataRole.ToolTipRole) == "x1 kept, x2 dropped"
    dialog.shut_down()


def test_it_follows_the_drawing_and_the_training(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_dialog(qtbot, window, "dropout-ensemble")
    window.session.set_drawing(np.array([2.0, 1.0]))
    qtbot.waitUntil(lambda: "the drawing (2, 1)" in dialog.card.caption())
    assert sums(dialog)["Mean of all, by probability"] == ["−0.1000"]
    assert sums(dialog)["Whole network, unscaled"] == ["−0.2000"]
    QTest.keyClick(dialog, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: sums(dialog)["Whole network, unscaled"] != ["−0.2000"])
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 1)
    qtbot.waitUntil(lambda: window.session.state is RunState.PAUSED)
    snapshot, project = window.session.snapshot, window.session.project
    network = Network(project.network)
    network.theta[...] = snapshot.theta
    found = dropout_ensemble(project, network, np.array([2.0, 1.0]))
    qtbot.waitUntil(
        lambda: (
            [row[-1] for row in cells(dialog)]
            == [number_text(float(member.output[0])) for member in found.members]
        )
    )
    window.session.reset()
    qtbot.waitUntil(lambda: sums(dialog)["Whole network, unscaled"] == ["−0.2000"])


def test_it_follows_the_project(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_dialog(qtbot, window, "digits-5x5")
    qtbot.waitUntil(dialog.hint.isVisible)
    assert "20 units can be dropped" in dialog.hint.text()
    assert "Dropout as an ensemble" in dialog.hint.text()
    assert not dialog.table.isVisible() and not dialog.mean_table.isVisible()
    window.open("xor")
    qtbot.waitUntil(lambda: "only one network" in dialog.hint.text())
    window.open("dropout-ensemble")
    qtbot.waitUntil(dialog.table.isVisible)
    assert len(cells(dialog)) == 4 and not dialog.hint.isVisible()
    window.session.set_project(small())
    qtbot.waitUntil(lambda: len(cells(dialog)) == 32)


def test_masks_of_two_layers_and_two_outputs(qtbot: QtBot, theme: Theme) -> None:
    project = small()
    dialog = make_dialog(qtbot, theme, project)
    qtbot.waitUntil(lambda: len(cells(dialog)) == 32)
    model, across = dialog.members, Qt.Orientation.Horizontal
    headings = [model.headerData(n, across, Qt.ItemDataRole.DisplayRole) for n in range(6)]
    assert headings == ["network", "input", "hidden 1", "probability", "class 0", "class 1"]
    runner = Runner(project)
    found = dropout_ensemble(project, runner.trainer.network, project.prepared.training.inputs[0])
    for row, member in zip(cells(dialog), found.members, strict=True):
        assert row[1] == "".join(map(str, member.masks[0]))
        assert row[2] == "".join(map(str, member.masks[1]))
        assert row[3] == number_text(member.probability)
        assert row[4:] == [number_text(float(value)) for value in member.output]
    assert sums(dialog)["Test-time network"] == [
        number_text(float(value)) for value in found.test_output
    ]
    # The lines below stand in the columns of the table.
    for column in range(model.columnCount()):
        assert dialog.table.columnWidth(column) == dialog.mean_table.columnWidth(column)
        assert dialog.table.columnViewportPosition(
            column
        ) == dialog.mean_table.columnViewportPosition(column)
    dialog.shut_down()


def test_batch_normalization_is_refused_in_a_sentence(qtbot: QtBot, light: Theme) -> None:
    network = {
        "inputs": 2,
        "layers": [
            {"units": 3, "activation": "tanh", "dropout": 0.5, "batch_normalization": True},
            {"units": 2, "activation": "softmax"},
        ],
    }
    training = {"batch_size": 3}
    dialog = make_dialog(qtbot, light, small(network=network, training=training))
    qtbot.waitUntil(lambda: "mini-batch" in dialog.hint.text())
    dialog.shut_down()


def test_a_hidden_dialog_asks_nothing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = open_dialog(qtbot, window, "dropout-ensemble")
    qtbot.waitUntil(lambda: len(cells(dialog)) == 4)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog._thread.isRunning())
    asked: list[Question] = []
    monkeypatch.setattr(dialog._thread, "begin", asked.append)
    iteration = window.session.snapshot.iteration
    window.session.run()
    qtbot.waitUntil(lambda: window.session.snapshot.iteration > iteration)
    assert not asked
    window.actions_by_id["dropout_ensemble"].trigger()
    qtbot.waitUntil(lambda: len(asked) > 0)


def test_closing_the_window_while_it_works(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_dialog(qtbot, window, "dropout-ensemble")
    window.session.set_project(small())
    window.session.run()
    qtbot.waitUntil(lambda: len(cells(dialog)) == 32)
    window.close()
    assert not dialog._thread.isRunning()
    assert not dialog.isVisible()


def test_the_dots_are_seen(qtbot: QtBot, theme: Theme) -> None:
    dialog = make_dialog(qtbot, theme, load_project("dropout-ensemble"))
    dialog.apply_theme(theme)
    qtbot.waitUntil(lambda: len(cells(dialog)) == 4)
    picture = dialog.table.viewport().grab().toImage()
    filled = theme.colour("activation").rgb()
    places = [dialog.table.visualRect(dialog.members.index(row, 1)) for row in (0, 3)]
    counts = [
        sum(
            picture.pixel(x, y) == filled
            for x in range(place.left(), place.left() + 60)
            for y in range(place.top(), place.bottom())
        )
        for place in places
    ]
    assert counts[0] > 60 and counts[1] == 0
    dialog.shut_down()


def test_rounding_is_no_difference() -> None:
    one = np.array([0.1 + 0.2, 1.0, np.inf, 1e-9])
    other = np.array([0.3, 0.5, np.inf, 0.0])
    np.testing.assert_array_equal(difference(one, other), [0.0, 0.5, np.nan, 1e-9])


def test_columns_of_a_project_without_dropout() -> None:
    columns = Columns.of(load_project("xor"))
    assert columns.layers == () and columns.outputs == ("y",)
