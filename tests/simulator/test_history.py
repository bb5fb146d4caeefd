"""What the curves of a run take: views are windows, branches are thinned, views never change."""

from __future__ import annotations

import numpy as np
import pytest
from small_projects import regression, with_rate
from walks import run_for

from simulator import timeline
from simulator.history import CAPACITY, LEAST_ROOM, History
from simulator.runner import Runner
from simulator.snapshot import HistoryView


def recorded(epochs: int) -> History:
    history = History()
    go_on(history, 1, epochs)
    return history


def go_on(history: History, first: int, last: int) -> None:
    for epoch in range(first, last + 1):
        if history.wants(epoch):
            history.append(epoch, {"loss": float(epoch)})


def check_counts(view: HistoryView, last: int) -> None:
    """Every epoch up to the last has its own number, and nothing else was recorded."""
    assert view.epoch.tolist() == list(range(1, last + 1))
    assert view.loss.tolist() == list(range(1, last + 1))
    assert np.isnan(view.accuracy).all()


def test_views_of_every_epoch_take_no_memory_of_their_own() -> None:
    """A frame of the window keeps one, and several widgets keep frames of their own."""
    history = recorded(LEAST_ROOM + 1)
    views = []
    for epoch in range(LEAST_ROOM + 2, 2 * LEAST_ROOM):
        go_on(history, epoch, epoch)
        views.append(history.view())
    first = views[0]
    assert all(np.shares_memory(first.figures, own.figures) for own in views)
    assert all(np.shares_memory(first.epoch, own.epoch) for own in views)


@pytest.mark.parametrize("size", [1, 1000, LEAST_ROOM, LEAST_ROOM + 1])
@pytest.mark.parametrize("back", [0, 1, 900])
def test_a_view_stays_as_it_was_whatever_becomes_of_the_history(size: int, back: int) -> None:
    history = recorded(size)
    view = history.view()
    copy = history.copy_up_to(back)
    go_on(copy, min(back, size) + 1, 3 * size)
    check_counts(view, size)
    history.forget_after(back)
    assert history.view().epoch.tolist() == list(range(1, min(back, size) + 1))
    for epoch in range(min(back, size) + 1, 3 * size):
        history.append(epoch, {"loss": -1.0, "accuracy": 0.5})
    history.thin(size // 2)
    history.clear()
    check_counts(view, size)
    check_counts(copy.view(), 3 * size)


def test_a_view_cannot_be_written_to() -> None:
    history = recorded(3)
    view = history.view()
    for values in (view.epoch, view.figures, view.loss, view.up_to(2).figures):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0
    go_on(history, 4, 4)
    check_counts(history.view(), 4)


def test_going_on_behind_a_thinned_history_keeps_to_its_stride() -> None:
    history = recorded(100)
    history.thin(30)
    assert (history.stride, len(history.view().epoch)) == (4, 25)
    go_on(history, 101, 120)
    assert history.view().epoch.tolist() == list(range(4, 121, 4))
    history.thin(30)
    assert history.stride == 4


def test_a_full_history_has_room_again() -> None:
    history = recorded(CAPACITY)
    before = history.view()
    go_on(history, CAPACITY + 1, CAPACITY + 2)
    assert history.stride == 2
    check_counts(before, CAPACITY)


def test_all_branches_together_take_no_more_than_the_present(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With one iteration an epoch, eight branches would keep the whole curves nine times."""
    monkeypatch.setattr(timeline, "MOST_BRANCH_POINTS", 64)
    project = regression(2, batch_size=2, epochs=10**6)
    runner = Runner(project)
    run_for(runner, 500)
    for number in range(timeline.MAX_BRANCHES + 2):
        run_for(runner, 40)
        runner.seek(runner.timeline.end - 5)
        runner.change(with_rate(project, 0.001 * (number + 1)))
    courses = runner.timeline.record().courses
    assert len(courses) == 1 + timeline.MAX_BRANCHES
    assert len(courses[0].history.epoch) > 500
    for own in courses[1:]:
        assert 32 <= len(own.history.epoch) <= 64
        assert set(np.diff(own.history.epoch).tolist()) == {own.stride}
    branch = courses[1]
    runner.switch_branch(branch.number)
    run_for(runner, 200)
    shown = runner.snapshot().history
    assert shown.epoch[: len(branch.history.epoch)].tolist() == branch.history.epoch.tolist()
    assert set(np.diff(shown.epoch).tolist()) == {branch.stride}
