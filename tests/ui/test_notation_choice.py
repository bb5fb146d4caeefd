"""The notation: chosen from the bar or the View menu, or from a lecturer's own file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from formula_hands import LEFT, step_to
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from simulator.notation import NEUTRAL, notations
from simulator.resource_files import resource_path
from simulator.trace import Phase, PhaseKind
from ui.main_window import MainWindow
from ui.notation_choice import OPEN_TEXT, NotationChoice
from ui.panels.deltas import DeltasPanel


def entry(window: MainWindow, title: str) -> QAction:
    """An entry of the menu of notations."""
    return next(action for action in window.notation.menu.actions() if action.text() == title)


def choose(qtbot: QtBot, window: MainWindow, title: str) -> None:
    """Choose a notation from the bar's menu with the mouse."""
    menu = window.notation.menu
    menu.popup(window.mapToGlobal(QPoint(300, 80)))
    qtbot.waitUntil(menu.isVisible)
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry(window, title)).center())


def written(tmp_path: Path, **changes: object) -> Path:
    """A notation file: the neutral one with changes."""
    value = json.loads(resource_path("notations", "neutral.json").read_text(encoding="utf-8"))
    value.update(id="mine", title="My course", **changes)
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_switching_turns_symbols_and_signs_in_the_whole_window(
    qtbot: QtBot, window: MainWindow
) -> None:
    session = window.session
    step_to(qtbot, window, Phase(PhaseKind.DELTA, 3))
    trace = session.snapshot.trace
    deltas = window.docks.panel("deltas")
    assert isinstance(deltas, DeltasPanel)
    cell = deltas.row_blocks()[2]
    neuron = int(abs(trace.delta[2][0]).argmax())
    value = float(trace.delta[2][0, neuron])
    view = window.network_card.view
    session.selection.select(3, neuron)

    def numbers() -> tuple[float, float, float]:
        shown = deltas.view.cell(cell, *divmod(neuron, cell.columns)).value
        ring = view._scene.readings.layers[3].delta[neuron]
        text = window.inspector.neuron_form.table.findChild(object, "neuron_delta").text()
        return shown, float(ring), float(text.replace("−", "-"))

    assert numbers() == pytest.approx((value,) * 3, abs=1e-4)
    choose(qtbot, window, "Deck B (ChemE 4H03)")
    assert numbers() == pytest.approx((-value,) * 3, abs=1e-4)
    assert window.transport.notation.text().strip() == "Notation: Deck B"
    names = window.inspector.neuron_form.table
    assert names.findChild(object, "neuron_z").accessibleName() == "pre-activation v"
    assert window.formula.explanation.value == pytest.approx(-value)
    choose(qtbot, window, "Neutral")
    assert numbers() == pytest.approx((value,) * 3, abs=1e-4)


def test_the_button_and_the_view_menu_offer_the_same(window: MainWindow) -> None:
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "View")
    assert window.notation.menu in [action.menu() for action in view.actions()]
    assert window.transport.notation.menu() is window.notation.menu
    titles = [action.text() for action in window.notation.menu.actions() if action.isVisible()]
    assert titles == [*(own.title for own in notations()), "", OPEN_TEXT]


def test_it_is_remembered(qtbot: QtBot, window: MainWindow) -> None:
    choose(qtbot, window, "Deck C (Isfahan)")
    other = NotationChoice(window._settings, window)
    assert other.notation.id == "deck-c"
    assert [a.text() for a in other.menu.actions() if a.isChecked()] == ["Deck C (Isfahan)"]


def test_a_lecturers_own_file(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, error_sign=-1)
    answer = (str(path), "")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: answer)
    choose(qtbot, window, OPEN_TEXT)
    assert window.notation.notation.error_sign == -1
    assert window.transport.notation.text().strip() == "Notation: My course"
    assert [a.text() for a in window.notation.menu.actions() if a.isChecked()] == ["My course"]
    remembered = NotationChoice(window._settings, window)
    assert remembered.notation.title == "My course"
    path.unlink()
    forgotten = NotationChoice(window._settings, window)
    assert forgotten.notation is NEUTRAL


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "mine.json"),
        (b"\xff\xfe", "mine.json"),
        (b"[]", "must be a JSON object"),
        (b'{"version": 7}', "version"),
        (None, "error_sign must be 1 or"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | None,
    sentence: str,
) -> None:
    path = written(tmp_path, error_sign=2)
    if content is not None:
        path.write_bytes(content)
    choose(qtbot, window, "Deck A (APS360)")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args: (str(path), ""))
    choose(qtbot, window, OPEN_TEXT)
    assert window.notice.isVisible()
    assert sentence in window.notice.text()
    assert window.notation.notation.id == "deck-a"
    assert [a.text() for a in window.notation.menu.actions() if a.isChecked()] == [
        "Deck A (APS360)"
    ]
