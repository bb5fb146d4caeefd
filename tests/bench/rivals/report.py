"""The machine, the versions, and the tables."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import sklearn
import threadpoolctl
import torch

import simulator
from tests.bench.rivals.contender import Measured
from tests.bench.rivals.contests import Contest, Ratio


def machine() -> str:
    """One line: processor, cores, how busy it was."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}{load}"


def versions() -> str:
    """One line: everything that was measured or stood beneath it, but Playground."""
    blas = {
        f"{pool['internal_api']} {pool['version']} ({pool.get('architecture', '')})"
        for pool in threadpoolctl.threadpool_info()
        if "numpy" in pool["filepath"] and pool["user_api"] == "blas"
    }
    names = [
        f"Backlit {simulator.__version__}{_commit()}",
        f"Python {platform.python_version()}",
        f"NumPy {np.__version__} with {' '.join(sorted(blas)) or 'an unknown BLAS'}",
        f"PyTorch {torch.__version__}",
        f"scikit-learn {sklearn.__version__}",
    ]
    return ", ".join(names)


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return f" ({done.stdout.strip()})" if done.returncode == 0 else ""


def table_of_rivals(contests: list[Contest]) -> Iterator[str]:
    """Backlit against each rival."""
    yield "| work | Backlit, updates/s | rival | its updates/s | Backlit is faster by | wanted |"
    yield "|---|--:|---|--:|--:|--:|"
    for contest in contests:
        rows = [_rival(ratio) for ratio in contest.against_rivals]
        rows += [f"{name} | not measured: {reason} | |" for name, reason in contest.missing]
        if rows:
            first = f"{contest.title} | {_rate(contest.against_rivals[0].quick)}"
        for row in rows:
            yield f"| {first} | {row} |"
            first = " | "  # the same again


def _rival(ratio: Ratio) -> str:
    theirs = ratio.slow
    return f"{theirs.contender.name} | {_rate(theirs)} | {_times(ratio)} | {_wanted(ratio)}"


def table_of_others(contests: list[Contest]) -> Iterator[str]:
    """Who takes how many times as long as what."""
    yield "| work | what | updates/s | takes | as long as | updates/s | wanted |"
    yield "|---|---|--:|--:|---|--:|--:|"
    for contest in contests:
        for ratio in contest.other_ratios:
            slow, quick = ratio.slow, ratio.quick
            yield (
                f"| {contest.title} | {slow.contender.name} | {_rate(slow)} | {_times(ratio)} "
                f"| {quick.contender.name} | {_rate(quick)} | {_wanted(ratio)} |"
            )


def _rate(measured: Measured) -> str:
    low, high = min(measured.rates), max(measured.rates)
    return f"{statistics.median(measured.rates):,.0f} ({low:,.0f}–{high:,.0f})"


def _times(ratio: Ratio) -> str:
    values = ratio.values
    return f"{statistics.median(values):.2f}× ({min(values):.2f}–{max(values):.2f})"


def _wanted(ratio: Ratio) -> str:
    if ratio.wanted is None:
        return ""
    reached = statistics.median(ratio.values)
    met = reached <= ratio.wanted if ratio.at_most else reached >= ratio.wanted
    return f"{'≤' if ratio.at_most else '≥'} {ratio.wanted:g}×{'' if met else ', missed'}"
