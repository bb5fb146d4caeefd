"""The command line as its users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_projects import ROOT, digits, layer

from simulator import __version__
from simulator.cli import main
from simulator.project import builtin_projects
from simulator.trace import phases_of
from simulator.trainer import Trainer

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's special files")
COMMANDS = ("train", "trace", "summary")


def backlit(*arguments: str | os.PathLike[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run ``python -m simulator``; extra environment variables as ``env``."""
    # Not the settings of whoever runs the tests: PYTHONUNBUFFERED changes when output fails.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env |= {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", **options.pop("env", {})}
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        env=env,
        stderr=subprocess.PIPE,
        encoding=options.pop("encoding", "utf-8"),
        timeout=120,
        check=False,
        **options,
    )


def not_json(word: str) -> Any:
    raise AssertionError(f"{word} is not JSON")


def parse(text: str) -> Any:
    """Strict JSON: Python's own NaN and Infinity are refused."""
    return json.loads(text, parse_constant=not_json)


def failed(result: subprocess.CompletedProcess[str], status: int) -> str:
    """The one sentence on standard error, with nothing on standard output."""
    assert result.returncode == status, result.stderr
    assert not result.stdout
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("backlit: ") and lines[0].endswith("."), result.stderr
    return lines[0]


def write(path: Path, **changes: Any) -> Path:
    """A project file: one linear neuron on two samples."""
    value = {
        "network": {"inputs": 1, "layers": [layer(1, "linear", W=[[1.0]], b=[0.0])]},
        "loss": "mse",
        "training": {"epochs": 1, "batch_size": 2},
        "data": {"inputs": [[1.0], [2.0]], "targets": [[0.5], [3.0]]},
    }
    path.write_text(json.dumps({**value, **changes}), "utf-8")
    return path


# --- train ---------------------------------------------------------------------------------------


def test_train_prints_pure_json() -> None:
    result = backlit("train", "digits-5x5", "--epochs", "30", "--seed", "3", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    found = parse(result.stdout)
    assert result.stdout.count("\n") == 1
    trainer = Trainer(digits(epochs=30, seed=3))
    trainer.run_epochs(30)
    wanted = trainer.evaluate()
    assert found.pop("seconds") >= 0.0
    assert found == {
        "project": "digits-5x5",
        "seed": 3,
        "epochs": 30,
        "iterations": 150,
        "loss": wanted.loss,
        "accuracy": wanted.accuracy,
        "penalty": 0.0,
        "learning_rate": 0.02,
        "stop_reason": "",
        "warnings": [],
    }


def test_the_same_seed_prints_the_same_and_another_does_not() -> None:
    def run(seed: str) -> dict[str, Any]:
        result = backlit("train", "digits-5x5", "--epochs", "20", "--seed", seed, "--json")
        found: dict[str, Any] = parse(result.stdout)
        del found["seconds"]
        return found

    first = run("7")
    assert run("7") == first
    assert run("8")["loss"] != first["loss"]


@pytest.mark.parametrize("name", builtin_projects())
def test_every_builtin_project_trains(name: str) -> None:
    result = backlit("train", name, "--epochs", "2", "--json")
    assert result.returncode == 0
    found = parse(result.stdout)
    assert (found["project"], found["epochs"]) == (name, 2)
    if found["accuracy"] is None:
        assert found["r2"] <= 1.0
    else:
        assert 0.0 <= found["accuracy"] <= 1.0
    assert found["warnings"] == []


def test_train_for_people_has_totals_and_answers() -> None:
    result = backlit("train", "digits-5x5", "--epochs", "500", "--seed", "0")
    assert result.returncode == 0
    first, second, *rest = result.stdout.splitlines()
    assert "500 epochs, 2,500 iterations" in first and "seed 0" in first
    assert "accuracy 100.0 %" in second
    answers = [line for line in rest if "→" in line]
    assert len(answers) == 5 and all("right" in line for line in answers)
    assert "epoch" in result.stderr


def test_without_classes_there_is_no_accuracy(tmp_path: Path) -> None:
    data = {"inputs": [[1.0], [2.0], [3.0]], "targets": [[0.1], [0.2], [0.4]]}
    path = write(tmp_path / "regression.json", data=data)
    assert parse(backlit("train", path, "--json").stdout)["accuracy"] is None
    result = backlit("train", path)
    assert result.returncode == 0
    assert "accuracy" not in result.stdout
    assert result.stdout.count("sample") == 3


def test_many_samples_are_not_all_printed(tmp_path: Path) -> None:
    data = {"inputs": [[0.1]] * 50, "targets": [[0.1], [0.2]] * 25}
    result = backlit("train", write(tmp_path / "many.json", data=data))
    assert "30 more samples" in result.stdout
    assert len(result.stdout.splitlines()) < 30


def test_training_that_diverges_fails_with_a_sentence(tmp_path: Path) -> None:
    path = write(
        tmp_path / "fast.json",
        optimizer={"learning_rate": 1e6},
        training={"epochs": 100, "batch_size": 1},
    )
    message = failed(backlit("train", path, "--json"), 1)
    assert "iteration" in message and "1e+06" in message


def test_a_loss_beyond_all_numbers_is_no_result(tmp_path: Path) -> None:
    """The only update leads out of the numbers: that is divergence, not JSON with Infinity."""
    path = write(tmp_path / "beyond.json", optimizer={"learning_rate": 1e200})
    result = backlit("train", path, "--json")
    if result.returncode == 0:
        parse(result.stdout)
    else:
        failed(result, 1)


# --- trace ---------------------------------------------------------------------------------------


def test_trace_prints_every_phase() -> None:
    result = backlit("trace", "digits-5x5", "--seed", "4", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    found = parse(result.stdout)
    project = digits(seed=4)
    trace = Trainer(project).trace_iteration()
    phases = phases_of(project.network)
    assert [(entry["kind"], entry["layer"]) for entry in found] == [
        (phase.kind.value, phase.layer) for phase in phases
    ]
    assert {entry["kind"] for entry in found} == {
        "input",
        "preactivation",
        "activation",
        "dropout",
        "loss",
        "error",
        "delta",
        "gradient",
        "update",
    }
    for entry, phase in zip(found, phases, strict=True):
        if entry["kind"] in ("gradient", "update"):
            arrays = trace.gradient_of if entry["kind"] == "gradient" else trace.updated
            W, b = arrays(phase.layer)
            assert b is not None
            assert entry["value"] == {"W": W.tolist(), "b": b.tolist()}
        elif entry["kind"] == "loss":
            assert entry["value"] == trace.loss
            assert entry["per_sample"] == trace.loss_per_sample.tolist()
        else:
            assert entry["value"] == np.asarray(trace.value(phase)).tolist()
        if entry["kind"] == "dropout":
            assert entry["scale"] == 1.25
            assert entry["output"] == trace.output[1].tolist()


def test_a_layer_without_bias_has_no_b(tmp_path: Path) -> None:
    layers = [layer(2, "tanh", bias=False), layer(1, "linear")]
    path = write(tmp_path / "p.json", network={"inputs": 1, "layers": layers})
    found = parse(backlit("trace", path, "--json").stdout)
    for entry in found:
        if entry["kind"] in ("gradient", "update"):
            assert set(entry["value"]) == ({"W"} if entry["layer"] == 1 else {"W", "b"})


def test_trace_for_people_names_every_phase() -> None:
    result = backlit("trace", "xor")
    assert (result.returncode, result.stderr) == (0, "")
    for words in ("epoch 1, iteration 1, samples", "preactivation, layer 1", "update, layer 2"):
        assert words in result.stdout


def test_a_trace_far_out_is_json(tmp_path: Path) -> None:
    """The output's error −t/y overflows where y is almost 0; JSON has no Infinity."""
    path = write(
        tmp_path / "far.json",
        network={"inputs": 1, "layers": [layer(2, "softmax", W=[[1000.0], [-1000.0]])]},
        loss="categorical_crossentropy",
        data={"inputs": [[1.0], [1.0]], "targets": [[0.0, 9.0], [0.0, 9.0]]},
    )
    result = backlit("trace", path, "--json")
    assert result.stderr == ""
    assert result.returncode == 0
    parse(result.stdout)


# --- summary -------------------------------------------------------------------------------------


def test_summary_of_the_digits() -> None:
    result = backlit("summary", "digits-5x5")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Total params: 1,465" in result.stdout
    rows = [line for line in result.stdout.splitlines() if "(None, " in line]
    assert [line.rsplit("│", 2)[1].strip() for line in rows] == [
        "0",
        "520",
        "420",
        "0",
        "420",
        "105",
    ]
    table = [line for line in result.stdout.splitlines() if line[:1] in "┏│┡├└"]
    assert len({len(line) for line in table}) == 1


@pytest.mark.parametrize(("sizes", "total"), [("20-32-10", "1,002"), ("784-50-10", "39,760")])
def test_summary_of_the_decks(tmp_path: Path, sizes: str, total: str) -> None:
    inputs, hidden, outputs = (int(size) for size in sizes.split("-"))
    path = write(
        tmp_path / "deck.json",
        network={"inputs": inputs, "layers": [layer(hidden), layer(outputs, "softmax")]},
        data={"inputs": [[0.0] * inputs], "targets": [[1.0] + [0.0] * (outputs - 1)]},
    )
    result = backlit("summary", path)
    assert f"Total params: {total}\n" in result.stdout


def test_summary_of_long_names_keeps_its_columns(tmp_path: Path) -> None:
    layers = [layer(100_000, "relu", name="x" * 200), layer(1, "linear")]
    path = write(tmp_path / "p.json", network={"inputs": 1, "layers": layers})
    result = backlit("summary", path)
    table = [line for line in result.stdout.splitlines() if line[:1] in "┏│┡├└"]
    assert len({len(line) for line in table}) == 1
    assert "200,000" in result.stdout


# --- arguments -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("train",),
        ("train", "xor", "--epochs", "0"),
        ("train", "xor", "--epochs", "-3"),
        ("train", "xor", "--epochs", "many"),
        ("train", "xor", "--epochs", "9" * 5000),
        ("train", "xor", "--seed", "-1"),
        ("train", "xor", "--seed", "1.5"),
        ("train", "xor", "--seed", str(2**64)),
        ("train", "xor", "--fast"),
        ("train", "xor", "and"),
        ("train", "no-such-project"),
        ("trace", "no-such-project"),
        ("summary", "no-such-project.json"),
        ("summary", "xor", "--json"),
        ("summary", ""),
    ],
    ids=lambda arguments: " ".join(arguments)[:30] or "nothing",
)
def test_bad_arguments_are_status_2(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments)
    except SystemExit as ended:
        status = ended.code
    output = capsys.readouterr()
    assert status == 2
    if arguments:
        assert not output.out and output.err
        assert len(output.err) < 1000


def test_the_status_is_that_of_the_process() -> None:
    assert backlit("train", "xor", "--epochs", "0").returncode == 2
    assert backlit().returncode == 2
    failed(backlit("train", "no-such-project"), 2)


def test_help_and_version() -> None:
    assert backlit("--version").stdout == f"backlit {__version__}\n"
    result = backlit("--help")
    assert result.returncode == 0
    for word in (*COMMANDS, *builtin_projects()):
        assert word in result.stdout


# --- files that cannot be used -------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_file_is_status_1(tmp_path: Path, command: str) -> None:
    path = write(tmp_path / "broken.json", loss="mist")
    message = failed(backlit(command, path), 1)
    assert "broken.json" in message and "mist" in message


def test_a_folder_is_status_1(tmp_path: Path) -> None:
    failed(backlit("train", tmp_path), 1)


def test_a_too_long_name_is_refused() -> None:
    result = backlit("train", "a" * 300)
    failed(result, 2)


@LINUX
@pytest.mark.parametrize("path", ["/dev/null", "/proc/self/mem"])
def test_special_files_are_status_1(path: str) -> None:
    failed(backlit("train", path), 1)


@LINUX
def test_an_endless_file_is_refused() -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))

    failed(backlit("train", "/dev/zero", preexec_fn=limit), 1)


def test_a_class_name_that_cannot_be_printed_is_no_crash(tmp_path: Path) -> None:
    data = {"inputs": [[1.0], [2.0]], "targets": [[0.0], [1.0]], "classes": ["\ud800", "\udfff"]}
    result = backlit("train", write(tmp_path / "p.json", data=data))
    assert "Traceback" not in result.stderr
    assert result.returncode in (0, 1)


# --- where the output goes -----------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently")
@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "xor", "--epochs", "1", "--json"),
        ("train", "xor", "--epochs", "1"),
        ("trace", "digits-5x5", "--json"),
        ("trace", "digits-5x5"),
        ("summary", "xor"),
    ],
    ids=" ".join,
)
def test_a_reader_that_left_is_no_crash(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = backlit(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
    assert "BrokenPipeError" not in result.stderr


@LINUX
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_a_sentence(command: str) -> None:
    with open("/dev/full", "w") as full:
        result = backlit(command, "not", *(["--json"] if command != "summary" else []), stdout=full)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("backlit: ") and result.stderr.count("\n") == 1


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize(
    "arguments",
    [("summary", "xor"), ("train", "digits-5x5", "--epochs", "1"), ("trace", "xor"), ("--help",)],
    ids=" ".join,
)
def test_a_terminal_with_few_characters_is_no_crash(
    arguments: tuple[str, ...], encoding: str
) -> None:
    """What Windows gives a program whose output is redirected."""
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    result = backlit(*arguments, env=env, encoding="latin-1")
    assert "Traceback" not in result.stderr
    assert result.returncode == 0
    assert result.stdout


def test_errors_are_readable_in_any_terminal() -> None:
    env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert "gibt" in failed(backlit("train", "gibt’s nicht", env=env), 2)


def test_it_runs_without_qt() -> None:
    code = "import sys; import simulator.cli; print([m for m in sys.modules if 'Side' in m])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


# --- check-gradient ------------------------------------------------------------------------------


def test_check_gradient_says_that_backpropagation_is_right() -> None:
    result = backlit("check-gradient", "digits-5x5", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    found = parse(result.stdout)
    assert found["passed"] is True
    assert found["checked"] == 1465
    assert 0.0 <= found["relative_error"] < 1e-5
    assert found["analytic"] == pytest.approx(found["numerical"], rel=1e-4, abs=1e-7)


def test_check_gradient_for_people_names_the_place() -> None:
    result = backlit("check-gradient", "xor")
    assert result.returncode == 0
    assert result.stdout.startswith("The gradient is right: 17 parameters checked.\n")
    assert "layer " in result.stdout
