"""Speed of the engine against its rivals, as ratios within one run.

    python -m tests.bench.rivals [--rounds R] [--seconds S] [--only WORK ...] [--playground nn.ts]

In every round each contender trains for S seconds, one after the other, so a machine that slows
down slows them all; ratios are taken within a round, and medians with the smallest and largest are
printed.  Everyone has one thread.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time

from tests.bench.rivals import report
from tests.bench.rivals.checks import STEPS, check_threads
from tests.bench.rivals.contests import KEYS, Contest, contests
from tests.bench.rivals.playground import Playground, version

NOTES = """\
Medians of {rounds} interleaved rounds of {seconds:g} s each, smallest and largest in brackets; an
update is a mini-batch. One thread. Same start weights, same order of the samples (not shuffled),
data in memory; checked before timing: after {steps} updates Backlit and each rival have the same
loss (to 1e-6 in float64, 1e-3 in float32), after each round a smaller one than at the start.
PyTorch is eager, its mini-batches are views; scikit-learn runs one long fit(). Playground has no
softmax and no cross-entropy: it trains linear outputs with its own squared error."""


def main() -> None:
    """Run all rounds and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.5, help="a contender and round")
    parser.add_argument(
        "--only", nargs="+", metavar="WORK", help=f"names or beginnings of: {', '.join(KEYS)}"
    )
    parser.add_argument(
        "--playground",
        metavar="nn.ts",
        default=os.environ.get("PLAYGROUND"),
        help="src/nn.ts of tensorflow/playground; else what PLAYGROUND in the environment says",
    )
    given = parser.parse_args()
    keys = [key for key in KEYS if given.only is None or key.startswith(tuple(given.only))]
    if not keys or given.rounds < 1 or given.seconds <= 0:
        parser.error("nothing to measure")

    start = time.perf_counter()
    print(f"{report.machine()}\n{report.versions()}", flush=True)
    ready = []
    for contest in contests(keys, given.playground):
        print(f"ready: {contest.title}", file=sys.stderr)
        ready.append(contest)
    if any(isinstance(m.contender, Playground) for contest in ready for m in contest.contenders):
        print(version(given.playground))
    check_threads()
    gc.collect()
    gc.freeze()  # nobody pays for looking through what the others have made
    for number in range(given.rounds):
        for contest in ready:
            contest.play(number, given.seconds)
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
    _print(ready, given.rounds, given.seconds)
    print(f"{time.perf_counter() - start:.0f} s in all", file=sys.stderr)


def _print(ready: list[Contest], rounds: int, seconds: float) -> None:
    if any(contest.against_rivals for contest in ready):
        print("", *report.table_of_rivals(ready), sep="\n")
    if any(contest.other_ratios for contest in ready):
        print("", *report.table_of_others(ready), sep="\n")
    print("\n" + NOTES.format(rounds=rounds, seconds=seconds, steps=STEPS))


if __name__ == "__main__":
    main()
