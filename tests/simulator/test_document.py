"""Documents: training resumed from one is training that never stopped, to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import bits, rich, rich_value, small_bytes
from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import digits, regression, theta_bytes, with_training

from simulator.callbacks import CALLBACKS, Callback
from simulator.document import (
    Document,
    document_of,
    load_document,
    open_document,
    resumed,
    resumed_runner,
    save_document,
)
from simulator.document.document import pack_document
from simulator.document.memories import MEMORIES
from simulator.history import CAPACITY, History
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError, load_project, project_from_value
from simulator.project.edits import set_links
from simulator.runner import Runner
from simulator.snapshot import RunState
from simulator.trainer import Trainer


def through_bytes(trainer: Trainer, **more: Any) -> Trainer:
    """The trainer as it comes back from a document."""
    return resumed(open_document(pack_document(document_of(trainer))), **more)


def assert_same(one: Trainer, other: Trainer) -> None:
    """Both are at the same moment, and everything that goes on from it is the same bits."""
    assert bits(document_of(one)) == bits(document_of(other))


def check_resume(project: Project, before: int, after: int) -> None:
    whole, cut = Trainer(project), Trainer(project)
    whole.run_iterations(before)
    whole.run_iterations(after)
    cut.run_iterations(before)
    again = through_bytes(cut)
    assert_same(again, cut)
    again.run_iterations(after)
    assert_same(again, whole)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_resume_equals_never_stopped_for_every_optimizer(optimizer: str) -> None:
    check_resume(rich(optimizer), before=23, after=60)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(OPTIMIZERS)),
    st.sampled_from(("float64", "float32")),
    st.booleans(),
    st.integers(1, 25),
    st.integers(0, 130),
    st.integers(0, 60),
)
def test_resume_equals_never_stopped_anywhere(
    optimizer: str, precision: str, shuffle: bool, batch: int, before: int, after: int
) -> None:
    project = rich(optimizer, precision=precision, shuffle=shuffle, batch_size=batch)
    check_resume(project, before, after)


def test_a_rate_of_0_is_resumed() -> None:
    """A schedule that has come to its end, and one that warms up from nothing."""
    for schedule in (
        {"name": "cosine_decay", "decay_steps": 10},
        {"name": "constant", "warmup_steps": 20},
    ):
        project = project_from_value(rich_value() | {"optimizer": {"schedule": schedule}})
        for before in (1, 15):
            check_resume(project, before, 9)


def test_it_goes_on_after_several_saves() -> None:
    whole, cut = Trainer(digits()), Trainer(digits())
    whole.run_iterations(600)
    for _ in range(6):
        cut.run_iterations(100)
        cut = through_bytes(cut)
    assert_same(cut, whole)


def test_edits_in_training_are_resumed_too() -> None:
    """The learning rate, the batch size and a layer changed while it trains."""
    cut = Trainer(rich("adam"))
    cut.run_iterations(13)
    cut.change(with_training(cut.project, batch_size=4))
    cut.set_learning_rate(0.03)
    cut.run_iterations(6)
    again = through_bytes(cut)
    for trainer in (cut, again):
        trainer.run_iterations(40)
    assert_same(again, cut)


def test_a_link_that_was_cut_gets_its_weight_back_after_opening() -> None:
    cut = Trainer(digits())
    cut.run_iterations(20)
    weight = float(cut.network.W[0][2, 3])
    links = np.ones((20, 25))
    links[2, 3] = 0.0
    cut.change(set_links(cut.project, 1, links).project)
    cut.run_iterations(11)
    again = through_bytes(cut)
    assert_same(again, cut)
    for trainer in (again, cut):
        trainer.change(set_links(trainer.project, 1, np.ones((20, 25))).project)
        assert trainer.network.W[0][2, 3] == weight
        trainer.run_iterations(9)
    assert_same(again, cut)


def test_stop_and_going_on_are_resumed() -> None:
    trainer = Trainer(rich("sgd", stop={"loss": 1e9}))
    trainer.run_epochs(3)
    assert trainer.epoch == 1 and trainer.stop_reason
    again = through_bytes(trainer)
    assert again.finished and again.stop_reason == trainer.stop_reason
    for own in (trainer, again):
        own.extend(2)
        own.run_epochs(2)
    assert_same(again, trainer)


class Counter(Callback):
    """A user's own callback."""

    epochs = 0

    def on_epoch_end(self, training: Any, epoch: int, logs: Any) -> None:
        self.epochs = epoch


def test_users_own_callbacks_are_given_again() -> None:
    """They are code, so a document does not hold them; the others keep what they remember."""
    trainer = Trainer(rich(), callbacks=[Counter()])
    trainer.run_epochs(4)
    mine = Counter()
    again = through_bytes(trainer, callbacks=[mine])
    again.run_epochs(1)
    assert mine.epochs == 5
    trainer.run_epochs(1)
    assert_same(again, trainer)


def test_the_log_file_goes_on(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    one = Trainer(rich(), whole)
    one.run_epochs(6)
    two = Trainer(rich(), cut)
    two.run_epochs(3)
    through_bytes(two, folder=cut).run_epochs(3)
    assert (cut / "log.csv").read_bytes() == (whole / "log.csv").read_bytes()
    assert (cut / "best.npz").exists() == (whole / "best.npz").exists()


def test_every_callback_is_remembered() -> None:
    """What a callback remembers besides what its spec says is in the table."""
    assert MEMORIES.keys() == CALLBACKS.keys()
    for name, kind in CALLBACKS.items():
        assert kind().make().state().keys() - {"spec", "_rates"} == MEMORIES[name].keys()


def test_long_curves_go_on_being_thinned() -> None:
    """A history at its capacity halves itself the same way, saved or not."""
    whole = History()
    for epoch in range(1, CAPACITY + 1):
        whole.append(epoch, {"loss": 1.0 / epoch})
    again = History.of(whole.view(), whole.stride)
    for epoch in range(CAPACITY + 1, CAPACITY + 20):
        for history in (whole, again):
            if history.wants(epoch):
                history.append(epoch, {"loss": 0.0})
    assert again.stride == whole.stride == 2
    assert again.view().epoch.tolist() == whole.view().epoch.tolist()
    assert again.view().figures.tobytes() == whole.view().figures.tobytes()


def test_thinned_curves_stay_thinned() -> None:
    trainer = Trainer(digits())
    trainer.run_epochs(8)
    every_second = trainer.history.view()
    every_second = type(every_second)(every_second.epoch[1::2], every_second.figures[:, 1::2])
    trainer.history = History.of(every_second, 2)
    again = through_bytes(trainer)
    again.run_epochs(3)
    assert again.history.stride == 2
    assert again.history.view().epoch.tolist() == [2, 4, 6, 8, 10]


def test_a_runner_goes_on_from_a_document(tmp_path: Path) -> None:
    path = tmp_path / "a.backlit"
    runner = Runner(digits())
    runner.run()
    runner.advance(40)
    runner.pause()
    assert save_document(path, runner) == ""
    again = resumed_runner(load_document(path))
    shown = again.snapshot()
    assert shown.state is RunState.PAUSED and shown.iteration == 40
    assert shown.history.loss.tobytes() == runner.snapshot().history.loss.tobytes()
    for own in (runner, again):
        own.run()
        own.advance(33)
    assert theta_bytes(again.trainer) == theta_bytes(runner.trainer)
    again.seek(45)
    assert again.snapshot().iteration == 45


def test_a_document_of_the_past_is_of_that_moment() -> None:
    runner = Runner(digits())
    runner.run()
    runner.advance(100)
    runner.pause()
    runner.seek(30)
    found = document_of(runner)
    assert found.state is not None and found.state.iteration == 30
    assert found.training is not None and found.training.history.epoch[-1] == 6
    again = resumed(open_document(pack_document(found)))
    again.run_iterations(70)
    runner.seek(100)
    assert theta_bytes(again) == theta_bytes(runner.trainer)


def test_any_project_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "p.backlit"
    for project in (rich(), digits(), load_project("moons"), regression(200)):
        save_document(path, project)
        document = load_document(path)
        assert document.state is None
        assert bits(document) == bits(Document(project))
        assert document.project.data.generated == project.data.generated
        assert load_project(path).network == project.network
        assert theta_bytes(resumed(document)) == theta_bytes(Trainer(project))


def test_what_is_given_of_the_parameters_comes_back() -> None:
    value = rich_value()
    layers = value["network"]["layers"]
    layers[0]["W"] = np.linspace(-1, 1, 15).reshape(5, 3).tolist()
    layers[0]["dropout"] = {"rate": 0.5, "style": "classic", "mask": [[1, 0, 1, 1, 0]] * 24}
    layers[1]["b"] = [0.1, 0.2, 0.3, -0.0]
    layers[1]["frozen"] = {"W": [[1, 0, 0, 0, 0]] * 4, "b": [0, 0, 0, 1]}
    check_resume(project_from_value(value), 9, 11)


def test_the_same_content_gives_the_same_bytes() -> None:
    assert small_bytes() == small_bytes()


def test_json_files_and_names_open_as_documents(tmp_path: Path) -> None:
    assert load_document("xor").project.name == "xor"
    with pytest.raises(ProjectError, match="neither a file nor"):
        load_document(tmp_path / "none.backlit")
    (tmp_path / "folder.backlit").mkdir()
    with pytest.raises(ProjectError, match=r"could not be read: Is a directory"):
        load_document(tmp_path / "folder.backlit")


def test_parameters_that_are_no_numbers_are_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "a.backlit"
    trainer = Trainer(regression())
    save_document(path, trainer)
    before = path.read_bytes()
    trainer.network.theta[-1] = np.nan
    with pytest.raises(ProjectError, match=r"^Not saved: layer 2 has parameters that are not num"):
        save_document(path, trainer)
    assert path.read_bytes() == before
