"""``backlit trace --explain``: an iteration phase by phase, for people, LaTeX and machines."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from small_projects import digits
from test_cli import backlit, failed, parse

from simulator.cli import main
from simulator.explain import explain_quantity, number
from simulator.latex_text import problem_of
from simulator.notation import PRESETS, load_notation
from simulator.project import Project, load_project
from simulator.quantity import Kind, Quantity
from simulator.trace import Trace
from simulator.trainer import Trainer


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What ``backlit trace`` prints, with status 0 and nothing on standard error."""
    assert main(["trace", *arguments]) == 0
    output = capsys.readouterr()
    assert not output.err
    return output.out


def trace_at(project: Project, iteration: int) -> Trace:
    trainer = Trainer(project)
    trainer.run_iterations(iteration - 1)
    return trainer.trace_iteration()


def test_the_numbers_of_a_later_iteration(capsys: pytest.CaptureFixture[str]) -> None:
    found = parse(run(capsys, "digits-5x5", "--at", "7", "--json"))
    trace = trace_at(digits(), 7)
    loss = next(entry for entry in found if entry["kind"] == "loss")
    assert loss["value"] == trace.loss
    assert run(capsys, "xor", "--at", "3").startswith("epoch 3, iteration 3, samples 1, 2, 3, 4")


def test_every_phase_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "digits-5x5", "--at", "3", "--explain")
    trace = trace_at(digits(), 3)
    headings = [line for line in text.splitlines() if re.match(r"^(Forward|Loss|Back|Upd)", line)]
    assert len(headings) == len(trace.phases)
    assert "epoch 1, iteration 3, sample " in text and "notation Neutral" in text
    assert f"    = {number(float(trace.loss_per_sample[0]))}\n" in text


@pytest.mark.parametrize("notation", PRESETS)
def test_one_neuron_in_each_notation(notation: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--layer", "2", "--neuron", "1", "--source", "3", "--sample", "2", "--at", "2")
    text = run(capsys, "xor", "--notation", notation, *arguments, "--digits", "6")
    project = load_project("xor")
    trace = trace_at(project, 2)
    own = load_notation(notation)
    for quantity in (
        Quantity(Kind.PREACTIVATION, 2, 0, 1),
        Quantity(Kind.DELTA, 2, 0, 1),
        Quantity(Kind.GRADIENT, 2, 0, 1, 2, "W"),
        Quantity(Kind.UPDATED, 2, 0, 1, 2, "W"),
    ):
        found = explain_quantity(trace, project, quantity, own, digits=6)
        assert f": {found.title}\n" in text
        assert f"    = {number(found.value, 6)}\n" in text
    assert "hidden 1, neuron 3" in text and "(2 of 4 in the mini-batch)" in text


def test_explanations_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = parse(run(capsys, "xor", "--explain", "--json", "--notation", "deck-b"))
    project = load_project("xor")
    trace = trace_at(project, 1)
    assert [entry["phase"] for entry in found] == [
        {"kind": phase.kind.value, "layer": phase.layer} for phase in trace.phases
    ]
    deck_b = load_notation("deck-b")
    for entry in found:
        quantity = Quantity(**{**entry["quantity"], "kind": Kind(entry["quantity"]["kind"])})
        own = explain_quantity(trace, project, quantity, deck_b)
        assert entry["value"] == own.value == entry["lines"][-1]["result"]
        assert entry["symbol"] == own.symbol and entry["title"] == own.title
        assert entry["samples"] == [[row, share] for row, share in own.samples]
        assert len(entry["lines"]) == len(own.lines)


def test_latex_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "digits-5x5", "--latex", "--notation", "deck-c")
    assert text.startswith("% ")
    for name in ("aligned", "bmatrix"):
        assert text.count(f"\\begin{{{name}}}") == text.count(f"\\end{{{name}}}")
    blocks = re.findall(r"\\\[\n(.*?)\n\\\]", text, re.DOTALL)
    assert len(blocks) == text.count("\\[\n") == text.count("\\]")
    for block in blocks:
        assert problem_of(block.replace("\\\\", "").replace("\\%", "")) == ""
    # LaTeX's own fonts have none of these.
    assert not re.search(r"[^\x00-\x7f]", text)


def test_a_notation_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = json.loads((Path(__file__).parents[2] / "resources/notations/deck-d.json").read_text())
    own |= {"id": "mine", "title": "My own course"}
    own["symbols"]["delta"] = "D"
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(own))
    text = run(capsys, "xor", "--notation", str(path), "--layer", "1", "--neuron", "2")
    assert "My own course" in text and "D₂⁽¹⁾ = " in text


BAD: list[tuple[tuple[str, ...], str]] = [
    (("--at", "1000000000"), "--at must be at most"),
    (("--explain", "--layer", "3"), "--layer must be at most 2"),
    (("--neuron", "9"), "--neuron must be at most 4"),
    (("--layer", "2", "--neuron", "2"), "--neuron must be at most 1, the neurons of output"),
    (("--layer", "1", "--source", "3"), "--source must be at most 2"),
    (("--source", "5"), "--source must be at most 4"),
    (("--sample", "5"), "--sample must be at most 4"),
    (("--digits", "16"), "--digits must be at most 15"),
    (("--explain", "--notation", "deck-e"), "neither a notation"),
    (("--explain", "--notation", "none.json"), "cannot be read"),
]


@pytest.mark.parametrize(("arguments", "part"), BAD, ids=lambda own: " ".join(own)[:30])
def test_a_bad_value_is_one_sentence(
    arguments: tuple[str, ...], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trace", "xor", *arguments]) == 2
    output = capsys.readouterr()
    assert not output.out
    assert output.err.startswith("backlit: ") and output.err.endswith(".\n")
    assert part in output.err and output.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("--at", "0"), ("--at", "x"), ("--digits", "0"), ("--layer", "-1"), ("--sample",)]
)
def test_what_is_no_number_is_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["trace", "xor", *arguments])
    assert ended.value.code == 2
    assert not capsys.readouterr().out


def test_training_that_stops_by_itself_has_no_later_iteration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = Path(__file__).parents[2] / "resources/projects/xor.json"
    value: dict[str, Any] = json.loads(source.read_text("utf-8"))
    value["training"]["stop"] = {"loss": 100.0}
    path = tmp_path / "stops.json"
    path.write_text(json.dumps(value), "utf-8")
    assert main(["trace", str(path), "--at", "5"]) == 2
    assert "where training stops by itself" in capsys.readouterr().err


def test_the_command_itself() -> None:
    result = backlit("trace", "xor", "--explain", "--layer", "2")
    assert result.returncode == 0 and not result.stderr
    assert "Backward · output · delta" in result.stdout
    assert "--layer" in failed(backlit("trace", "xor", "--layer", "9"), 2)
