"""Runs that were kept to be compared: their curves, and what each did differently.

A run is a function of its project alone: start weights, order and masks follow from the seed, so
with the same seed two runs differ only by what was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.arrays import Array
from simulator.divergence import DivergenceError
from simulator.project import Project, ProjectError
from simulator.snapshot import HistoryView
from simulator.trainer import Trainer

MOST_RUNS = 8
"""As many as there are colours that can be told apart."""
NOTHING_TO_KEEP = "There is no curve to keep yet: train at least one epoch."
FULL = f"There is room for {MOST_RUNS} runs; remove one to keep another."


@dataclass(frozen=True)
class KeptRun:
    """A run's project and curves.

    Attributes
    ----------
    number : its place among the colours, 0..MOST_RUNS - 1, kept while others come and go.
    label : the name the user gave it; empty for one made of what differs.
    shown : whether its curves are drawn.
    edited : whether the project was changed while it was trained.
    message : why it ended early, or empty.
    """

    project: Project
    history: HistoryView
    number: int = 0
    label: str = ""
    shown: bool = True
    edited: bool = False
    message: str = ""

    @property
    def epochs(self) -> int:
        """Epochs trained."""
        return int(self.history.epoch[-1]) if len(self.history.epoch) else 0

    def last(self, figure: str) -> float:
        """The last value measured of a figure; NaN if none was."""
        values: Array = self.history[figure]
        measured = values[~np.isnan(values)]
        return float(measured[-1]) if len(measured) else float("nan")


def keep(runs: Sequence[KeptRun], run: KeptRun) -> tuple[KeptRun, ...]:
    """The runs with one more, which gets the first free number.

    Raises
    ------
    ProjectError : one sentence, when there is no room, or no epoch to show.
    """
    if len(run.history.epoch) == 0:
        raise ProjectError(NOTHING_TO_KEEP)
    if len(runs) >= MOST_RUNS:
        raise ProjectError(FULL)
    taken = {own.number for own in runs}
    number = next(n for n in range(MOST_RUNS) if n not in taken)
    return (*runs, replace(run, number=number))


def same_data(one: Project, other: Project) -> bool:
    """Whether two projects have the same samples, so that their losses can be compared."""
    mine, theirs = one.data, other.data
    return mine is theirs or (
        np.array_equal(mine.inputs, theirs.inputs) and np.array_equal(mine.targets, theirs.targets)
    )


def names_of(runs: Sequence[KeptRun], live: Project | None = None) -> list[str]:
    """What to call the runs, and behind them the ``live`` one if it is given.

    A run without a label is called by the settings that not all of them share; runs of the same
    name are numbered.
    """
    projects = [run.project for run in runs]
    if live is not None:
        projects.append(live)
    found = describe_differences(projects)
    for place, run in enumerate(runs):
        if run.label:
            found[place] = run.label
        elif run.edited:
            found[place] += ", edited in training"
    kept = len(runs)
    return [*_numbered(found[:kept]), *found[kept:]]


def describe_differences(projects: Sequence[Project]) -> list[str]:
    """Of each project the settings in which it differs from some other one: "tanh, seed 7"."""
    settings = [settings_of(project) for project in projects]
    if not settings:
        return []
    different = [key for key in settings[0] if len({own[key] for own in settings}) > 1]
    if different:
        names = [", ".join(own[key] for key in different if own[key]) for own in settings]
        return [name or "run" for name in names]
    # How long they were to train is nothing they did differently.
    first = projects[0]
    alike = [own.with_epochs(first.training.epochs) == first for own in projects]
    return ["run" if same else "other settings" for same in alike]


def settings_of(project: Project) -> dict[str, str]:
    """A project's settings in words, in the order of their weight; the same keys for each."""
    network, training, optimizer = project.network, project.training, project.optimizer
    hidden = network.layers[:-1]
    split = training.split
    return {
        "sizes": "–".join(str(size) for size in network.sizes),
        "activation": _joined(layer.activation for layer in hidden),
        "output": f"output {network.layers[-1].activation}",
        "loss": project.loss,
        "rule": training.rule,
        "optimizer": optimizer.name,
        "rate": f"learning rate {optimizer.learning_rate:g}",
        "schedule": _schedule(project),
        "parameters": _joined(f"{name} {value:g}" for name, value in optimizer.parameters),
        "batch": f"batch {project.batch_size}",
        "seed": f"seed {training.seed}",
        "dropout": f"dropout {_joined(f'{layer.dropout_rate:g}' for layer in hidden)}",
        "penalty": _joined(
            "no penalty"
            if not layer.regularizer.active
            else f"{layer.regularizer.name} {layer.regularizer.strength:g}"
            for layer in network.layers
        ),
        "normalization": (
            "batch normalization"
            if any(layer.batch_normalization for layer in network.layers)
            else "no batch normalization"
        ),
        "initializer": _joined(layer.initializer for layer in network.layers),
        "shuffle": "shuffled" if training.shuffle else "in file order",
        "scaling": "not scaled" if training.scaling == "none" else training.scaling,
        "split": f"validation {split.validation:g}, test {split.test:g}",
        "parts": "drawn parts" if project.data.parts is None else "given parts",
        "split_seed": f"split {training.split_seed}",
        "precision": training.precision,
    }


def _schedule(project: Project) -> str:
    name = project.optimizer.schedule.name
    return "constant rate" if name == "constant" else name.replace("_", " ")


def _joined(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(words))


def _numbered(names: Sequence[str]) -> list[str]:
    """The names, those that come more than once with a number behind them."""
    found: list[str] = []
    for place, name in enumerate(names):
        earlier = names[:place].count(name)
        several = names.count(name) > 1
        found.append(f"{name} ({earlier + 1})" if several else name)
    return found


def run_seeds(
    project: Project,
    seeds: Sequence[int],
    report: Callable[[KeptRun], None],
    goes_on: Callable[[int, int], bool] | None = None,
) -> None:
    """Train the project once with each seed, everything else the same.

    ``report`` is told of each complete run; ``goes_on`` is asked after every epoch with the place
    of the seed, from 0, and the completed epochs, and where it says no, the run at work is left.
    A run that diverges is reported with the epochs it kept, perhaps none, and the reason as its
    message.
    """
    for place, seed in enumerate(seeds):
        own = project.with_seed(seed)
        trainer = Trainer(own)
        message = ""
        try:
            while not trainer.finished:
                trainer.run_epochs(1)
                if goes_on is not None and not goes_on(place, trainer.epoch):
                    return
        except DivergenceError as problem:
            message = str(problem)
        report(KeptRun(own, trainer.history.view(), message=message or trainer.stop_reason))
