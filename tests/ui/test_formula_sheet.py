"""Where the pieces of a sheet stand, whatever is on it and however narrow it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from simulator.quantity import Kind, Quantity
from ui.formula.blocks import Chip, Formula, Numbers, Words, plain_text
from ui.formula.layout import place
from ui.formula.renderer import FormulaRenderer
from ui.theme import Theme

NUMBERS = st.floats(-99999, 99999).map(lambda value: f"{value:.4f}".replace("-", "−"))
SIGNS = st.sampled_from([" + ", " · ", " / ", " − ", "(", ")", " … from 11 smaller terms", "²"])
CHIPS = st.lists(
    st.one_of(
        SIGNS.map(Chip),
        st.tuples(NUMBERS, st.integers(0, 9)).map(
            lambda own: Chip(own[0], Quantity(Kind.DELTA, 1, own[1]))
        ),
    ),
    min_size=1,
    max_size=30,
)


@pytest.fixture
def renderer(qtbot: QtBot, light: Theme) -> Iterator[FormulaRenderer]:
    made = FormulaRenderer()
    yield made
    made.shut_down()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lines=st.lists(CHIPS, min_size=1, max_size=3), width=st.integers(120, 700))
def test_numbers_are_wrapped_in_order_and_none_is_lost_or_clipped(
    renderer: FormulaRenderer, lines: list[list[Chip]], width: int
) -> None:
    blocks = tuple(Numbers(tuple(line)) for line in lines)
    placed = place(blocks, float(width), renderer)
    wanted = "".join(chip.text for line in lines for chip in line)
    found = "".join(piece.text for piece in placed.pieces)
    for blank in (" ", "\N{NO-BREAK SPACE}"):
        wanted, found = wanted.replace(blank, ""), found.replace(blank, "")
    assert found == wanted
    for piece in placed.pieces:
        assert piece.rect.bottom() <= placed.height + 1e-6
        assert piece.rect.left() >= 0.0
        longest = piece.rect.left() == 0.0
        assert piece.rect.right() <= width + 1e-6 or longest, "only what is too long by itself"
    for before, after in pairwise(placed.pieces):
        same_line = after.rect.top() == before.rect.top()
        assert (
            after.rect.left() >= before.rect.right() - 1e-6
            if same_line
            else (after.rect.top() >= before.rect.bottom() - 1e-6)
        )
    asked = [chip.asked for line in lines for chip in line if chip.asked is not None]
    assert [piece.asked for piece in placed.pieces if piece.asked is not None] == asked


def test_a_product_stays_in_one_line(renderer: FormulaRenderer) -> None:
    term = (Chip("0.1234"), Chip(" · "), Chip("0.5678"))
    chips = [Chip("= "), *term]
    for _ in range(5):
        chips += [Chip(" + "), *term]
    placed = place((Numbers(tuple(chips)),), 300.0, renderer)
    lines: dict[float, str] = {}
    for piece in placed.pieces:
        lines[piece.rect.top()] = lines.get(piece.rect.top(), "") + piece.text
    assert len(lines) > 1
    for text in lines.values():
        assert text.count("0.1234") == text.count("0.5678") == text.count("·")
        assert text[0] in "=+"


def test_plain_text_stands_for_a_formula_until_it_is_typeset(
    qtbot: QtBot, renderer: FormulaRenderer
) -> None:
    blocks = (Words("Title", "title"), Formula(r"\delta_3 = 1", "δ₃ = 1"), Words("A note"))
    first = place(blocks, 300.0, renderer)
    assert [piece.role for piece in first.pieces] == ["title", "plain", "note"]
    qtbot.waitUntil(lambda: renderer.is_known(r"\delta_3 = 1"))
    then = place(blocks, 300.0, renderer)
    assert [piece.role for piece in then.pieces] == ["title", "formula", "note"]
    assert plain_text(blocks) == "Title\nδ₃ = 1\nA note"


def test_a_wide_equation_is_made_smaller_before_it_asks_for_a_scroll_bar(
    qtbot: QtBot, renderer: FormulaRenderer
) -> None:
    latex = "+".join(f"w_{{{n}}}" for n in range(10))
    renderer.size(latex, 19.0)
    qtbot.waitUntil(lambda: renderer.is_known(latex))
    whole = place((Formula(latex, latex),), 5000.0, renderer).pieces[0]
    wide = whole.rect.width()
    smaller = place((Formula(latex, latex),), 0.8 * wide, renderer).pieces[0]
    assert smaller.rect.width() == pytest.approx(0.8 * wide)
    assert smaller.em == pytest.approx(0.8 * whole.em)
    smallest = place((Formula(latex, latex),), 0.2 * wide, renderer).pieces[0]
    assert smallest.rect.width() == pytest.approx(0.6 * wide)
