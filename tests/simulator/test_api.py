"""What the README and the package promise to Python users."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
from pathlib import Path

import simulator

README = Path(__file__).parents[2] / "README.md"


def test_the_readmes_lines_run_and_print_what_they_say() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    accuracy, shape, *delta = printed.getvalue().splitlines()
    assert accuracy == "1.0"
    assert shape == "(4, 2)"
    assert len(delta) == 4


def test_the_readmes_project_can_be_used() -> None:
    import json

    (text,) = re.findall(r"```json\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    project = simulator.project_from_value(json.loads(text))
    simulator.Trainer(project).run_epochs(3)


def test_the_packages_own_example_is_true() -> None:
    assert doctest.testmod(simulator).failed == 0


def test_every_public_name_is_there_and_documented() -> None:
    for name in simulator.__all__:
        assert getattr(simulator, name).__doc__, name
