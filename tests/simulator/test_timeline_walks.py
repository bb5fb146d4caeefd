"""After any walk through time the state is that of a fresh run with the same edits, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from small_projects import everything, regression, with_rate, with_training
from walks import diary, fresh_run, run, run_for, state_of, with_diary, written

from simulator.network import Network
from simulator.optimizers import OptimizerSpec
from simulator.project import Project, ProjectError
from simulator.project.edits import change_layer
from simulator.runner import Runner
from simulator.snapshot import RunState

CALLBACKS = [
    {"name": "reduce_lr_on_plateau", "patience": 1, "factor": 0.5},
    {"name": "learning_rate_scheduler", "rates": [[2, 0.02], [5, 0.005]]},
    {"name": "early_stopping", "monitor": "loss", "patience": 2},
    {"name": "model_checkpoint"},
]
PROJECTS: dict[str, Callable[[], Project]] = {
    "adam": lambda: everything(epochs=4, callbacks=CALLBACKS),
    "nadam": lambda: everything("nadam", epochs=3, precision="float32"),
    "momentum": lambda: everything("momentum", epochs=3, validation_freq=2),
    "plain": lambda: regression(7, batch_size=3, epochs=5, stop={"weight_change": 1e-3}),
    "one by one": lambda: regression(3, epochs=4, shuffle=False),
}


class Walk:
    """A runner, and the edits that can be undone."""

    def __init__(self, name: str) -> None:
        self.start = with_diary(PROJECTS[name]())
        self.runner = Runner(self.start)
        self.undo: list[tuple[Project, Network]] = []

    def go(self, command: str, number: int) -> None:
        runner = self.runner
        own = getattr(self, command, None)
        if own is not None:
            own(number)
        elif command in ("step_to_phase", "set_row"):
            getattr(runner, command)(number)
        else:
            getattr(runner, command)()
        # A step to the end of an epoch is a run.
        run(runner, 1 + number % 5)

    def run(self, number: int) -> None:
        run_for(self.runner, number)

    def seek(self, number: int) -> None:
        runner = self.runner
        view = runner.snapshot().timeline
        runner.seek(number)
        snapshot = runner.snapshot()
        assert snapshot.iteration == max(view.start, min(number, view.end))
        assert snapshot.cursor is None
        assert snapshot.state in (RunState.PAUSED, RunState.FINISHED)

    def seek_phase(self, number: int) -> None:
        self.runner.seek(number, number)

    def edit(self, number: int) -> None:
        project = self.runner.project
        last = project.network.depth
        sgd = OptimizerSpec("momentum", 0.05)
        edits: list[Callable[[], Project]] = [
            lambda: with_rate(project, 0.001 * (1 + number)),
            lambda: replace(project, optimizer=sgd),
            lambda: with_training(project, batch_size=1 + number % 5),
            lambda: with_training(project, seed=number),
            lambda: with_training(project, epochs=3 + number % 4),
            lambda: with_training(project, callbacks=project.training.callbacks[-1:]),
            lambda: change_layer(project, 1, units=3 + number % 5).project,
            lambda: change_layer(project, last - 1, dropout_rate=0.25).project,
        ]
        try:
            changed = edits[number % len(edits)]()
        except ProjectError:
            return
        if changed != project:
            self.change(changed)

    def change(self, project: Project, memory: Network | None = None) -> None:
        runner = self.runner
        network = runner.trainer.network
        before = Network(network.spec, precision=runner.project.training.precision)
        before.theta[...], before.moving[...] = network.theta, network.moving
        self.undo.append((runner.project, before))
        place = runner.trainer.iteration
        runner.change(project, None, memory)
        assert runner.project is project
        assert runner.timeline.end == place
        assert diary(runner.trainer)[-1][2] is project

    def take_back(self, number: int) -> None:
        if self.undo:
            self.change(*self.undo[-1 - number % len(self.undo)])

    def switch(self, number: int) -> None:
        branches = self.runner.snapshot().timeline.branches
        if branches:
            chosen = branches[number % len(branches)]
            self.runner.switch_branch(chosen.number)
            assert self.runner.trainer.iteration == chosen.end == self.runner.timeline.end

    def drop(self, number: int) -> None:
        branches = self.runner.snapshot().timeline.branches
        if branches:
            self.runner.drop_branch(branches[number % len(branches)].number)

    def check(self) -> None:
        """All that is on show belongs to one moment, and that moment is the right one."""
        runner = self.runner
        trainer = runner.trainer
        assert state_of(trainer) == state_of(fresh_run(self.start, trainer))
        snapshot = runner.snapshot()
        view = snapshot.timeline
        assert snapshot.project is trainer.project
        assert snapshot.spec == trainer.project.network
        assert view.start <= snapshot.iteration <= view.end
        assert len(view.branches) <= 8
        if snapshot.trace is None:
            assert snapshot.theta.tobytes() == trainer.network.theta.tobytes()
            return
        assert snapshot.trace.iteration == trainer.iteration
        assert snapshot.trace.spec == snapshot.spec
        assert 0 <= snapshot.row < len(snapshot.trace.x)
        assert snapshot.iteration in (trainer.iteration, trainer.iteration - 1)


STEPS = (
    *("step_phase", "step_back", "step_sample", "step_sample_back", "step_iteration"),
    *("step_iteration_back", "run_epoch", "step_epoch_back", "run_to_update", "step_to_phase"),
    *("set_row", "pause"),
)
JUMPS = ("run", "run", "seek", "seek", "seek_phase", "edit", "edit", "take_back", "switch", "drop")
COMMANDS = st.tuples(st.one_of(st.sampled_from(STEPS), st.sampled_from(JUMPS)), st.integers(0, 40))


@settings(max_examples=60)
@given(st.sampled_from(sorted(PROJECTS)), st.lists(COMMANDS, max_size=20))
def test_any_walk_leads_to_the_state_of_a_fresh_run(
    name: str, commands: list[tuple[str, int]]
) -> None:
    with written():
        walk = Walk(name)
        for command, number in commands:
            walk.go(command, number)
            walk.check()
        # What comes next is the same as well.
        for _ in range(3):
            walk.go("step_iteration", 0)
        walk.check()


@settings(max_examples=40)
@given(st.sampled_from(sorted(PROJECTS)), st.lists(COMMANDS, max_size=12), st.integers(1, 9))
def test_steps_back_and_forth_lead_to_where_they_began(
    name: str, commands: list[tuple[str, int]], count: int
) -> None:
    with written():
        walk = Walk(name)
        for command, number in commands:
            walk.go(command, number)
        runner = walk.runner
        for back, forth in (
            ("step_back", "step_phase"),
            ("step_sample_back", "step_sample"),
            ("step_iteration_back", "step_iteration"),
        ):
            # On the grid of this grain, behind something that can be gone back to.
            getattr(runner, forth)()
            runner.step_iteration()
            getattr(runner, forth)()
            where = place(runner)
            made = 0
            while made < count:
                at = place(runner)
                getattr(runner, back)()
                if place(runner) == at or runner.snapshot().trace is None:
                    break
                made += 1
            if made < count:
                runner.seek(where[0])
                continue
            for _ in range(count):
                getattr(runner, forth)()
            assert place(runner) == where


def place(runner: Runner) -> tuple[object, ...]:
    snapshot = runner.snapshot()
    return snapshot.iteration, snapshot.cursor, snapshot.row, snapshot.theta.tobytes()
