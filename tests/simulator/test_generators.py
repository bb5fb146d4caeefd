"""Generated data: the exact shapes, the noise around them, and nothing that depends on chance."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.data import Dataset
from simulator.data.generators import GENERATORS, MAX_NOISE, MAX_SAMPLES, GeneratorSpec, generate

CLASSIFIERS = {
    "noisy_xor": (2, [-1.0, 1.0]),
    "two_spirals": (2, [0.0, 1.0]),
    "circles": (2, [0.0, 1.0]),
    "moons": (2, [0.0, 1.0]),
    "blobs": (2, [0.0, 1.0]),
    "three_blobs": (3, None),
    "gaussian_quadrants": (4, None),
}
"""Number of classes, and the two targets where there is one output."""
CURVES = {
    "sine": (-math.pi, math.pi, math.sin),
    "sinc": (-4.0, 4.0, lambda x: math.sin(math.pi * x) / (math.pi * x) if x else 1.0),
    "bump": (-3.0, 3.0, lambda x: math.exp(-x * x)),
    "step": (-1.0, 1.0, lambda x: (x > 0) / 2 + (x >= 0) / 2),
    "absolute": (-1.0, 1.0, abs),
    "polynomial": (-1.5, 1.5, lambda x: x * x * x - x),
}
NOISY = [*CLASSIFIERS, *CURVES]


def made(name: str, samples: int = 20, noise: float = 0.0, seed: int = 0) -> Dataset:
    return generate(GeneratorSpec(name, samples, noise, seed))


def content(data: Dataset) -> tuple[bytes, bytes]:
    return data.inputs.tobytes(), data.targets.tobytes()


def test_every_generator_is_under_test() -> None:
    assert set(GENERATORS) == {*CLASSIFIERS, *CURVES, "four_samples", "strokes"}


@pytest.mark.parametrize("name", [*CLASSIFIERS, *CURVES, "four_samples"])
def test_what_is_offered_can_be_made(name: str) -> None:
    generator = GENERATORS[name]
    data = made(name, generator.samples, generator.noise)
    parts = len(data.classes) if generator.per_class else 1
    assert len(data) == generator.samples * parts
    assert data.builtin == "" and data.picture is None
    assert len(data.input_names) == data.n_inputs
    assert generator.title and generator.about.endswith(".")
    assert bool(generator.noise_meaning) != generator.fixed
    assert generator.per_class == (name in CLASSIFIERS)


# --- classes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLASSIFIERS)
@given(samples=st.integers(1, 40), noise=st.floats(0.0, 3.0), seed=st.integers(0, 2**63 - 1))
def test_classes_come_in_order_and_are_equally_many(
    name: str, samples: int, noise: float, seed: int
) -> None:
    count, targets = CLASSIFIERS[name]
    data = made(name, samples, noise, seed)
    numbers = np.repeat(np.arange(count), samples)
    assert data.inputs.shape == (count * samples, 2)
    assert len(data.classes) == count
    assert data.target_classes is not None
    np.testing.assert_array_equal(data.target_classes, numbers)
    wanted = np.eye(count) if targets is None else np.array(targets)[:, None]
    np.testing.assert_array_equal(data.targets, wanted[numbers])


@pytest.mark.parametrize("samples", [1, 6, 7])
def test_noisy_xor_without_noise_is_its_corners(samples: int) -> None:
    data = made("noisy_xor", samples)
    x1, x2 = data.inputs.T
    np.testing.assert_array_equal(np.abs(data.inputs), 1.0)
    np.testing.assert_array_equal(data.targets[:, 0], -x1 * x2)
    for number in range(2):
        points = data.inputs[data.target_classes == number].tolist()
        corners = sorted(points.count(corner) for corner in ([-1, 1], [1, -1], [1, 1], [-1, -1]))
        assert corners == [0, 0, samples // 2, samples - samples // 2]


def test_the_spirals_are_those_of_lang_and_witbrock() -> None:
    data = made("two_spirals", 97)
    for i in range(97):
        radius, angle = 6.5 * (104 - i) / 104, i * math.pi / 16
        point = np.array([radius * math.sin(angle), radius * math.cos(angle)])
        np.testing.assert_allclose(data.inputs[i], point, rtol=0, atol=1e-13)
        np.testing.assert_allclose(data.inputs[97 + i], -point, rtol=0, atol=1e-13)


def test_circles() -> None:
    radius = np.hypot(*made("circles", 12).inputs.T)
    np.testing.assert_allclose(radius, [1.0] * 12 + [0.5] * 12, rtol=1e-15)
    # Twelve points go round the circle once, as the hours do.
    angles = np.degrees(np.arctan2(*made("circles", 12).inputs.T[::-1])) % 360
    np.testing.assert_allclose(angles, 2 * [30.0 * hour for hour in range(12)], atol=1e-9)


def test_moons() -> None:
    wanted = [[1, 0], [0, 1], [-1, 0], [0, 0.5], [1, -0.5], [2, 0.5]]
    np.testing.assert_allclose(made("moons", 3).inputs, wanted, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "centres"),
    [
        ("blobs", [[-1, -1], [1, 1]]),
        ("three_blobs", [[0, 1], [-(0.75**0.5), -0.5], [0.75**0.5, -0.5]]),
        ("gaussian_quadrants", [[1, 1], [-1, 1], [-1, -1], [1, -1]]),
    ],
)
def test_blobs_without_noise_are_their_centres(name: str, centres: list[list[float]]) -> None:
    np.testing.assert_allclose(made(name, 2).inputs, np.repeat(centres, 2, axis=0), rtol=1e-15)


def test_the_four_samples_are_those_of_the_deck_whatever_is_asked() -> None:
    inputs = [[1, 0.1, -0.2], [1, -0.1, 0.9], [1, 1.2, 0.1], [1, 1.1, 1.5]]
    for data in (made("four_samples"), made("four_samples", -3, math.nan, 8)):
        np.testing.assert_array_equal(data.inputs, inputs)
        np.testing.assert_array_equal(data.targets, [[0], [0], [0], [1]])
        assert data.classes == ("0", "1")


# --- curves --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("samples", [2, 9, 20])
def test_a_curve_without_noise_is_its_function(name: str, samples: int) -> None:
    low, high, function = CURVES[name]
    data = made(name, samples)
    assert data.inputs.shape == data.targets.shape == (samples, 1)
    x = data.inputs[:, 0]
    assert (x[0], x[-1]) == (low, high)
    np.testing.assert_allclose(np.diff(x), (high - low) / (samples - 1), rtol=1e-12)
    np.testing.assert_allclose(
        data.targets[:, 0], [function(float(value)) for value in x], atol=1e-15, rtol=1e-13
    )
    assert data.classes == ()


def test_the_noise_of_a_curve_moves_targets_only() -> None:
    exact, noisy = made("sine", 50), made("sine", 50, 0.2)
    np.testing.assert_array_equal(noisy.inputs, exact.inputs)
    assert (noisy.targets != exact.targets).all()


# --- noise and seeds -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", NOISY)
def test_noise_is_gaussian_with_the_standard_deviation_asked_for(name: str) -> None:
    exact, noisy = made(name, 5000), made(name, 5000, 0.25, seed=3)
    moved = "inputs" if name in CLASSIFIERS else "targets"
    z = ((getattr(noisy, moved) - getattr(exact, moved)) / 0.25).ravel()
    assert abs(z.mean()) < 5.0 / len(z) ** 0.5
    assert abs(z.std() - 1.0) < 5.0 / (2 * len(z)) ** 0.5
    # A Gaussian has 68.27 % within one standard deviation, a uniform distribution 57.7 %.
    assert abs((np.abs(z) < 1.0).mean() - 0.6827) < 5.0 * (0.6827 * 0.3173 / len(z)) ** 0.5


@pytest.mark.parametrize("name", NOISY)
def test_data_are_a_function_of_the_spec_alone(name: str) -> None:
    spec = GeneratorSpec(name, 30, 0.5, 12)
    first = content(generate(spec))
    np.random.seed(1)
    np.random.default_rng().standard_normal(10)
    assert content(generate(replace(spec))) == first
    assert content(generate(replace(spec, seed=13))) != first
    assert content(generate(replace(spec, noise=0.25))) != first


@pytest.mark.parametrize("name", NOISY)
def test_without_noise_the_seed_does_not_matter(name: str) -> None:
    assert content(made(name, seed=1)) == content(made(name, seed=2))


def test_generators_with_one_seed_do_not_share_their_noise() -> None:
    drawn = [
        (made(name, 10, 1.0).inputs - made(name, 10).inputs).tobytes()
        for name in CLASSIFIERS
        if CLASSIFIERS[name][0] == 2
    ]
    rounded = {np.frombuffer(noise).round(6).tobytes() for noise in drawn}
    assert len(rounded) == len(drawn) == 5


# --- what cannot be made -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "spiral\n"}, "no generator “spiral?”; there are noisy_xor, two_spirals"),
        ({"samples": 0}, "The samples must be 1 to 1,000,000, not 0."),
        ({"samples": -5}, "not -5"),
        ({"samples": MAX_SAMPLES + 1}, "not 1,000,001"),
        ({"noise": -0.1}, "The noise must be 0 to 1,000,000, not -0.1."),
        ({"noise": math.nan}, "not nan"),
        ({"noise": math.inf}, "not inf"),
        ({"noise": 2 * MAX_NOISE}, "not 2000000.0"),
        ({"seed": -1}, "The seed must be 0 or more, not -1."),
    ],
)
def test_a_spec_that_cannot_be_used_is_told(change: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError) as error:
        generate(replace(GeneratorSpec("moons", 10, 0.1, 0), **change))
    assert told in str(error.value)


def test_the_limits_themselves_can_be_made() -> None:
    assert len(made("sine", MAX_SAMPLES)) == MAX_SAMPLES
    assert np.isfinite(made("moons", 1, MAX_NOISE).inputs).all()
