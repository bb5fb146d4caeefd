"""NumPy scripts: they run by themselves and train to the same numbers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from documents import rich
from hypothesis import given, settings
from hypothesis import strategies as st
from script_runs import assert_same, run, trained, writable
from small_projects import build, digits, everything, layer, normal_data

from simulator.activations import ACTIVATIONS
from simulator.clipping import ClippingSpec
from simulator.exchange.code.numpy_script import numpy_script
from simulator.losses import LOSSES
from simulator.network import LayerParameters
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project, ProjectError, builtin_projects, load_project
from simulator.schedules import SCHEDULES, ScheduleSpec

SMOOTH = sorted(name for name, own in ACTIVATIONS.items() if own.differentiable)


def check(project: Project, folder: Path, tolerance: float = 1e-9) -> None:
    """Losses, parameters and outputs of the script are those of the trainer."""
    trainer, outputs = trained(project)
    names = run(numpy_script(project).content, folder)
    assert_same(names["outputs"], outputs, tolerance)
    if project.training.rule == "mcculloch_pitts":
        return
    assert_same(names["losses"], trainer.history.view().loss, tolerance)
    network = trainer.network
    for index in range(project.network.depth):
        for name, own in (
            ("W", network.W[index]),
            ("b", network.b[index]),
            ("gamma", network.gamma[index]),
            ("beta", network.beta[index]),
        ):
            if own is not None:
                assert_same(names[f"{name}{index + 1}"], own, tolerance)
    for index, mean in enumerate(network.moving_mean):
        if mean is not None:
            assert_same(names["moving"][f"mean{index + 1}"], mean, tolerance)
            variance = network.moving_variance[index]
            assert_same(names["moving"][f"variance{index + 1}"], variance, tolerance)


@pytest.mark.parametrize(
    "name", [own for own in builtin_projects() if not own.startswith("strokes")]
)
def test_built_in_projects(name: str, tmp_path: Path) -> None:
    check(load_project(name).with_epochs(3), tmp_path)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_that_can_be_random_or_remembered(optimizer: str, tmp_path: Path) -> None:
    check(writable(everything(optimizer), 4), tmp_path)


def test_removed_links_frozen_parameters_and_clipping_by_variable(tmp_path: Path) -> None:
    project = writable(rich("adamw"), 4)
    frozen = np.zeros((4, 5))
    frozen[1] = 1.0
    parameters = (*project.parameters[:1], LayerParameters(frozen_W=frozen, frozen_b=frozen[:, 0]))
    check(replace(project, parameters=parameters), tmp_path)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss(loss: str, tmp_path: Path) -> None:
    inputs, targets = normal_data(12, 3, 2, seed=4)
    kind = {"binary_crossentropy": "sigmoid", "categorical_crossentropy": "softmax"}
    for last in {kind.get(loss, "tanh"), "sigmoid"}:
        ends = targets > 0 if "crossentropy" in loss else np.sign(targets)
        layers = [layer(4), layer(2, last)]
        check(build(layers, (inputs, ends * 1.0), loss, epochs=4, batch_size=5), tmp_path)


@pytest.mark.parametrize("activation", SMOOTH)
def test_every_activation(activation: str, tmp_path: Path) -> None:
    data = normal_data(9, 3, 2, seed=7)
    layers = [layer(4, activation), layer(2, "linear", dropout=0.2)]
    check(build(layers, data, epochs=4, batch_size=4, seed=2), tmp_path)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_with_every_limit_on_the_gradient(schedule: str, tmp_path: Path) -> None:
    project = build([layer(3), layer(1, "sigmoid")], loss="binary_crossentropy", epochs=6)
    optimizer = replace(
        project.optimizer,
        schedule=ScheduleSpec(schedule, (("warmup_steps", 3.0),)),
        clipping=ClippingSpec(clipvalue=0.05, clipnorm=0.06, global_clipnorm=0.08),
    )
    check(replace(project, optimizer=optimizer), tmp_path)


@given(
    seed=st.integers(0, 2**63 - 1),
    rate=st.floats(0.0, 0.9),
    samples=st.integers(2, 9),
    batch=st.integers(1, 9),
)
@settings(max_examples=15)
def test_any_seed_draws_the_same(
    seed: int, rate: float, samples: int, batch: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = normal_data(samples, 2, 1)
    layers = [layer(3, dropout=rate, noise=0.1), layer(1, "linear")]
    project = build(layers, data, epochs=3, batch_size=batch, seed=seed)
    check(project, tmp_path_factory.mktemp("script"))


def test_float32_agrees_as_far_as_float32_does(tmp_path: Path) -> None:
    check(digits(precision="float32", epochs=20), tmp_path, 1e-5)


def test_large_arrays_are_packed(tmp_path: Path) -> None:
    data = normal_data(3000, 8, 1)
    project = build([layer(2), layer(1, "linear")], data, epochs=1, batch_size=500)
    content = numpy_script(project).content
    assert b"unpacked" in content and len(content) < 400_000
    check(project, tmp_path)


def test_large_weights_are_packed_where_the_data_are_not(tmp_path: Path) -> None:
    layers = [layer(150), layer(150), layer(1, "linear")]
    check(build(layers, normal_data(9, 3, 1), epochs=2), tmp_path)


def test_it_needs_nothing_but_numpy(tmp_path: Path) -> None:
    path = tmp_path / "xor.py"
    path.write_bytes(numpy_script(load_project("xor").with_epochs(20)).content)
    # Isolated: neither the folder of the tests nor that of the program is on the path.
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", str(path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "epoch     20  loss" in done.stdout and "accuracy" in done.stdout


def test_lines_are_not_too_long_and_nothing_of_the_project_becomes_code() -> None:
    title = 'x"""\nimport os\nos.abort() \\'
    project = replace(load_project("digits-5x5"), title=title)
    text = numpy_script(project).content.decode()
    assert max(map(len, text.splitlines())) <= 120
    compile(text, "script", "exec")
    assert "\nimport os" not in text


def test_what_it_cannot_repeat_is_said() -> None:
    with pytest.raises(ProjectError, match="augmentation"):
        numpy_script(everything())
    assert numpy_script(writable(everything(), 1)).notes == ()
    notes = " ".join(numpy_script(rich()).notes)
    assert "early_stopping" in notes and "stop criteria" in notes
