"""The data desk: what its buttons, keys and brush do to the samples, and that it all comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hands import circles
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from simulator.data import Dataset
from simulator.project import Project, load_project, project_from_value
from simulator.runner import Runner
from simulator.snapshot import RunState
from ui.desk.plane import ERASE, PAINT
from ui.desk.sample_model import CLASS, FIXED, MIME, PART, SAYS
from ui.desk.samples_panel import PLANE, TABLE, TILES, SamplesPanel
from ui.main_window import MainWindow

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
ONE_ROW = [[0, 0], [0, 1], [1, 0], [1, 1]]


class Desk:
    """A user at the desk of a window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.qtbot, self.window, self.session = qtbot, window, window.session
        panel = window.docks.panel("samples")
        assert isinstance(panel, SamplesPanel)
        self.panel = panel
        dock = window.docks.dock("samples")
        dock.raise_()
        qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())

    @property
    def data(self) -> Dataset:
        return self.session.project.data

    def open(self, project: Project) -> None:
        self.session.set_project(project)
        self.qtbot.waitUntil(lambda: self.session.snapshot.project is project)

    def click(self, button: QToolButton) -> None:
        assert button.isEnabled() and button.isVisible(), button.toolTip()
        self.qtbot.mouseClick(button, LEFT)

    def tile(self, sample: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        """Click a tile."""
        tiles = self.panel.tiles
        index = tiles.model().index(self.panel.model.place_of(sample), 0)
        tiles.scrollTo(index)
        place = tiles.visualRect(index).center()
        self.qtbot.mouseClick(tiles.viewport(), LEFT, modifier, place)

    def key(self, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel.tiles, key, modifier)

    def _in_front(self) -> None:
        # Without a window manager a closed menu keeps the keys.
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def undo(self) -> None:
        self._in_front()
        QTest.keyClick(self.window, Qt.Key.Key_Z, CONTROL)

    def redo(self) -> None:
        self._in_front()
        QTest.keyClick(self.window, Qt.Key.Key_Z, CONTROL | SHIFT)

    def choose_class(self, name: str) -> None:
        """Choose in the menu of classes with the keyboard."""
        menu = self.panel.class_menu
        self.qtbot.waitUntil(menu.isVisible)
        QTest.keyClick(menu, Qt.Key.Key_Home)
        names = [action.text().removeprefix("&") for action in menu.actions()]
        for _ in range(names.index(name)):
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: not menu.isVisible())

    def trained(self) -> Project:
        """What the training thread trains now."""
        found: list[Project] = []

        def look(runner: Runner) -> None:
            found.append(runner.project)

        self.session.send(look)
        self.qtbot.waitUntil(lambda: bool(found))
        return found[0]


@pytest.fixture
def desk(qtbot: QtBot, window: MainWindow) -> Desk:
    return Desk(qtbot, window)


def plane_project(**more: object) -> Project:
    return circles(**more)


def test_a_click_puts_a_sample_on_the_canvas(desk):
    desk.tile(4)
    assert desk.window.data_card.sample == 4
    assert np.array_equal(
        desk.window.data_card.drawing(), desk.data.picture.pack(desk.data.inputs[4])
    )
    desk.qtbot.mouseClick(
        desk.window.data_card.strip, LEFT, pos=desk.window.data_card.strip.tile_rect(1).center()
    )
    assert desk.panel.chosen() == [1]


def test_the_drawing_is_added_with_a_class_and_trained_on_at_once(desk):
    card, before = desk.window.data_card, desk.session.project
    QTest.mouseClick(card.canvas, LEFT, pos=card.canvas.cell_rect(1, 0).center().toPoint())
    drawing = card.drawing()
    desk.session.run()
    desk.qtbot.waitUntil(lambda: desk.session.state is RunState.RUNNING)
    QTest.keyClick(desk.window, Qt.Key.Key_Return, CONTROL)
    desk.choose_class("4")
    assert len(desk.data) == 6 and desk.data.class_name(desk.data.target_classes[5]) == "4"
    assert np.array_equal(desk.data.picture.pack(desk.data.inputs[5]), drawing)
    assert desk.panel.chosen() == [5]
    assert desk.trained() is desk.session.project
    iteration = desk.session.snapshot.iteration
    desk.qtbot.waitUntil(lambda: desk.session.snapshot.iteration > iteration)
    assert desk.session.state is RunState.RUNNING
    assert "no longer the built-in ones" in desk.window.notice.text()
    assert desk.window.actions_by_id["undo"].text() == "Undo add drawing"
    desk.undo()
    assert desk.session.project is before and desk.trained() is before
    desk.session.pause()


def test_a_sample_is_mended_on_the_canvas_and_put_back(desk):
    card = desk.window.data_card
    desk.tile(1)
    assert not desk.panel.put_back_button.isEnabled()
    QTest.mouseClick(card.canvas, LEFT, pos=card.canvas.cell_rect(1, 1).center().toPoint())
    assert desk.panel.put_back_button.toolTip() == "Put the drawing back into sample 2"
    drawing = card.drawing()
    desk.click(desk.panel.put_back_button)
    assert np.array_equal(desk.data.picture.pack(desk.data.inputs[1]), drawing)
    assert card.sample == 1 and len(desk.data) == 5
    desk.undo()
    assert not np.array_equal(desk.data.picture.pack(desk.data.inputs[1]), drawing)


def test_relabel_duplicate_delete_and_move_by_buttons_and_keys(desk):
    start = desk.session.project
    desk.tile(0)
    desk.key(Qt.Key.Key_3)
    assert desk.data.target_classes.tolist() == [2, 1, 2, 3, 4]
    desk.click(desk.panel.label_button)
    desk.qtbot.waitUntil(desk.panel.class_menu.isVisible)
    QTest.keyClick(desk.panel.class_menu, Qt.Key.Key_5)
    assert not desk.panel.class_menu.isVisible()
    assert desk.data.target_classes.tolist() == [4, 1, 2, 3, 4]
    desk.tile(1)
    desk.tile(2, CONTROL)
    desk.click(desk.panel.copy_button)
    assert desk.data.target_classes.tolist() == [4, 1, 1, 2, 2, 3, 4]
    assert desk.panel.chosen() == [2, 4]
    desk.key(Qt.Key.Key_Delete)
    assert desk.data.target_classes.tolist() == [4, 1, 2, 3, 4]
    desk.tile(1)
    desk.key(Qt.Key.Key_Right, ALT)
    assert desk.data.target_classes.tolist() == [4, 2, 1, 3, 4] and desk.panel.chosen() == [2]
    desk.click(desk.panel.earlier_button)
    desk.click(desk.panel.earlier_button)
    desk.key(Qt.Key.Key_Left, ALT)
    assert desk.data.target_classes.tolist() == [1, 4, 2, 3, 4] and desk.panel.chosen() == [0]
    end, undo = desk.session.project, desk.session.undo_stack
    assert [undo.text(place) for place in range(undo.count())] == [
        *("Change class", "Change class", "Duplicate samples", "Delete samples"),
        *["Move samples"] * 3,
    ]
    while undo.canUndo():
        desk.undo()
    assert desk.session.project is start
    while undo.canRedo():
        desk.redo()
    assert np.array_equal(desk.data.inputs, end.data.inputs)
    assert np.array_equal(desk.data.targets, end.data.targets)
    assert desk.trained() is desk.session.project


def test_dragging_moves_samples(desk):
    model = desk.panel.model
    mime = model.mimeData([model.index(3, 0), model.index(4, 0)])
    assert isinstance(mime, QMimeData) and mime.hasFormat(MIME)
    model.dropMimeData(mime, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
    assert desk.data.target_classes.tolist() == [0, 3, 4, 1, 2]
    assert desk.panel.chosen() == [1, 2]
    assert not model.dropMimeData(QMimeData(), Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    desk.undo()
    assert desk.data.builtin == "digits-5x5"


def test_noisy_variants_of_all_or_of_the_chosen_ones(desk):
    panel = desk.panel
    panel.choose()
    desk.click(panel.variants_button)
    assert panel.variants.about.text() == "Of all 5 samples"
    panel.variants.count.setValue(7)
    desk.qtbot.mouseClick(panel.variants.button, LEFT)
    assert len(desk.data) == 40
    assert np.bincount(desk.data.target_classes).tolist() == [8] * 5
    desk.undo()
    desk.tile(3)
    desk.click(panel.variants_button)
    desk.qtbot.mouseClick(panel.variants.button, LEFT)
    assert np.bincount(desk.data.target_classes).tolist() == [1, 1, 1, 8, 1]


def test_parts_that_the_data_say_show_and_can_be_left_to_chance(desk):
    project = plane_project()
    parts = np.zeros(len(project.data))
    parts[-1] = 2
    desk.open(replace(project, data=replace(project.data, parts=parts)))
    model = desk.panel.model
    assert model.parts.tolist() == parts.tolist()
    action = desk.window.actions_by_id["draw_parts"]
    action.trigger()
    assert desk.data.parts is None and not model.parts.any()
    action.trigger()
    assert desk.session.undo_stack.count() == 1
    desk.session.undo_stack.undo()
    assert model.parts.tolist() == parts.tolist()


def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(desk):
    before = desk.session.project
    for sample in range(5):
        desk.tile(sample, CONTROL if sample else Qt.KeyboardModifier.NoModifier)
    desk.key(Qt.Key.Key_Delete)
    assert desk.window.notice.text() == "At least one sample must be left to train on."
    desk.panel.variants.flip.setValue(0)
    desk.panel.variants.shift.setValue(0)
    desk.click(desk.panel.variants_button)
    desk.qtbot.mouseClick(desk.panel.variants.button, LEFT)
    assert desk.window.notice.text().startswith("Choose a noise or a shift")
    assert desk.session.project is before and not desk.session.undo_stack.canUndo()


# Classes ----------------------------------------------------------------------------------------


def test_a_class_is_renamed_where_it_stands(desk):
    classes = desk.panel.classes
    item = classes.list.item(1)
    classes.list.setFocus()
    classes.list.setCurrentItem(item)
    QTest.keyClick(classes.list, Qt.Key.Key_F2)
    line = classes.list.findChild(QLineEdit)
    QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(line, "two")
    QTest.keyClick(line, Qt.Key.Key_Return)
    # Qt takes what was typed over once it is back in its event loop.
    desk.qtbot.waitUntil(lambda: desk.data.class_names == ("1", "two", "3", "4", "5"))
    desk.undo()
    assert classes.list.item(1).text() == "2"


def test_a_class_comes_with_a_neuron_and_goes_with_it(desk):
    session = desk.session

    def train(runner: Runner) -> None:
        runner.trainer.run_iterations(100)

    session.send(train)
    desk.qtbot.waitUntil(lambda: session.snapshot.iteration == 100)
    before, weights = session.project, session.snapshot.weights(4)
    desk.click(desk.panel.classes.add_button)
    assert desk.data.class_names == ("1", "2", "3", "4", "5", "6")
    desk.qtbot.waitUntil(lambda: session.snapshot.spec.outputs == 6)
    assert np.array_equal(session.snapshot.weights(4)[:5], weights)
    assert len(desk.window.data_card.bars.values()) == 6
    desk.panel.classes.choose(1)
    desk.click(desk.panel.classes.remove_button)
    assert desk.data.class_names == ("1", "3", "4", "5", "6") and len(desk.data) == 4
    desk.qtbot.waitUntil(lambda: session.snapshot.spec.outputs == 5)
    assert np.array_equal(session.snapshot.weights(4)[:4], weights[[0, 2, 3, 4]])
    desk.undo()
    desk.qtbot.waitUntil(lambda: session.snapshot.spec.outputs == 6)
    assert np.array_equal(session.snapshot.weights(4)[:5], weights)
    desk.undo()
    desk.qtbot.waitUntil(lambda: session.snapshot.spec.outputs == 5)
    assert np.array_equal(session.snapshot.weights(4), weights)
    assert session.project is before
    desk.redo()
    desk.redo()
    kept = weights[[0, 2, 3, 4]]
    desk.qtbot.waitUntil(lambda: np.array_equal(session.snapshot.weights(4)[:4], kept))


# Right and wrong --------------------------------------------------------------------------------


def test_which_samples_are_wrong_now_is_seen_and_can_be_filtered(desk):
    desk.open(load_project("digits-5x5").with_epochs(10**6))
    model, session = desk.panel.model, desk.session
    desk.qtbot.waitUntil(lambda: bool((model.says >= 0).all()))
    evaluation = session.snapshot.evaluation
    wrong = evaluation.rows[evaluation.actual != evaluation.predicted]
    assert np.array_equal(np.flatnonzero(model.wrong), wrong) and len(wrong)
    desk.click(desk.panel.wrong_button)
    assert model.rows.tolist() == wrong.tolist()
    text = model.data(model.index(0, SAYS))
    assert text == f"{desk.data.class_name(int(model.says[wrong[0]]))} (wrong)"

    def train(runner: Runner) -> None:
        runner.trainer.run_iterations(3000)

    session.send(train)
    desk.qtbot.waitUntil(lambda: session.snapshot.iteration == 3000, timeout=20000)
    desk.qtbot.waitUntil(lambda: len(model.rows) == 0)
    assert "0 wrong" in desk.panel.summary.text
    desk.click(desk.panel.wrong_button)
    assert len(model.rows) == 5


def test_all_parts_are_asked_about_in_turn_and_lettered(desk):
    desk.open(
        circles(
            training={"epochs": 10, "validation_split": 0.2, "test_split": 0.1, "batch_size": 10}
        )
    )
    model = desk.panel.model
    desk.qtbot.waitUntil(lambda: bool((model.says >= 0).all()))
    parts = desk.session.project.prepared
    row = int(parts.validation.rows[0])
    assert model.data(model.index(row, PART)) == "validation"
    assert "kept for validation" in model.describe(row)
    assert len(parts.test) and model.parts[parts.test.rows].tolist() == [2] * len(parts.test)


def test_the_confusion_matrix_comes_first(desk):
    confusion = desk.window.docks.dock("confusion")
    confusion.raise_()
    desk.qtbot.waitUntil(lambda: not desk.window.docks.panel("confusion").visibleRegion().isEmpty())
    desk.open(circles(training={"epochs": 10, "validation_split": 0.25, "batch_size": 10}))
    panel, session = desk.window.docks.panel("confusion"), desk.session
    desk.qtbot.mouseClick(panel.part_choice.buttons()[1], LEFT)
    wanted = session.project.prepared.validation.rows
    desk.qtbot.waitUntil(
        lambda: (
            session.snapshot.evaluation is not None
            and np.array_equal(session.snapshot.evaluation.rows, wanted)
        )
    )
    desk.qtbot.wait(300)
    assert np.array_equal(session.snapshot.evaluation.rows, wanted)
    assert bool((desk.panel.model.says[wanted] >= 0).all())


# Table ------------------------------------------------------------------------------------------


def regression() -> Project:
    return project_from_value(
        {
            "network": {"inputs": 1, "layers": [{"units": 1, "activation": "linear"}]},
            "loss": "mse",
            "data": {"inputs": [[0.0], [0.5], [1.0]], "targets": [[1.0], [2.0], [3.5]]},
        }
    )


def type_into(desk: Desk, row: int, column: int, text: str) -> None:
    table = desk.panel.table
    index = desk.panel.model.index(row, column)
    table.setCurrentIndex(index)
    table.edit(index)
    line = [own for own in table.findChildren(QLineEdit) if own.isVisible()][-1]
    QTest.keyClick(line, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    # Qt takes what was typed over once it is back in its event loop.
    QApplication.processEvents()


def test_numbers_are_edited_in_the_table(desk):
    desk.open(regression())
    desk.qtbot.mouseClick(desk.panel.views.buttons()[TABLE], LEFT)
    assert not desk.panel.classes.isVisible() and not desk.panel.views.buttons()[PLANE].isVisible()
    type_into(desk, 1, FIXED, "0,75")
    type_into(desk, 2, FIXED + 1, "-4")
    assert desk.data.inputs[:, 0].tolist() == [0.0, 0.75, 1.0]
    assert desk.data.targets[:, 0].tolist() == [1.0, 2.0, -4.0]
    before = desk.session.project
    type_into(desk, 0, FIXED, "many")
    assert desk.session.project is before
    type_into(desk, 0, FIXED, "nan")
    assert desk.session.project is before
    assert desk.window.notice.text() == "Each input must be a finite number."
    desk.undo()
    desk.undo()
    assert desk.data.inputs[1, 0] == 0.5 and desk.data.targets[2, 0] == 3.5


def test_a_drawing_without_classes_is_added_with_a_target_of_zero(desk):
    desk.open(regression())
    QTest.keyClick(desk.window, Qt.Key.Key_Return, CONTROL)
    assert len(desk.data) == 4 and desk.data.targets[3, 0] == 0.0


def test_ten_thousand_samples_need_no_widget_each(desk):
    rng = np.random.default_rng(0)
    value = {
        "network": {"inputs": 9, "layers": [{"units": 2, "activation": "softmax"}]},
        "loss": "categorical_crossentropy",
        "data": {
            "inputs": rng.random((10_000, 9)).round(1).tolist(),
            "targets": np.eye(2)[rng.integers(0, 2, 10_000)].tolist(),
            "picture": {"rows": 3, "columns": 3},
        },
    }
    desk.open(project_from_value(value))
    panel = desk.panel
    assert panel.model.rowCount() == 10_000
    assert len(panel.tiles.viewport().children()) < 10
    desk.tile(9_999)
    assert desk.window.data_card.sample == 9_999
    panel.tiles.selectAll()
    desk.tile(5)
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.data) == 9_999 and panel.chosen() == [5]
    desk.undo()
    assert len(desk.data) == 10_000


# Plane ------------------------------------------------------------------------------------------


def plane(desk: Desk) -> None:
    desk.open(plane_project())
    desk.qtbot.mouseClick(desk.panel.views.buttons()[PLANE], LEFT)
    desk.qtbot.waitUntil(desk.panel.plane.isVisible)


def at(desk: Desk, x1: float, x2: float) -> QPoint:
    return desk.panel.plane.place_of(np.array([x1, x2])).toPoint()


def test_points_are_painted_in_a_stroke_and_undone_together(desk):
    plane(desk)
    view, before = desk.panel.plane, desk.session.project
    desk.panel.classes.choose(1)
    desk.click(desk.panel.tools[PAINT])
    QTest.mousePress(view, LEFT, pos=at(desk, 0.0, 0.0))
    for x in np.linspace(0.0, 6.0, 12):
        QTest.mouseMove(view, at(desk, float(x), 0.0))
    QTest.mouseRelease(view, LEFT, pos=at(desk, 6.0, 0.0))
    added = len(desk.data) - len(before.data)
    assert 3 <= added <= 13
    assert (desk.data.target_classes[-added:] == 1).all()
    assert np.abs(desk.data.inputs[-added:, 1]).max() < 0.5
    assert desk.data.inputs[-1, 0] > desk.data.inputs[-added, 0]
    assert desk.data.generated is None
    assert "no longer the generated ones" in desk.window.notice.text()
    assert desk.trained() is desk.session.project
    desk.undo()
    assert desk.session.project is before


def test_points_are_rubbed_out_by_tool_and_by_the_right_button(desk):
    plane(desk)
    view, total = desk.panel.plane, len(desk.data)
    first = desk.data.inputs[0]
    QTest.mouseClick(view, RIGHT, pos=view.place_of(first).toPoint())
    gone = total - len(desk.data)
    assert gone >= 1 and not (desk.data.inputs == first).all(axis=1).any()
    desk.click(desk.panel.tools[ERASE])
    next_one = desk.data.inputs[0]
    QTest.mouseClick(view, LEFT, pos=view.place_of(next_one).toPoint())
    assert not (desk.data.inputs == next_one).all(axis=1).any()
    desk.undo()
    desk.undo()
    assert len(desk.data) == total


def test_a_point_is_chosen_and_painted_by_keys(desk):
    plane(desk)
    view = desk.panel.plane
    QTest.mouseClick(view, LEFT, pos=view.place_of(desk.data.inputs[7]).toPoint())
    chosen = desk.window.data_card.sample
    assert chosen is not None
    away = view.place_of(desk.data.inputs[chosen]) - view.place_of(desk.data.inputs[7])
    assert abs(away.x()) + abs(away.y()) < 2
    desk.click(desk.panel.tools[PAINT])
    total = len(desk.data)
    view.setFocus()
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert len(desk.data) == total + 1
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert len(desk.data) <= total


def test_tiles_are_painted_in_both_themes(desk, theme):
    desk.panel.apply_theme(theme)
    desk.qtbot.mouseClick(desk.panel.views.buttons()[TILES], LEFT)
    image = desk.panel.tiles.grab().toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }
    assert theme.activation.lower() in colours


def test_classes_are_told_apart_by_column_of_the_table(desk):
    model = desk.panel.model
    assert [model.data(model.index(row, CLASS)) for row in range(5)] == list("12345")
    assert model.headerData(FIXED, Qt.Orientation.Horizontal) == "x1"
