"""The commands that draw, run as a user runs them: in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]


def backlit(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``backlit`` without a display."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    kept.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, "-m", "ui", *arguments],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_screenshot_has_the_wanted_size_and_theme(theme: str, tmp_path: Path) -> None:
    done = backlit(
        *("screenshot", "digits-5x5", "out.png", "--size", "1280x800"),
        *("--theme", theme, "--after", "30"),
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    picture = QImage(str(tmp_path / "out.png"))
    assert (picture.width(), picture.height()) == (1280, 800)
    corner = picture.pixelColor(2, 400).lightness()
    assert corner > 200 if theme == "light" else corner < 60


def test_without_a_display_the_main_job_is_done_anyway(tmp_path: Path) -> None:
    done = backlit(cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("No window: there is no display")
    assert "accuracy 100.0 %" in done.stdout
    assert "epoch" in done.stderr
    assert not QImage(str(tmp_path / "backlit.png")).isNull()


def test_a_dead_display_is_named(tmp_path: Path) -> None:
    done = backlit("xor", cwd=tmp_path, DISPLAY=":9753")
    assert done.returncode == 0
    assert done.stdout.startswith("No window: nothing answers at the display “:9753”.")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("nonsense",), 2, "neither a file nor a built-in project"),
        (("screenshot", "xor", "out.png", "--size", "big"), 2, "WIDTHxHEIGHT"),
        (("screenshot", "xor", "missing/folder/out.png"), 1, "could not be written"),
        (("train", "xor", "--epochs", "0"), 2, "at least 1"),
        (("train",), 2, "PROJECT"),
        (("--sideways",), 2, "--sideways"),
    ],
)
def test_mistakes_are_sentences(
    arguments: tuple[str, ...], status: int, words: str, tmp_path: Path
) -> None:
    done = backlit(*arguments, cwd=tmp_path)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_loads_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; from ui.__main__ import main; status = main(['summary', 'xor']);"
        "assert not [name for name in sys.modules if name.startswith('PySide6')]; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Total params: 17" in done.stdout
