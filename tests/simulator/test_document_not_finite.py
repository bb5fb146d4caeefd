"""Parameters in a file that are no numbers: refused, or started anew where that is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from documents import rich
from numpy.typing import NDArray
from walks import run_for

from simulator.document import (
    Document,
    NotFiniteError,
    document_of,
    load_document,
    open_document,
    pack_document,
    resumed,
    save_document,
)
from simulator.document.durable import backup_of
from simulator.project import ProjectError
from simulator.project.archive import make_archive, open_archive
from simulator.project.archive.npy import from_npy, to_npy
from simulator.runner import Runner
from simulator.trainer import Trainer

Spoil = Callable[[NDArray[np.float64]], None]


def trained(optimizer: str = "adam") -> Runner:
    """A network with everything, trained a little, its record of several states."""
    runner = Runner(rich(optimizer, callbacks=[]))
    run_for(runner, 20)
    return runner


def spoiled(content: bytes, array: str, spoil: Spoil) -> bytes:
    """The document with other numbers in an array; its hashes are right."""
    parts = open_archive(content)
    values = from_npy(parts[f"arrays/{array}.npy"], array)
    spoil(values)
    return make_archive({**parts, f"arrays/{array}.npy": to_npy(values)})


def at(*places: int, value: float = np.nan) -> Spoil:
    """Put a value at some places."""

    def spoil(values: NDArray[np.float64]) -> None:
        values[list(places)] = value

    return spoil


GOOD = pack_document(document_of(trained()))
BEFORE = open_document(GOOD)


@pytest.mark.parametrize(
    ("array", "spoil", "words"),
    [
        ("theta", at(2), "layer 1 has parameters that are not numbers (NaN)"),
        ("theta", at(2, value=-np.inf), "layer 1 has parameters that are infinite"),
        ("theta", at(-1), "layer 3 has parameters that are not numbers (NaN)"),
        ("slot_momentum", at(3), "what the optimizer remembers of layer 1 is not numbers (NaN)"),
        ("moving", at(0), "batch normalization has averages that are not finite"),
    ],
)
def test_it_is_refused_with_what_to_do(array: str, spoil: Spoil, words: str) -> None:
    with pytest.raises(NotFiniteError) as caught:
        open_document(spoiled(GOOD, array, spoil))
    assert caught.value.what == words
    assert str(caught.value) == (
        f"{words}; open the file in the window to start these anew, or open a copy from before."
    )


def test_those_parameters_start_anew_and_all_others_stay() -> None:
    state, fresh = BEFORE.state, Trainer(BEFORE.project).state()
    assert state is not None and (state.theta != fresh.theta).any()
    content = spoiled(GOOD, "theta", lambda own: (at(0, 2)(own), at(-1, value=np.inf)(own)))
    content = spoiled(content, "slot_momentum", at(5))
    content = spoiled(content, "moving", at(1, value=-np.inf))
    found = open_document(content, mend=True)
    assert found.mended and found.record is None
    assert found.notices == (
        "4 parameters were no numbers and have their start value again.",
        "The record of the training before was left out.",
    )
    mended = found.state
    places = np.zeros(len(state.theta), bool)
    places[[0, 2, -1]] = True
    assert np.array_equal(mended.theta, np.where(places, fresh.theta, state.theta))
    places[5] = True
    for name, own in state.slots.items():
        assert np.array_equal(mended.slots[name], np.where(places, fresh.slots[name], own))
    assert mended.moving[1] == fresh.moving[1]
    assert np.array_equal(np.delete(mended.moving, 1), np.delete(state.moving, 1))
    assert (mended.iteration, mended.epoch) == (state.iteration, state.epoch)
    # It goes on, and can be saved and opened like any other.
    trainer = resumed(found)
    trainer.run_iterations(10)
    assert trainer.iteration == state.iteration + 10 and np.isfinite(trainer.network.theta).all()
    assert not open_document(pack_document(document_of(trainer))).mended


def test_an_accumulator_starts_where_the_optimizer_has_it_start() -> None:
    content = spoiled(pack_document(document_of(trained("adagrad"))), "slot_accumulator", at(4))
    found = open_document(content, mend=True)
    fresh = Trainer(found.project).state().slots["accumulator"]
    assert fresh[4] > 0 and found.state.slots["accumulator"][4] == fresh[4]
    assert found.notices[0] == (
        "What the optimizer remembered of 1 of the parameters was no number and starts anew."
    )


def test_a_memory_that_is_infinite_is_no_reason() -> None:
    """Adam's step is 0 then, and training goes on: such work can be saved and opened."""
    content = spoiled(GOOD, "slot_velocity", at(4, value=np.inf))
    found = open_document(content)
    assert found.record is not None and not found.mended
    assert np.isinf(found.state.slots["velocity"][4])


def test_a_record_that_leads_to_them_is_left_out_alone() -> None:
    name = "states0_theta"

    def spoil(values: NDArray[np.float64]) -> None:
        values[0, 3] = np.nan

    content = spoiled(GOOD, name, spoil)
    with pytest.raises(NotFiniteError):
        open_document(content)
    found = open_document(content, mend=True)
    assert found.mended and found.record is None
    assert found.notices == ("The record of the training before was left out.",)
    assert found.state.theta.tobytes() == BEFORE.state.theta.tobytes()


def test_mending_changes_nothing_that_is_well() -> None:
    found = open_document(GOOD, mend=True)
    assert not found.mended and not found.notices and found.record is not None
    assert pack_document(found) == pack_document(BEFORE) == GOOD


def test_mending_is_no_way_round_any_other_damage() -> None:
    parts = open_archive(GOOD)
    content = make_archive({**parts, "training.json": parts["training.json"] + b"x"})
    with pytest.raises(ProjectError) as caught:
        open_document(content, mend=True)
    assert not isinstance(caught.value, NotFiniteError)


def test_the_file_is_named_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "X.backlit"
    bad = spoiled(GOOD, "theta", at(1))
    path.write_bytes(bad)
    backup_of(path).write_bytes(GOOD)
    with pytest.raises(NotFiniteError) as caught:
        load_document(path)
    problem = caught.value
    assert problem.what == "“X.backlit”: layer 1 has parameters that are not numbers (NaN)"
    assert problem.more == " Its previous version, “X.backlit~”, can be opened."
    assert str(problem) == f"{problem.what}; {problem.advice}.{problem.more}"
    found = load_document(path, mend=True)
    assert found.mended and found.project.name == BEFORE.project.name
    assert path.read_bytes() == bad and backup_of(path).read_bytes() == GOOD


def test_what_the_optimizer_lost_cannot_be_saved(tmp_path: Path) -> None:
    runner = trained()
    document: Document = document_of(runner)
    document.state.slots["momentum"][0] = np.nan
    with pytest.raises(ProjectError, match=re.escape("step back or reset first")):
        save_document(tmp_path / "x.backlit", document)
    assert not list(tmp_path.iterdir())
