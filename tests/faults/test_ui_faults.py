"""The faults of the window, a few of each; ``make faults`` tries them at full length."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.faults import training, ui_closing, ui_layouts, ui_locks

ROOT = Path(__file__).parents[2]


def run_module(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fault test of its own process, as ``make faults`` does."""
    return subprocess.run(
        [sys.executable, "-m", f"tests.faults.{name}", *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_closing_while_training_ends_cleanly() -> None:
    wrong, took = ui_closing.close_often(4)
    assert wrong == []
    assert len(took) == 4


def test_kills_of_windows_that_train() -> None:
    count = training.kill_training(2, seed=2, kind=training.WINDOW)
    assert (count.tried, count.lost) == (2, [])


def test_no_damaged_layout_reaches_qt(qapp: QApplication, tmp_path: Path) -> None:
    assert ui_layouts.damage_often(150, tmp_path) == 0


def test_windows_end_in_the_gui_thread_whoever_makes_garbage() -> None:
    ended = run_module("ui_garbage", "4")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert " 0 elsewhere" in ended.stdout


def test_one_of_many_windows_has_a_file() -> None:
    count = ui_locks.run(rounds=1, starters=6)
    assert count.lost == []
    assert count.seen["rounds"] == 1 and count.seen["damaged locks"] == len(ui_locks.DAMAGES)
