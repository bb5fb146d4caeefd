"""Who is measured against whom, and what is wanted of the ratio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.bench.rivals.backlit import Backlit, OneByOne, Traced
from tests.bench.rivals.checks import TOLERANCES, check_same_loss
from tests.bench.rivals.contender import Contender, Measured
from tests.bench.rivals.gemms import BareGemms
from tests.bench.rivals.playground import (
    Playground,
    UnavailableError,
    as_playground_trains,
    compile_network,
)
from tests.bench.rivals.pytorch import PyTorch
from tests.bench.rivals.sklearn_mlp import ScikitLearn
from tests.bench.rivals.work import DIGITS, PICTURES_SMALL, PICTURES_WIDE, POINTS_ALL, Work


@dataclass
class Ratio:
    """How many times as long as ``quick`` does ``slow`` take for an update?

    ``wanted`` is the least it should be, or the most where ``at_most``; None if nothing is wanted.
    """

    slow: Measured
    quick: Measured
    wanted: float | None = None
    at_most: bool = False

    @property
    def values(self) -> list[float]:
        """One a round."""
        return [q / s for s, q in zip(self.slow.rates, self.quick.rates, strict=True)]


@dataclass
class Contest:
    """Contenders that take turns; ``missing`` are (name, why) of those that could not come."""

    title: str
    against_rivals: list[Ratio]
    other_ratios: list[Ratio]
    missing: list[tuple[str, str]]

    @property
    def contenders(self) -> list[Measured]:
        """Each of them once."""
        ratios = self.against_rivals + self.other_ratios
        both = [measured for ratio in ratios for measured in (ratio.quick, ratio.slow)]
        return list(dict.fromkeys(both))

    def play(self, number: int, seconds: float) -> None:
        """A round; who begins changes from one to the next."""
        contenders = self.contenders
        first = number % len(contenders)
        for measured in contenders[first:] + contenders[:first]:
            measured.measure(seconds)


WANTED = {"pictures-32": 3.0, "pictures-128": 2.5, "pictures-1024": 2.0, "wide": 1.6} | {
    work.key: 8.0 for work in POINTS_ALL
}
WORKS = [*PICTURES_SMALL.values(), PICTURES_WIDE, *POINTS_ALL]
KEYS = [DIGITS.key, *(work.key for work in WORKS), "trace"]


def contests(keys: list[str], playground: str | None) -> Iterator[Contest]:
    """Set up, and check, what is asked for."""
    if DIGITS.key in keys:
        yield _one_point_at_a_time(DIGITS, playground)
    for work in WORKS:
        if work.key in keys:
            yield _mini_batches(work)
    if "trace" in keys:
        slow, quick = Measured(Traced(DIGITS)), Measured(OneByOne(DIGITS))
        yield Contest(DIGITS.title, [], [Ratio(slow, quick, 2.0, at_most=True)], [])


def _one_point_at_a_time(work: Work, source: str | None) -> Contest:
    ours = Backlit(work)
    rivals: list[tuple[Contender, float]] = [(PyTorch(work), 10.0), (ScikitLearn(work), 6.0)]
    for rival, _ in rivals:
        check_same_loss(ours, rival, TOLERANCES[work.precision])
    missing = []
    try:
        playground = Playground(work, compile_network(source))
        same = Backlit(as_playground_trains(work))
        check_same_loss(same, playground, TOLERANCES[work.precision])
        rivals.append((playground, 1.0))
    except UnavailableError as reason:
        missing.append((Playground.name, str(reason)))
    quick = Measured(ours)
    ratios = [Ratio(Measured(rival), quick, wanted) for rival, wanted in rivals]
    return Contest(work.title, ratios, [], missing)


def _mini_batches(work: Work) -> Contest:
    # Keras's Adam and PyTorch's differ in where epsilon is added, so it must be out of the way.
    precise = replace(work, precision="float64", epsilon=1e-13)
    check_same_loss(Backlit(precise), PyTorch(precise), TOLERANCES["float64"])
    check_same_loss(Backlit(work), PyTorch(work), TOLERANCES[work.precision])
    ours, pytorch = Measured(Backlit(work)), Measured(PyTorch(work))
    rivals, parts = [Ratio(pytorch, ours, WANTED[work.key])], []
    if work.optimizer == "adam":
        # Not what tutorials write, but the fastest that PyTorch has; with SGD it gains nothing.
        fused = PyTorch(work, "PyTorch, fused=True", fused=True)
        rivals.append(Ratio(Measured(fused), ours))
        gemms = Measured(BareGemms(work))
        # The second one is the most that the first ratio could be on this BLAS.
        parts = [Ratio(ours, gemms), Ratio(pytorch, gemms)]
    return Contest(work.title, rivals, parts, [])
