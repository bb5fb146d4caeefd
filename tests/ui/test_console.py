"""A program without a console says what it has to say where it can be seen."""

from __future__ import annotations

import io
import sys

import pytest

import ui.__main__ as program
from simulator.project import ProjectError
from ui import console


class Terminal(io.StringIO):
    """A stream somebody looks at."""

    def isatty(self) -> bool:
        return True


def test_missing_streams_are_made(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    unseen = console.mend_streams()
    print("a result")
    print("a reason", file=sys.stderr)
    assert unseen is sys.stderr and unseen.getvalue() == "a reason\n"
    sys.stdout.close()


def test_streams_that_are_there_stay(capsys):
    before = sys.stdout, sys.stderr
    assert console.mend_streams() is None
    assert (sys.stdout, sys.stderr) == before


def test_what_nobody_saw_is_shown_in_a_box(monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "argv", ["backlit", "summary", "nothing-of-this-name"])
    monkeypatch.setattr(program, "show_box", shown.append)
    assert program.start() == 2
    assert len(shown) == 1 and "nothing-of-this-name" in shown[0]
    sys.stdout.close()


def test_a_missing_library_is_one_sentence(monkeypatch, capsys):
    def refused(parsed):
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(program.cli, "call", refused)
    assert program.main(["--self-test"]) == 1
    told = capsys.readouterr().err
    assert "libEGL.so.1 is missing" in told and "package libegl1" in told
    assert "\n" not in told.strip()


def test_other_import_errors_are_no_such_thing(monkeypatch):
    def refused(parsed):
        raise ImportError("No module named 'numpy'")

    monkeypatch.setattr(program.cli, "call", refused)
    with pytest.raises(ImportError, match="numpy"):
        program.main(["--self-test"])


@pytest.mark.parametrize(("terminal", "boxes"), [(True, 0), (False, 1)])
def test_a_name_that_is_no_file_is_answered_where_it_is_seen(
    monkeypatch, tmp_path, capsys, terminal, boxes
):
    shown: list[str] = []
    monkeypatch.setattr(program, "missing_display", lambda: None)
    monkeypatch.setattr(program, "show_refusal", shown.append)
    monkeypatch.setattr(sys, "stdin", Terminal() if terminal else io.StringIO())
    monkeypatch.setattr(sys, "platform", "linux")
    path = tmp_path / "deleted.backlit"
    assert program.main([str(path)]) == 2
    assert "deleted.backlit" in capsys.readouterr().err
    assert len(shown) == boxes
    assert all("deleted.backlit" in sentence for sentence in shown)


def test_a_damaged_file_is_left_to_the_window(monkeypatch, tmp_path, capsys):
    opened = []
    monkeypatch.setattr(program, "missing_display", lambda: None)
    monkeypatch.setattr("ui.app.run_window", lambda *given: opened.append(given) or 0)
    path = tmp_path / "damaged.backlit"
    path.write_bytes(b"PK\x03\x04 nothing more")
    assert program.main([str(path)]) == 0
    ((reading, source, start_training, safe_mode),) = opened
    assert (source, start_training, safe_mode) == (str(path), False, False)
    with pytest.raises(ProjectError, match="it is cut off"):
        reading.document()
    assert capsys.readouterr().err == ""


def test_without_a_display_a_damaged_file_is_an_error(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(program, "missing_display", lambda: "No window.")
    path = tmp_path / "damaged.backlit"
    path.write_bytes(b"PK\x03\x04 nothing more")
    assert program.main([str(path)]) == 1
    assert "damaged.backlit" in capsys.readouterr().err
