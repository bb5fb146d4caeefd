"""Edits of the network through the session: start values, merging, undo, refusals, time."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from simulator.optimizers import OptimizerSpec
from simulator.project import load_project
from simulator.trainer import Trainer
from tests.simulator.small_projects import regression
from tests.ui.prompt_session import PromptSession
from ui import network_edits
from ui.session import Session


@pytest.fixture
def session(qapp: QApplication) -> PromptSession:
    """3 inputs, 4 tanh, 2 linear, trained with Adam; nothing has been trained yet."""
    project = regression(batch_size=2, epochs=1000)
    return PromptSession(replace(project, optimizer=OptimizerSpec("adam", 0.01)))


def weight(session: PromptSession) -> float:
    return float(session.runner.trainer.network.W[0][1, 2])


def marks(session: PromptSession) -> list[tuple[int, str]]:
    return [(mark.iteration, mark.text) for mark in session.runner.timeline.view().edits]


def test_a_value_typed_before_training_is_where_a_reset_leads(session: PromptSession) -> None:
    assert session.edits.set_parameter(1, 1, 2, 2 / 3)
    assert session.edits.set_parameter(1, 0, -1, -1.0)
    session.show()
    start = session.learned()
    assert weight(session) == 2 / 3 and session.snapshot.theta[3 + 2] == 2 / 3
    session.train(7)
    session.reset()
    session.show()
    assert session.learned() == start
    assert Trainer(session.project).network.theta.tobytes() == start[0]
    assert marks(session) == []


def test_a_value_typed_later_is_an_edit_of_the_run(session: PromptSession) -> None:
    project, start = session.project, session.learned()
    session.train(7)
    there = session.learned()
    session.edits.set_parameter(1, 1, 2, 2 / 3)
    session.show()
    assert session.project is project
    assert weight(session) == 2 / 3
    assert marks(session) == [(7, "Change weight")]
    edited = session.learned()
    session.train(3)
    after = session.learned()
    session.time.seek(7)
    session.show()
    assert session.learned() == edited
    session.time.step("Iteration")
    session.time.step("Iteration")
    session.time.step("Iteration")
    session.show()
    assert session.learned() == after
    session.time.seek(7)
    session.show()
    session.undo_stack.undo()
    session.show()
    assert session.learned() == there
    session.reset()
    session.show()
    assert session.learned() == start


def test_what_is_undone_where_it_was_done_leaves_no_mark(session: PromptSession) -> None:
    session.train(7)
    session.edits.set_parameter(1, 1, 2, 2 / 3)
    session.edits.remove_neurons(1, [0, 3])
    session.show()
    assert marks(session) == [(7, "Change weight; Remove 2 neurons")]
    session.undo_stack.undo()
    session.show()
    assert marks(session) == [(7, "Change weight")]
    session.undo_stack.undo()
    session.show()
    assert marks(session) == []
    session.undo_stack.redo()
    session.train(2)
    session.undo_stack.undo()
    session.show()
    assert marks(session) == [(7, "Change weight"), (9, "Undo change weight")]


def test_a_turned_wheel_is_one_step_back(
    session: PromptSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(network_edits.time, "monotonic", lambda: now)
    session.train(5)
    before, stack = session.learned(), session.undo_stack
    for value in (0.1, 0.2, 0.3):
        now += 0.2
        session.edits.set_parameter(1, 1, 2, value)
    session.train(1)
    assert (stack.count(), stack.undoText()) == (1, "Change weight")
    now += 0.2
    session.edits.set_parameter(1, 1, 1, 0.3)
    session.edits.set_parameter(1, 1, -1, 0.3)
    assert (stack.count(), stack.undoText()) == (3, "Change bias")
    stack.undo()
    stack.undo()
    stack.undo()
    session.show()
    assert weight(session) == np.frombuffer(before[0])[3 + 2]
    # Typed again a while later: two steps back.
    session.edits.set_parameter(1, 1, 2, 0.5)
    now += 10.0
    session.edits.set_parameter(1, 1, 2, 0.6)
    assert stack.count() == 2


def test_every_edit_has_its_name(session: PromptSession) -> None:
    edits, stack = session.edits, session.undo_stack
    for done, text in (
        (lambda: edits.insert_neuron(1, 0), "Add neuron"),
        (lambda: edits.remove_neurons(1, [1]), "Remove 1 neuron"),
        (lambda: edits.remove_neurons(1, {0, 1}), "Remove 2 neurons"),
        (lambda: edits.insert_layer(1, 3), "Add layer"),
        (lambda: edits.cut_links([(1, 0, 0)]), "Cut 1 link"),
        (lambda: edits.cut_links([(1, 0, 1), (1, 1, 1)]), "Cut 2 links"),
        (lambda: edits.draw_link((0, 0), (1, 0)), "Draw link"),
        (lambda: edits.draw_layer_link(0, 3), "Connect layers"),
        (lambda: edits.connect_fully(), "Connect fully"),
        (lambda: edits.freeze([(1, 0, 0), (1, 0, -1)], True), "Freeze 2 parameters"),
        (lambda: edits.freeze([(1, 0, 0)], False), "Let 1 parameter learn"),
        (lambda: edits.freeze_layer(2, True), "Freeze layer"),
        (lambda: edits.freeze_layer(2, False), "Let layer learn"),
        (lambda: edits.set_parameters({(1, 0, 1): 1.0}, "Change 1 weight"), "Change 1 weight"),
        (lambda: edits.initialise_again(), "Initialise again"),
        (lambda: edits.rename_layer(1, "eye"), "Rename layer"),
        (lambda: edits.set_dropout(0, 0.1), "Change dropout"),
        (lambda: edits.set_activation(1, "relu", [0]), "Change activation"),
        (lambda: edits.paste_layers(edits.copy_layers([1]), 1), "Paste layers"),
        (lambda: edits.remove_layer(2), "Remove layer"),
    ):
        count = stack.count()
        assert done(), session.refusals
        assert (stack.count(), stack.undoText()) == (count + 1, text)
        session.show()
    there = session.learned(), session.project
    stack.setIndex(0)
    session.show()
    stack.setIndex(stack.count())
    session.show()
    assert (session.learned(), session.project) == there


def test_what_cannot_be_is_said_and_changes_nothing(session: PromptSession) -> None:
    project, before = session.project, session.learned()
    assert not session.edits.remove_neurons(2, [0])
    assert not session.edits.set_parameter(1, 0, 0, float("inf"))
    assert not session.edits.paste_layers("an old letter", 1)
    assert session.edits.copy_layers([]) == ""
    assert not session.edits.set_activation(1, "step")
    assert not session.edits.draw_link((1, 0), (1, 1))
    session.show()
    assert len(session.refusals) == 6
    assert all(own[0].isupper() and own.endswith(".") for own in session.refusals)
    assert session.project is project and session.learned() == before
    assert session.undo_stack.count() == 0


def test_after_a_reset_undo_leads_to_what_the_project_starts_with(session: PromptSession) -> None:
    start = session.learned()
    session.edits.set_parameter(1, 1, 2, 0.5)
    session.show()
    session.train(6)
    session.reset()
    session.show()
    session.undo_stack.undo()
    session.show()
    assert session.learned() == start
    session.undo_stack.redo()
    session.show()
    assert weight(session) == 0.5


def test_new_weights_are_new_where_one_was_typed(session: PromptSession) -> None:
    start = session.learned()
    session.edits.freeze([(1, 0, 0)], True)
    session.edits.set_parameter(1, 0, 0, 0.25)
    session.edits.set_parameter(1, 1, 2, 0.5)
    session.show()
    typed = session.learned()
    session.new_weights()
    session.show()
    network = session.runner.trainer.network
    assert network.W[0][0, 0] == 0.25
    assert (network.W[0] == np.frombuffer(typed[0])[:12].reshape(4, 3)).sum() == 1
    session.undo_stack.undo()
    session.show()
    assert session.learned() == typed
    session.undo_stack.setIndex(0)
    session.show()
    assert session.learned() == start


def test_copied_layers_have_the_weights_on_show(session: PromptSession) -> None:
    session.train(9)
    text = session.edits.copy_layers([1])
    shown = session.runner.trainer.network.W[0].copy()
    assert json.loads(text)["layers"][0]["W"] == shown.tolist()
    session.train(5)
    assert session.edits.paste_layers(text, 0)
    session.show()
    assert session.selection.layer == 1
    assert session.runner.trainer.network.W[0].tobytes() == shown.tobytes()


def test_edits_while_training_take_effect_at_once(qtbot: QtBot) -> None:
    session = Session(load_project("digits-5x5").with_epochs(10**9))
    failures: list[object] = []
    session.failed.connect(failures.append)
    session.refused.connect(failures.append)
    session.start()
    try:
        session.run()
        edits, stack = session.edits, session.undo_stack
        for turn in range(8):
            assert edits.insert_neuron(1, turn % 3)
            assert edits.set_parameter(2, turn % 4, 0, 0.5)
            assert edits.freeze([(2, turn % 4, 0)], True)
            assert edits.remove_neurons(1, [turn % 5])
            if turn % 2:
                stack.undo()
                stack.undo()
            qtbot.wait(5)
        edits.freeze([(2, 0, 0)], True)
        edits.set_parameter(2, 0, 0, -0.125)
        sent = session.sent
        spec = session.project.network
        qtbot.waitUntil(
            lambda: session.settled and session.sent == sent and session.snapshot.spec == spec
        )
        iteration = session.snapshot.iteration
        qtbot.waitUntil(lambda: session.snapshot.iteration > iteration + 20)
        assert spec.weights(session.snapshot.theta, 2)[0, 0] == -0.125
        stack.setIndex(0)
        qtbot.waitUntil(
            lambda: session.settled and session.snapshot.spec == session.project.network
        )
        iteration = session.snapshot.iteration
        qtbot.waitUntil(lambda: session.snapshot.iteration > iteration + 20)
        assert session.project.network == load_project("digits-5x5").network
    finally:
        assert session.shut_down()
    assert failures == []
