"""Scaling: what it makes of the samples it was fitted to, and that it can be undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from simulator.data.scaling import SCALINGS, Scaler, fit_scaler

KINDS = [kind for kind in SCALINGS if kind != "none"]
INPUTS = arrays.arrays(
    np.float64,
    arrays.array_shapes(min_dims=2, max_dims=2, max_side=8),
    elements=st.floats(-1e6, 1e6).map(lambda value: round(value, 3)),
)


def fitted(kind: str, inputs: object) -> Scaler:
    scaler = fit_scaler(kind, np.array(inputs, dtype=np.float64))
    assert scaler is not None
    return scaler


def test_none_scales_nothing() -> None:
    assert fit_scaler("none", np.zeros((2, 2))) is None
    assert set(KINDS) == {"standardize", "min_max"}
    assert all(about.endswith(".") for about in SCALINGS.values())


def test_by_hand() -> None:
    """Column 1: mean 5, squared deviations 9, 1, 1, 9, 0, so the variance is 20 / 5."""
    inputs = np.array([[2.0, -1.0], [4.0, 0.0], [6.0, 1.0], [8.0, 3.0], [5.0, 7.0]])
    standard = fitted("standardize", inputs)
    assert standard.offset.tolist() == [5.0, 2.0]
    assert standard.scale.tolist() == [2.0, 8.0**0.5]
    assert standard.transform(inputs)[:, 0].tolist() == [-1.5, -0.5, 0.5, 1.5, 0.0]
    span = fitted("min_max", inputs)
    assert (span.offset.tolist(), span.scale.tolist()) == ([2.0, -1.0], [6.0, 8.0])
    assert span.transform(inputs)[:, 1].tolist() == [0.0, 0.125, 0.25, 0.5, 1.0]
    assert span.transform(np.array([14.0, -9.0])).tolist() == [2.0, -1.0]


@pytest.mark.parametrize("kind", KINDS)
@given(inputs=INPUTS, others=st.data())
def test_inverse_undoes_transform(kind: str, inputs: np.ndarray, others: st.DataObject) -> None:
    scaler = fitted(kind, inputs)
    row = st.floats(-1e6, 1e6)
    new = np.array([others.draw(row) for _ in range(inputs.shape[1])])
    for X in (inputs, new):
        back = scaler.inverse(scaler.transform(X))
        assert back.shape == X.shape
        np.testing.assert_allclose(back, X, rtol=1e-12, atol=1e-8)


@given(INPUTS)
def test_standardized_columns_have_mean_0_and_deviation_1(inputs: np.ndarray) -> None:
    scaled = fitted("standardize", inputs).transform(inputs)
    # Rounding of a column far from zero counts the more, the narrower it is.
    spread = inputs.std(axis=0)
    error = 1e-13 * np.abs(inputs).max(axis=0) / np.where(spread > 0, spread, 1.0) + 1e-12
    assert (np.abs(scaled.mean(axis=0)) <= error).all()
    varied = np.ptp(inputs, axis=0) > 0
    assert (np.abs(scaled.std(axis=0) - varied) <= error).all()


@given(INPUTS)
def test_min_max_reaches_from_0_to_1_exactly(inputs: np.ndarray) -> None:
    scaled = fitted("min_max", inputs).transform(inputs)
    varied = np.ptp(inputs, axis=0) > 0
    assert (scaled.min(axis=0) == 0.0).all()
    assert (scaled.max(axis=0) == varied).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0.0, 0.1, -1e300, 5e-324])
def test_a_constant_column_becomes_0(kind: str, value: float) -> None:
    """The mean of three times 0.1 is not 0.1: dividing by that deviation would give -1."""
    scaler = fitted(kind, [[value, 1.0], [value, 2.0], [value, 3.0]])
    assert (scaler.offset[0], scaler.scale[0]) == (value, 1.0)
    assert scaler.transform(np.array([[value, 1.0]]))[0, 0] == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_too_narrow_for_its_squares_is_still_finite(kind: str) -> None:
    inputs = np.array([[1e-200], [3e-200]])
    assert np.isfinite(fitted(kind, inputs).transform(inputs)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_scaling_into_a_buffer_or_in_place(kind: str) -> None:
    inputs = np.arange(12.0).reshape(4, 3) ** 2
    scaler = fitted(kind, inputs)
    scaled, out = scaler.transform(inputs), np.empty((4, 3))
    assert scaler.transform(inputs, out=out) is out
    np.testing.assert_array_equal(out, scaled)
    assert scaler.transform(out, out=out) is out
    np.testing.assert_array_equal(out, scaler.transform(scaled))
    assert scaler.inverse(scaled, out=out) is out
    np.testing.assert_array_equal(out, scaler.inverse(scaled))
    np.testing.assert_array_equal(inputs, np.arange(12.0).reshape(4, 3) ** 2)


def test_a_scaler_keeps_what_it_was_fitted_to() -> None:
    offset = np.array([1.0])
    scaler = Scaler(offset, np.array([2.0]))
    offset[0] = 9.0
    assert scaler.offset.tolist() == [1.0]
    for array in (scaler.offset, scaler.scale):
        with pytest.raises(ValueError):
            array[0] = 7.0


@pytest.mark.parametrize("shape", [(4, 1), (3,), (2, 2, 2), ()])
def test_inputs_of_another_width_are_refused(shape: tuple[int, ...]) -> None:
    scaler = Scaler(np.zeros(2), np.ones(2))
    for way in (scaler.transform, scaler.inverse):
        with pytest.raises(ValueError, match="for 2 inputs a sample"):
            way(np.zeros(shape))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        (np.zeros((0, 3)), r"at least one sample.*\(0, 3\)"),
        (np.zeros(3), r"at least one sample.*\(3,\)"),
        (np.array([[0.0, np.nan], [0.0, 1.0]]), "Input 2 cannot be scaled"),
        (np.array([[np.inf], [1.0]]), "Input 1 cannot be scaled"),
        (np.array([[-1.7e308], [1.7e308]]), "Input 1 cannot be scaled"),
    ],
)
def test_inputs_that_cannot_be_scaled_are_told(kind: str, inputs: np.ndarray, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fit_scaler(kind, inputs)


def test_an_unknown_kind_is_told() -> None:
    with pytest.raises(ValueError, match="“log”; there are none, standardize, min_max"):
        fit_scaler("log", np.zeros((2, 2)))
