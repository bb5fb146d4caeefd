"""How lecturers write: the presets, a lecturer's own, and every mistake in one."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_projects import build, layer

from simulator.latex_text import plain_equation, plain_text, problem_of
from simulator.notation import (
    NEUTRAL,
    PRESETS,
    SYMBOLS,
    Notation,
    load_notation,
    notations,
    read_notation,
)
from simulator.optimizers import OPTIMIZERS
from simulator.project import ProjectError, load_project
from simulator.quantity import Kind
from simulator.resource_files import resource_path
from simulator.spec import NetworkSpec

DIGITS = load_project("digits-5x5").network
XOR = load_project("noisy-xor").network
SHORTCUT = load_project("shortcut").network


def value() -> dict[str, Any]:
    """What the neutral notation's file holds."""
    content = resource_path("notations", "neutral.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(content)
    return found


def test_the_presets_are_there_in_order() -> None:
    assert tuple(own.id for own in notations()) == PRESETS
    assert notations()[0] is NEUTRAL
    assert load_notation("deck-c") is notations()[3]
    assert len({own.title for own in notations()}) == len(PRESETS)
    files = {path.stem for path in resource_path("notations").glob("*.json")}
    assert files == set(PRESETS)


W = (Kind.PARAMETER, 1, 1, 0)
"""The weight into neuron 2 of layer 1 from input 1."""


@pytest.mark.parametrize(
    ("deck", "weight", "bias", "z", "a", "answer", "target", "delta", "rate"),
    [
        ("neutral", "w_{21}^{(1)}", "b_{2}^{(1)}", "z₂⁽¹⁾", "a₂⁽¹⁾", "a₁⁽²⁾", "t₁", "δ₂⁽¹⁾", "η"),
        ("deck-a", "w_{21}^{(1)}", "w_{20}^{(1)}", "a₂⁽¹⁾", "y₂⁽¹⁾", "y₁⁽²⁾", "t₁", "δ₂⁽¹⁾", "γ"),
        ("deck-b", "W_{21}^{(1)}", "b_{2}^{(1)}", "v₂⁽¹⁾", "y₂⁽¹⁾", "ŷ₁⁽²⁾", "y₁", "δ₂⁽¹⁾", "α"),
        ("deck-c", "W_{12}^{[1]}", "b_{2}^{[1]}", "z₂[1]", "a₂[1]", "a₁[2]", "y₁", "δ₂[1]", "η"),
        (
            *("deck-d", "W_{\\mathrm{i},21}", "b_{\\mathrm{i},2}", "u₂", "v₂", "ŷ₁", "y₁"),
            *("δᵤ,₂", "η"),
        ),
    ],
)
def test_each_deck_writes_its_own_way(
    deck: str,
    weight: str,
    bias: str,
    z: str,
    a: str,
    answer: str,
    target: str,
    delta: str,
    rate: str,
) -> None:
    own = load_notation(deck)
    assert own.symbol(*W, spec=XOR) == weight
    assert own.symbol(Kind.PARAMETER, 1, 1, spec=XOR) == bias
    assert own.plain(Kind.PREACTIVATION, 1, 1, spec=XOR) == plain_form(z)
    assert own.plain(Kind.ACTIVATION, 1, 1, spec=XOR) == plain_form(a)
    assert own.plain(Kind.OUTPUT, 2, 0, spec=XOR) == plain_form(answer)
    assert own.plain(Kind.TARGET, 2, 0, spec=XOR) == target
    assert own.plain(Kind.DELTA, 1, 1, spec=XOR) == delta
    assert own.plain(Kind.LEARNING_RATE, 0, spec=XOR) == rate


def plain_form(text: str) -> str:
    """A hat is a sign of its own behind the letter."""
    return text.replace("ŷ", "y\u0302")


def test_layers_are_numbered_only_where_they_must_be() -> None:
    single = build([layer(1, "sigmoid")], "and", batch_size=1).network
    assert load_notation("deck-a").symbol(*W, spec=single) == "w_{21}"
    assert load_notation("deck-b").symbol(*W, spec=single) == "W_{21}^{(1)}"
    deck_d = load_notation("deck-d")
    assert deck_d.symbol(Kind.PARAMETER, 2, 4, 12, spec=DIGITS) == "W_{\\mathrm{i},5,13}^{(2)}"
    assert deck_d.symbol(Kind.PREACTIVATION, 4, 2, spec=DIGITS) == "z_{3}"


def test_what_is_dropped_has_a_sign_of_its_own() -> None:
    assert NEUTRAL.symbol(Kind.OUTPUT, 2, 6, spec=DIGITS) == "\\tilde{a}_{7}^{(2)}"
    assert NEUTRAL.symbol(Kind.OUTPUT, 1, 6, spec=DIGITS) == "a_{7}^{(1)}"
    assert NEUTRAL.symbol(Kind.INPUT, 0, 6, spec=DIGITS) == "x_{7}"


def test_a_weight_of_a_shortcut_names_the_layer_it_comes_from() -> None:
    number = next(n for n in range(1, SHORTCUT.depth + 1) if len(SHORTCUT.sources(n)) > 1)
    first, last = (
        NEUTRAL.symbol(Kind.PARAMETER, number, 0, column, spec=SHORTCUT)
        for column in (0, SHORTCUT.fan_in(number) - 1)
    )
    assert "\\leftarrow 0" in first and f"\\leftarrow {number - 1}" in last


@pytest.mark.parametrize("notation", notations(), ids=lambda own: own.id)
@pytest.mark.parametrize("spec", [DIGITS, XOR, SHORTCUT], ids=["digits", "xor", "shortcut"])
def test_every_symbol_is_whole_and_names_one_thing(notation: Notation, spec: NetworkSpec) -> None:
    latex: list[str] = []
    for number in range(1, spec.depth + 1):
        for kind in (Kind.PREACTIVATION, Kind.ACTIVATION, Kind.ERROR, Kind.DELTA):
            latex += [
                notation.symbol(kind, number, j, spec=spec) for j in range(spec.sizes[number])
            ]
        for kind in (Kind.PARAMETER, Kind.UPDATED, Kind.GRADIENT):
            latex += [
                notation.symbol(kind, number, j, i, spec=spec)
                for j in range(spec.sizes[number])
                for i in range(spec.fan_in(number))
            ]
            if spec.layer(number).bias:
                latex += [
                    notation.symbol(kind, number, j, spec=spec) for j in range(spec.sizes[number])
                ]
    # Weights and biases, before and after, and all others: no two are written the same.
    assert len(set(latex)) == len(latex)
    for own in set(latex):
        assert problem_of(own) == ""
        assert "\\" not in plain_text(own) and "{" not in plain_text(own)


def test_the_factors_of_deck_b() -> None:
    deck_b = load_notation("deck-b")
    assert deck_b.factor(Kind.ERROR) == deck_b.factor(Kind.DELTA) == -1.0
    assert deck_b.factor(Kind.GRADIENT) == -1.0
    assert deck_b.factor(Kind.LOSS) == deck_b.factor(Kind.LEARNING_RATE) == 1.0
    for kind in Kind:
        if kind not in (Kind.SLOT, Kind.SLOT_BEFORE):
            assert NEUTRAL.factor(kind) == 1.0


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_every_memory_has_a_factor_and_a_letter(optimizer: str) -> None:
    for name in OPTIMIZERS[optimizer].slot_names:
        assert NEUTRAL.factor(Kind.SLOT, optimizer=optimizer, name=name) == 1.0
        assert NEUTRAL.slots[name]


# --- a lecturer's own -----------------------------------------------------------------------------


def test_a_notation_of_ones_own(tmp_path: Path) -> None:
    own = value()
    own |= {"id": "mine", "title": "Mine", "index_order": "from-to", "layer": "plain"}
    own["symbols"]["preactivation"] = {"hidden": "net", "output": "s"}
    own["loss_factors"] = {"mse": 0.5}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(own), "utf-8")
    found = load_notation(path)
    assert found.symbol(*W, spec=XOR) == "w_{12}^{1}"
    assert found.symbol(Kind.PREACTIVATION, 2, 0, spec=XOR) == "s_{1}^{2}"
    assert found.factor(Kind.LOSS, loss="mse") == 0.5
    assert found.factor(Kind.LEARNING_RATE, loss="mse") == 2.0
    assert found.factor(Kind.LEARNING_RATE, loss="mse", optimizer="adam") == 1.0


def test_what_may_be_left_out_is_neutral() -> None:
    own = {key: part for key, part in value().items() if key in ("version", "id", "title", "about")}
    assert read_notation({**own, "symbols": value()["symbols"]}) == NEUTRAL


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"version": 2}, "version must be 1"),
    ({"version": True}, "version must be 1"),
    ({"id": "My course"}, "id must be small letters"),
    ({"title": ""}, "title must be a text"),
    ({"about": 3}, "about must be a text"),
    ({"layer": "roman"}, "layer must be “parentheses” or “brackets” or “plain”"),
    ({"layer": []}, "layer must be"),
    ({"index_order": "ji"}, "index_order must be “to-from” or “from-to”"),
    ({"error_sign": 0}, "error_sign must be 1 or −1"),
    ({"error_sign": True}, "error_sign must be 1 or −1"),
    ({"update_sign": 1}, "symbols.gradient must not be a derivative"),
    ({"bias_as_node": "yes"}, "bias_as_node must be true or false"),
    ({"loss_factors": {"mse": 0}}, "loss_factors.mse must be a number between"),
    ({"loss_factors": {"nll": 1}}, "nll"),
    ({"loss_factors": [1]}, "loss_factors must be a JSON object"),
    ({"slots": {"velocity": "{"}}, "slots.velocity is not whole LaTeX: a { is not closed"),
    ({"symbols": "x"}, "symbols must be a JSON object"),
    ({"colour": "red"}, "colour"),
]
SYMBOL_MISTAKES: list[tuple[str, Any, str]] = [
    ("delta", "\\delta}", "a } has no {"),
    ("delta", "\\left(\\delta", "\\left has no \\right"),
    ("delta", "$\\delta$", "a $ has no place"),
    ("delta", "", "LaTeX of 1 to 60"),
    ("delta", "\\delta" * 20, "LaTeX of 1 to 60"),
    ("delta", 3, "LaTeX of 1 to 60"),
    ("delta", "\\delta^{*}", "no superscript"),
    ("delta", {"hidden": "d"}, "symbols.delta.output is missing"),
    ("delta", {"hidden": "d", "output": "e", "input": "f"}, "input"),
    ("target", {"hidden": "t", "output": "u"}, "symbols.target must be LaTeX"),
    ("gradient", "\\nabla w", "must hold @w"),
    ("epsilon", "e", "epsilon"),
]


@pytest.mark.parametrize(("changes", "part"), MISTAKES)
def test_a_mistake_is_one_sentence(changes: dict[str, Any], part: str) -> None:
    refused({**value(), **changes}, part)


@pytest.mark.parametrize(("key", "latex", "part"), SYMBOL_MISTAKES)
def test_a_mistake_in_a_symbol_is_one_sentence(key: str, latex: Any, part: str) -> None:
    own = value()
    own["symbols"][key] = latex
    refused(own, part)


@pytest.mark.parametrize("key", SYMBOLS)
def test_a_missing_symbol_is_named(key: str) -> None:
    own = value()
    del own["symbols"][key]
    refused(own, f"symbols.{key} is missing")


def refused(own: Any, part: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read_notation(copy.deepcopy(own))
    sentence = str(caught.value)
    assert part in sentence
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 300


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"3", b"null", b'{"version": NaN}'])
def test_a_file_that_is_no_notation(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match=r"cannot be used: .*\.$"):
        load_notation(path)


def test_a_notation_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"neither a notation \(neutral, deck-a, .*\.$"):
        load_notation("deck-e")
    with pytest.raises(ProjectError, match=r"cannot be read: No such file"):
        load_notation(tmp_path / "none.json")
    with pytest.raises(ProjectError, match="cannot be read"):
        load_notation(tmp_path)


@given(st.text(alphabet="{}\\abc_^$()leftrigh ", max_size=20))
def test_any_text_is_either_whole_or_said_to_be_not(text: str) -> None:
    problem = problem_of(text)
    if not problem:
        assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")
        assert isinstance(plain_equation(text), str)


def test_plain_equations() -> None:
    assert plain_text("\\delta_{7}^{(3)}") == "δ₇⁽³⁾"
    assert plain_text("w_{12,3}^{(2)}") == "w₁₂,₃⁽²⁾"
    assert plain_equation("y = \\frac{1}{1+e^{-z_{1}}}") == "y = 1/(1 + e^(−z₁))"
    assert plain_equation("w \\leftarrow w-\\eta\\,g") == "w ← w − η g"
