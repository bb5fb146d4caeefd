"""The self-test passes here, and would notice what can be wrong with an installation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon

from ui.selftest import parts, run, work
from ui.selftest.binding import _check
from ui.selftest.check import CheckError, carried_out

ROOT = Path(__file__).parents[2]


def test_this_installation_passes(qapp):
    results = list(run(seconds=0.0, calls=2000))
    assert len({name for name, _, _ in results}) == len(results) == 15
    for name, passed, detail in results:
        assert passed, f"{name}: {detail}"
        assert name and detail


def test_a_drift_is_noticed_early():
    kept: list[None] = []
    drifting = ("drifting", lambda: _check(lambda: lambda: kept.append(None), 100_000))
    _, passed, detail = carried_out(drifting)
    if sys.version_info >= (3, 12):
        return  # None is immortal there: it can neither drift nor be deleted.
    assert not passed and "None +" in detail
    assert len(kept) < 1000


def test_whatever_a_check_raises_is_what_it_found():
    def broken() -> str:
        raise ModuleNotFoundError("No module named 'ziamath'")

    assert carried_out(("formulas", broken)) == (
        "formulas",
        False,
        "ModuleNotFoundError: No module named 'ziamath'",
    )


def test_missing_files_are_noticed(qapp, monkeypatch, tmp_path):
    monkeypatch.setattr(parts, "resource_path", lambda *names: tmp_path.joinpath(*names))
    with pytest.raises(CheckError, match="icons"):
        parts._icons()
    monkeypatch.setattr(parts, "load_fonts", lambda: ("Inter",))
    with pytest.raises(CheckError, match="JetBrains Mono"):
        parts._fonts()
    monkeypatch.setattr(parts, "builtin_projects", lambda: ())
    with pytest.raises(CheckError, match="project"):
        parts._projects()


def test_a_document_that_goes_on_differently_is_noticed(monkeypatch):
    def other(document):
        trainer = resumed(document)
        trainer.network.theta[0] += 1e-15
        return trainer

    resumed = work.resumed
    monkeypatch.setattr(work, "resumed", other)
    with pytest.raises(CheckError, match="differently"):
        work._document()


def test_an_icon_that_draws_nothing_is_noticed(qapp, monkeypatch):
    monkeypatch.setattr(parts, "icon", lambda name, theme: QIcon())
    with pytest.raises(CheckError, match="empty"):
        parts._icons()


def test_the_command_says_so_line_by_line():
    ended = subprocess.run(
        [sys.executable, "-m", "ui", "--self-test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert all(line.startswith("passed  ") for line in ended.stdout.splitlines())
    assert "document" in ended.stdout
