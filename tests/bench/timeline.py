"""What the timeline costs while training, and how long it takes to go to a place in the past.

    python -m tests.bench.timeline [--iterations N] [--seeks N] [--rounds R] [--seconds S]

The first figure is the runner against the trainer alone, and against the same runner with a record
that keeps nothing, taking turns; medians are reported.  The second is measured on one long run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from simulator.project import load_project
from simulator.runner import Runner
from simulator.timeline import Timeline
from simulator.trainer import Trainer

PROJECT = "digits-5x5"
SLICE = 128


class NoTimeline(Timeline):
    """Lets training go on without a record."""

    def begin(self, follow: bool) -> int:
        return 65_536

    def note(self) -> None:
        pass


def alone(seconds: float) -> float:
    """Updates per second of the trainer, in slices whose last iteration is laid open."""
    trainer = Trainer(load_project(PROJECT).with_epochs(10**9))
    return _rate(
        lambda: trainer.run_iterations(SLICE - 1) + bool(trainer.trace_iteration()), seconds
    )


def with_record(seconds: float, keeps: bool) -> float:
    """Updates per second of the runner, as the window's thread asks for them."""
    runner = Runner(load_project(PROJECT).with_epochs(10**9))
    if not keeps:
        runner.timeline = NoTimeline(runner.trainer)
    runner.run()
    return _rate(lambda: runner.advance(SLICE), seconds)


def _rate(advance: Callable[[], int], seconds: float) -> float:
    for _ in range(5):
        advance()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        count += advance()
    return count / (time.perf_counter() - start)


def seeks(iterations: int, count: int) -> None:
    """Train for so long, then go to random places; print how long that took."""
    runner = Runner(load_project(PROJECT).with_epochs(10**9))
    runner.run()
    start = time.perf_counter()
    while runner.trainer.iteration < iterations:
        runner.advance(min(SLICE, iterations - runner.trainer.iteration))
    runner.pause()
    trained = time.perf_counter() - start
    view = runner.snapshot().timeline
    chance = random.Random(0)
    took = []
    for _ in range(count):
        place = chance.randrange(1, iterations)
        start = time.perf_counter()
        runner.seek(place)
        runner.snapshot()
        took.append(1000 * (time.perf_counter() - start))
        assert runner.trainer.iteration == place
    back = []
    for _ in range(200):
        start = time.perf_counter()
        runner.step_iteration_back()
        back.append(1000 * (time.perf_counter() - start))
    print(f"trained               {iterations:10,} iterations in {trained:.0f} s")
    print(f"checkpoints           {view.checkpoints:10,} in {view.bytes / 2**20:.1f} MB")
    print(f"seek, median          {statistics.median(took):10.1f} ms")
    print(f"seek, worst of {count:<6} {max(took):10.1f} ms")
    print(f"iteration back, median{statistics.median(back):10.2f} ms")
    print(f"iteration back, worst {max(back):10.1f} ms")


def main() -> None:
    """Measure both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=1_000_000)
    parser.add_argument("--seeks", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    rates: dict[str, list[float]] = {"trainer alone": [], "no record": [], "record": []}
    for _ in range(given.rounds):
        rates["trainer alone"].append(alone(given.seconds))
        rates["no record"].append(with_record(given.seconds, keeps=False))
        rates["record"].append(with_record(given.seconds, keeps=True))
    for name, found in rates.items():
        print(f"{name:<22}{statistics.median(found):10,.0f} updates/s")
    pairs = zip(rates["record"], rates["no record"], strict=True)
    cost = [1.0 - record / bare for record, bare in pairs]
    print(f"cost of the record    {100 * statistics.median(cost):10.1f} %")
    seeks(given.iterations, given.seeks)


if __name__ == "__main__":
    main()
