"""The self-test passes here, and would notice a binding that loses references."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ui.selftest import _check, run

ROOT = Path(__file__).parents[2]


def test_this_installation_passes(qapp):
    results = run(seconds=0.0, calls=2000)
    assert len(results) == 4
    for name, passed, detail in results:
        assert passed, f"{name}: {detail}"
        assert name and detail


def test_a_drift_is_noticed_early():
    kept: list[None] = []
    _, passed, detail = _check("drifting", lambda: kept.append(None), 100_000)
    if sys.version_info >= (3, 12):
        return  # None is immortal there: it can neither drift nor be deleted.
    assert not passed and "None +" in detail
    assert len(kept) < 1000


def test_it_runs_without_an_application():
    code = "from ui.selftest import run; assert all(p for _, p, _ in run(0.0, 500))"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
