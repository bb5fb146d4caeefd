"""The cross-validation dialog: what it shows is what the simulator says, and it can be left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from simulator.crossvalidation import cross_validate
from simulator.project import Project, load_project
from ui.dialogs.cross_validation import CrossValidationDialog
from ui.dialogs.fold_model import (
    LOSS,
    SAMPLES,
    SCORE,
    SHARE,
    mean_and_deviation,
    score_text,
)
from ui.main_window import MainWindow
from ui.panels.text import BLANK, magnitude
from ui.session import Session
from ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot, light: Theme) -> Iterator[CrossValidationDialog]:
    """The dialog on some points of two classes."""
    session = Session(load_project("moons").with_epochs(4))
    dialog = CrossValidationDialog(session, light)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    yield dialog
    dialog.shut_down()


def texts(dialog: CrossValidationDialog, column: int) -> list[str]:
    model = dialog.table.model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def means(dialog: CrossValidationDialog) -> list[str]:
    return [dialog.means.index(0, column).data() for column in (LOSS, SCORE)]


def type_folds(dialog: CrossValidationDialog, folds: int) -> None:
    dialog.folds.setFocus()
    dialog.folds.selectAll()
    QTest.keyClicks(dialog.folds, str(folds))


def wait_for_the_end(qtbot: QtBot, dialog: CrossValidationDialog) -> None:
    qtbot.waitUntil(dialog.start_button.isEnabled, timeout=30_000)
    assert dialog.thread_of_folds.isFinished()


def show(dialog: CrossValidationDialog, project: Project) -> None:
    dialog._session.set_project(project)


def long(name: str = "sine") -> Project:
    """A project whose folds take a while, each made of many short stretches."""
    return load_project(name).with_epochs(199)


def test_the_folds_are_those_of_the_simulator(qtbot: QtBot, dialog: CrossValidationDialog) -> None:
    project = dialog._session.project
    type_folds(dialog, 7)
    samples = len(project.data)
    assert f"{samples // 7} or {samples // 7 + 1} samples" in dialog.plan.text()
    assert texts(dialog, LOSS) == [BLANK] * 7
    with qtbot.waitSignal(dialog.thread_of_folds.completed, timeout=30_000) as told:
        qtbot.mouseClick(dialog.start_button, LEFT)
    wait_for_the_end(qtbot, dialog)
    found = cross_validate(project, 7)
    assert told.args[0].losses == found.losses
    assert texts(dialog, SAMPLES) == [str(len(fold.rows)) for fold in found.folds]
    assert texts(dialog, LOSS) == [magnitude(loss) for loss in found.losses]
    assert texts(dialog, SCORE) == [f"{100 * score:.1f} %" for score in found.scores]
    assert dialog.model.index(0, SCORE).data(SHARE) == found.scores[0]
    loss = f"{magnitude(float(np.mean(found.losses)))} ± "
    loss += magnitude(float(np.std(found.losses, ddof=1)))
    score = f"{100 * found.mean_score:.1f} ± {100 * found.score_deviation:.1f} %"
    assert means(dialog) == [loss, score]
    assert dialog.progress.value() == dialog.progress.maximum()
    assert "7 networks" in dialog.status.text()


def test_a_test_part_that_the_data_bring_is_said_to_stay_out(
    qtbot: QtBot, dialog: CrossValidationDialog
) -> None:
    project = load_project("moons").with_epochs(1)
    parts = np.zeros(len(project.data))
    parts[::4] = 2
    show(dialog, replace(project, data=replace(project.data, parts=parts)))
    assert dialog.folds.maximum() == (parts == 0).sum()
    assert dialog.status.text().endswith("The data's own test part stays out.")


def test_return_starts_it_and_curves_have_r2(qtbot: QtBot, dialog: CrossValidationDialog) -> None:
    project = load_project("sine").with_epochs(2)
    show(dialog, project)
    type_folds(dialog, 3)
    QTest.keyClick(dialog.folds, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.model.found == 3, timeout=30_000)
    wait_for_the_end(qtbot, dialog)
    scores = cross_validate(project, 3).scores
    assert texts(dialog, SCORE) == [score_text(score, classes=False) for score in scores]
    header = dialog.model.headerData(SCORE, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
    assert header == "R²"


def test_folds_of_one_sample_have_no_r2(qtbot: QtBot, dialog: CrossValidationDialog) -> None:
    project = load_project("sine").with_epochs(1)
    samples = len(project.data)
    show(dialog, project)
    type_folds(dialog, samples)
    qtbot.mouseClick(dialog.start_button, LEFT)
    wait_for_the_end(qtbot, dialog)
    assert texts(dialog, SCORE) == [BLANK] * samples
    assert means(dialog)[1] == BLANK
    assert "two samples" in dialog.status.text()


def test_a_run_can_be_cancelled_and_started_again(
    qtbot: QtBot, dialog: CrossValidationDialog
) -> None:
    show(dialog, long())
    type_folds(dialog, 60)
    qtbot.mouseClick(dialog.start_button, LEFT)
    assert not dialog.start_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.model.found >= 1, timeout=30_000)
    qtbot.mouseClick(dialog.cancel_button, LEFT)
    wait_for_the_end(qtbot, dialog)
    found = dialog.model.found
    assert 1 <= found < 60
    assert dialog.status.text() == f"Cancelled after {found} of 60 folds."
    assert BLANK not in texts(dialog, LOSS)[:found]
    assert means(dialog) == [BLANK, BLANK]
    assert not dialog.cancel_button.isEnabled()
    show(dialog, load_project("moons").with_epochs(1))
    type_folds(dialog, 2)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: BLANK not in means(dialog), timeout=30_000)


def test_closing_the_dialog_gives_the_run_up_and_keeps_what_was_found(
    qtbot: QtBot, dialog: CrossValidationDialog
) -> None:
    show(dialog, long())
    type_folds(dialog, 60)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.model.found >= 1, timeout=30_000)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    wait_for_the_end(qtbot, dialog)
    dialog.show()
    assert 1 <= dialog.model.found < 60
    assert "Cancelled" in dialog.status.text()


def test_closing_the_window_ends_the_thread(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_project(long())
    window.actions_by_id["cross_validate"].trigger()
    dialog = window.tools.cross_validation
    assert dialog is not None and dialog.isVisible() and not dialog.isModal()
    type_folds(dialog, 60)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.model.found >= 1, timeout=30_000)
    # The window lives on beside it.
    start = window.session.snapshot.iteration
    window.session.run()
    qtbot.waitUntil(lambda: window.session.snapshot.iteration > start, timeout=10_000)
    window.close()
    assert dialog.thread_of_folds.isFinished()
    assert not dialog.isVisible()


def test_the_same_dialog_is_opened_again(window: MainWindow) -> None:
    window.actions_by_id["cross_validate"].trigger()
    first = window.tools.cross_validation
    first.close_button.click()
    assert not first.isVisible()
    window.actions_by_id["cross_validate"].trigger()
    assert window.tools.cross_validation is first
    assert first.isVisible()
    window.actions_by_id["toggle_theme"].trigger()


def test_data_that_cannot_be_folded_are_one_sentence(
    qtbot: QtBot, dialog: CrossValidationDialog
) -> None:
    show(dialog, load_project("digits-5x5"))
    qtbot.mouseClick(dialog.start_button, LEFT)
    wait_for_the_end(qtbot, dialog)
    assert dialog.status.text().count(".") == 1
    assert "left for training" in dialog.status.text()
    assert dialog._sign.isVisible()
    assert dialog.model.found == 0
    assert dialog.progress.value() == 0


def test_divergence_is_told(qtbot: QtBot, dialog: CrossValidationDialog) -> None:
    session = dialog._session
    show(dialog, load_project("sine"))
    session.set_learning_rate(1e6)
    qtbot.mouseClick(dialog.start_button, LEFT)
    wait_for_the_end(qtbot, dialog)
    assert "smaller learning rate" in dialog.status.text()
    assert dialog._sign.isVisible()


def test_results_say_what_they_are_of(qtbot: QtBot, dialog: CrossValidationDialog) -> None:
    title = dialog._session.project.title
    type_folds(dialog, 2)
    assert dialog.card.caption() == ""
    qtbot.mouseClick(dialog.start_button, LEFT)
    wait_for_the_end(qtbot, dialog)
    assert dialog.card.caption() == title
    before = texts(dialog, LOSS)
    dialog._session.set_learning_rate(0.0123)
    assert dialog.card.caption() == f"{title} · changed since"
    assert texts(dialog, LOSS) == before
    dialog._session.undo_stack.undo()
    assert dialog.card.caption() == title


@pytest.mark.parametrize(
    ("score", "classes", "text"),
    [
        (0.9333, True, "93.3 %"),
        (0.9121, False, "0.912"),
        (-2.0271, False, "−2.027"),
        (-188.555, False, "−188.6"),
        (-123456.0, False, "−1.2e+05"),
        (float("nan"), True, BLANK),
    ],
)
def test_scores_are_short(score: float, classes: bool, text: str) -> None:
    assert score_text(score, classes) == text


def test_the_deviation_is_that_of_a_sample() -> None:
    assert mean_and_deviation([1.0, 2.0, 3.0]) == (2.0, 1.0)
