"""How symbols and signs are written in the window."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.notation import load_notation
from simulator.project import load_project
from simulator.quantity import Kind
from simulator.trace import Phase, PhaseKind, phases_of
from ui.writing import Writing

DIGITS = load_project("digits-5x5")


def writing(name: str) -> Writing:
    """How the digits are written in a notation."""
    return Writing.of(load_notation(name), DIGITS)


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("neutral", "x z¹ a¹ z² a² m² z³ a³ z⁴ a⁴ E ε⁴ δ⁴ ∇⁴"),
        ("deck-a", "x a¹ y¹ a² y² m² a³ y³ a⁴ y⁴ E ε⁴ δ⁴ ∇⁴"),
        ("deck-b", "x v¹ y¹ v² y² m² v³ y³ v⁴ ŷ⁴ E ε⁴ δ⁴ ΔW⁴"),
        ("deck-c", "x z¹ a¹ z² a² m² z³ a³ z⁴ a⁴ L ε⁴ δ⁴ ∇⁴"),
    ],
)
def test_the_phases_chips_speak_the_notation(name: str, signs: str) -> None:
    spec = DIGITS.network
    own = writing(name)
    found = [own.of_phase(phase, spec) for phase in phases_of(spec)]
    assert " ".join(found[:14]) == signs
    assert own.of_phase(Phase(PhaseKind.UPDATE, 4), spec) == "W⁴"


def test_signs_turn_with_the_notation_and_zeros_get_no_minus() -> None:
    values = np.array([0.5, 0.0, -2.0])
    assert writing("neutral").shown(Kind.DELTA, values) is values
    turned = writing("deck-b").shown(Kind.DELTA, values)
    assert turned.tolist() == [-0.5, 0.0, 2.0]
    assert not np.signbit(turned[1])
    assert writing("deck-b").shown(Kind.ACTIVATION, values) is values


def test_words_for_gradient_and_bias() -> None:
    spec = DIGITS.network
    assert writing("neutral").gradient_word(2, spec) == "gradient"
    assert writing("deck-b").gradient_word(2, spec) == "ΔW"
    assert writing("neutral").bias_letter(2, spec) == "b"
    assert writing("deck-a").bias_letter(2, spec) == "w₀"
    assert writing("neutral").brief(Kind.OUTPUT, 2, spec) == "ã²"
    assert len(writing("neutral").letter(Kind.NORMALIZED, 1, spec)) == 1, "one sign, composed"
