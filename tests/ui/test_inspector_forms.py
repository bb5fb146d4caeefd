"""How the inspector's forms behave: undo, groups, tooltips, advice, values beyond the controls."""

from __future__ import annotations

from pathlib import Path

import pytest
from hands import Hands, circles, single_layer
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from simulator.data.scaling import SCALINGS
from simulator.project import load_project, project_from_value
from ui.actions import Actions
from ui.inspector.controls import Choice
from ui.inspector.group_heading import GroupHeading
from ui.inspector.inspector_card import InspectorCard
from ui.main_window import MainWindow
from ui.session import Session
from ui.settings import Settings


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow) -> Hands:
    """Hands on a window that trains on generated data, with all groups open."""
    hands = Hands(qtbot, window)
    hands.open(circles())
    hands.open_groups()
    hands.run()
    return hands


def test_changes_of_one_field_are_undone_together(hands: Hands) -> None:
    first = hands.project
    hands.act("Learning rate", 0.03)
    hands.act("Learning rate", 0.04)
    hands.act("Input noise", 0.1)
    hands.act("Input noise", 0.2)
    assert hands.session.undo_stack.count() == 2
    hands.undo()
    hands.undo()
    assert hands.project == first


def test_a_change_taken_back_by_hand_leaves_nothing_to_undo(hands: Hands) -> None:
    hands.act("Learning rate", 0.03)
    hands.act("Shuffle", False)
    hands.act("Shuffle", True)
    assert hands.session.undo_stack.count() == 1
    assert hands.session.undo_stack.undoText() == "Change learning rate"
    hands.undo()
    assert hands.project.optimizer.learning_rate == 0.1
    hands.goes_on()


def test_undo_works_from_within_the_box_just_typed_into(hands: Hands) -> None:
    hands.act("Learning rate", 0.03)
    box = hands.control("Learning rate")
    assert box.hasFocus()
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert hands.project.optimizer.learning_rate == 0.1
    assert hands.seen("Learning rate") == 0.1


def test_undo_takes_typing_back_before_it_takes_a_setting_back(hands: Hands) -> None:
    hands.act("Learning rate", 0.03)
    box = hands.control("Learning rate")
    box.selectAll()
    QTest.keyClicks(box, "0.7")
    QTest.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert hands.project.optimizer.learning_rate == 0.03
    assert "7" not in box.text()


def test_a_project_with_fewer_samples_changes_nothing_by_itself(hands: Hands) -> None:
    hands.act("Mini-batch", 70)
    hands.open(single_layer())
    assert hands.seen("Mini-batch") == 4
    assert hands.session.undo_stack.count() == 0
    assert hands.project.training.batch_size == 10


def test_zero_of_a_limit_reads_off_and_steps_to_something_useful(hands: Hands) -> None:
    box = hands.control("global_clipnorm")
    assert box.text() == "off"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert hands.project.optimizer.clipping.global_clipnorm == 0.1
    hands.act("global_clipnorm", 0)
    assert box.text() == "off"
    assert not hands.project.optimizer.clipping.active


def test_a_stop_that_is_off_keeps_its_number_for_later(hands: Hands) -> None:
    hands.act("Stop at loss", 1e-9)
    hands.act("Stop at loss", None)
    assert hands.project.training.stop.loss is None
    assert not hands.control("Stop at loss number").isEnabled()
    hands.qtbot.mouseClick(
        hands.control("Stop at loss on"), Qt.MouseButton.LeftButton,
        pos=hands.control("Stop at loss on").rect().center(),
    )  # fmt: skip
    assert hands.project.training.stop.loss == 1e-9


def test_advice_appears_and_goes_with_its_cause(hands: Hands) -> None:
    label = hands.window.inspector.network_form.advice
    assert label.isHidden()
    hands.act("Loss", "categorical_crossentropy")
    assert not label.isHidden() and "categorical_crossentropy" in label.text()
    hands.undo()
    assert label.isHidden()


def test_every_choice_and_every_label_says_what_it_does(hands: Hands) -> None:
    inspector = hands.window.inspector
    forms = (inspector.network_form, inspector.layer_form, inspector.neuron_form)
    choices = inspector.findChildren(Choice)
    assert len(choices) > 12
    for box in choices:
        for place in range(box.count()):
            about = box.itemData(place, Qt.ItemDataRole.ToolTipRole)
            assert about and len(about) > 12, (box.objectName(), box.itemText(place))
    for form in forms:
        for group in form.groups:
            labels = [own for own in group.body.findChildren(QLabel) if own.buddy() is not None]
            assert all(own.toolTip() and own.buddy().toolTip() for own in labels)
    place = hands.control("Rule").findText("perceptron")
    tooltip = hands.control("Rule").itemData(place, Qt.ItemDataRole.ToolTipRole)
    assert "Rosenblatt" in tooltip
    assert "1960" in hands.control("Rule").itemData(
        hands.control("Rule").findText("adaline"), Qt.ItemDataRole.ToolTipRole
    )
    hands.act("Scaling", "min_max")
    assert SCALINGS["min_max"] in hands.control("Scaling").toolTip()


def test_a_group_opens_and_closes_by_mouse_and_key(qtbot: QtBot, window: MainWindow) -> None:
    headings = [h for h in window.inspector.findChildren(GroupHeading) if h.isVisible()]
    assert [own.isChecked() for own in headings] == [True, False, False, False, False]
    form = window.inspector.network_form
    assert form.learning_rate.isVisibleTo(form)
    qtbot.mouseClick(headings[0], Qt.MouseButton.LeftButton)
    assert not form.learning_rate.isVisibleTo(form)
    qtbot.keyClick(headings[0], Qt.Key.Key_Space)
    assert form.learning_rate.isVisibleTo(form)


def test_a_closed_group_says_what_is_set_in_it(hands: Hands) -> None:
    hands.act("Validation share", 0.25)
    hands.act("Stop at accuracy", 1.0)
    captions = {own.text(): own.caption for own in hands.page().findChildren(GroupHeading)}
    assert captions["Data"] == "25% validation"
    assert captions["Stop & callbacks"] == "accuracy ≥ 1"


def test_open_groups_are_remembered(qtbot: QtBot, light: object, tmp_path: Path) -> None:
    owners = []

    def card() -> InspectorCard:
        owner = QMainWindow()
        owners.append(owner)
        qtbot.addWidget(owner)
        settings = Settings(str(tmp_path / "settings.ini"))
        made = InspectorCard(Session(load_project("xor"), owner), Actions(owner), settings)
        owner.setCentralWidget(made)
        owner.show()
        qtbot.waitExposed(owner)
        return made

    def states(own: InspectorCard) -> list[bool]:
        return [group.is_open for group in own.network_form.groups]

    first = card()
    assert states(first) == [True, False, False, False, False]
    for group in first.network_form.groups[:2]:
        qtbot.mouseClick(group.heading, Qt.MouseButton.LeftButton)
    assert states(card()) == [False, True, False, False, False]


def test_a_file_with_every_training_field_is_shown_as_it_is(hands: Hands) -> None:
    hands.open(
        project_from_value(
            {
                "network": {"inputs": 2, "layers": [{"units": 1, "activation": "sigmoid"}]},
                "loss": {"name": "huber", "delta": 0.7},
                "optimizer": {
                    "name": "adam",
                    "learning_rate": 0.0123456789,
                    "beta_1": 0.85,
                    "clipnorm": 3.0,
                    "schedule": {"name": "cosine_decay", "alpha": 0.2},
                },
                "training": {
                    "validation_split": 0.3,
                    "stop": {"accuracy": 0.9},
                    "callbacks": [{"name": "csv_logger", "file": "own.csv"}],
                },
                "data": {"generator": "moons", "samples": 30, "noise": 0.123, "seed": 4},
            }
        )
    )
    for name, value in {
        "Loss": "huber",
        "Loss delta": 0.7,
        "Optimizer": "adam",
        "Learning rate": 0.0123456789,
        "Optimizer beta_1": 0.85,
        "Optimizer beta_2": 0.999,
        "clipnorm": 3.0,
        "Schedule": "cosine_decay",
        "Schedule alpha": 0.2,
        "Validation share": 0.3,
        "Stop at accuracy": 0.9,
        "CSV log": True,
        "CSV log file": "own.csv",
        "Samples": 30,
        "Data noise": 0.123,
        "Data seed": 4,
    }.items():
        assert hands.seen(name) == value
