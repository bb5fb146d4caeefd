"""Formulas are typeset once, drawn once for each look, and never wait for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ui.formula.layout import split_equation, split_matrices
from ui.formula.renderer import FormulaRenderer

DELTA = r"\delta_{7}^{(3)} = \varphi'(v_7^{(3)})\,\varepsilon_7^{(3)}"


@pytest.fixture
def renderer(qtbot: QtBot) -> Iterator[FormulaRenderer]:
    made = FormulaRenderer()
    yield made
    assert made.shut_down()


def ready(qtbot: QtBot, renderer: FormulaRenderer, latex: str) -> None:
    """Ask for a formula and wait until it is there."""
    with qtbot.waitSignal(renderer.ready, check_params_cb=lambda done: done == latex):
        assert renderer.size(latex, 20.0) is None, "asking does not wait for the typesetter"


def ink(image: QImage) -> int:
    """How many pixels are not transparent."""
    return sum(
        image.pixelColor(x, y).alpha() > 0
        for y in range(image.height())
        for x in range(image.width())
    )


def test_a_formula_is_typeset_once_and_drawn_once_for_each_look(
    qtbot: QtBot, renderer: FormulaRenderer
) -> None:
    ready(qtbot, renderer, DELTA)
    black, red = QColor("#000000"), QColor("#ff0000")
    first = renderer.pixmap(DELTA, black, 20.0, 1.0)
    assert first is not None and renderer.drawn_count == 1
    again = renderer.pixmap(DELTA, black, 20.0, 1.0)
    assert again is not None and again.cacheKey() == first.cacheKey()
    assert renderer.drawn_count == 1
    for look in ((red, 20.0, 1.0), (black, 24.0, 1.0), (black, 20.0, 2.0)):
        renderer.pixmap(DELTA, *look)
    assert renderer.drawn_count == 4
    assert renderer.typeset_count == 1


def test_it_is_drawn_in_its_colour_and_crisp_at_two_device_pixels(
    qtbot: QtBot, renderer: FormulaRenderer
) -> None:
    ready(qtbot, renderer, DELTA)
    one = renderer.pixmap(DELTA, QColor("#ff0000"), 20.0, 1.0)
    two = renderer.pixmap(DELTA, QColor("#ff0000"), 20.0, 2.0)
    assert one is not None and two is not None
    size = renderer.size(DELTA, 20.0)
    assert size is not None
    assert two.size() == QSize(round(2 * size.width()), round(2 * size.height()))
    assert two.devicePixelRatio() == 2.0
    image = two.toImage()
    assert ink(image) > 2 * ink(one.toImage()) > 0
    darkest = max(
        (image.pixelColor(x, y) for y in range(image.height()) for x in range(image.width())),
        key=QColor.alpha,
    )
    assert darkest.alpha() == 255
    assert (darkest.red(), darkest.green(), darkest.blue()) == (255, 0, 0)


@pytest.mark.parametrize("wrong", [r"\frac{1", "{"])
def test_what_is_no_latex_is_known_to_be_none(
    qtbot: QtBot, renderer: FormulaRenderer, wrong: str
) -> None:
    ready(qtbot, renderer, wrong)
    assert renderer.is_known(wrong)
    assert renderer.size(wrong, 20.0) is None
    assert renderer.pixmap(wrong, QColor("black"), 20.0, 1.0) is None
    assert renderer.typeset_count == 1, "it is not tried again"


def test_shutting_down_does_not_wait_for_what_is_still_wanted(renderer: FormulaRenderer) -> None:
    for number in range(200):
        renderer.size(rf"\sum_{{k}} w_{{{number}}}", 20.0)
    assert renderer.shut_down()
    assert renderer.typeset_count < 200


def test_a_wide_equation_is_cut_before_its_equals_signs() -> None:
    assert split_equation("a = b = c") == ["a = b", "= c"]
    assert split_equation(r"a = \sum_{k=1} b_k") == ["a", r"= \sum_{k=1} b_k"]
    assert split_equation("a") == ["a"]
    assert "".join(split_equation(DELTA)).replace(" ", "") == DELTA.replace(" ", "")
    matrix = r"\begin{bmatrix}x=1\end{bmatrix} = 2"
    assert split_equation(matrix) == [r"\begin{bmatrix}x=1\end{bmatrix}", "= 2"]


def test_a_wide_product_is_cut_behind_its_matrices() -> None:
    one = r"\begin{bmatrix}1 & 2\end{bmatrix}"
    assert split_matrices(rf"{one} = {one}{one}+{one}") == [one, f"= {one}", one, f"+{one}"]
    assert split_matrices(rf"{one} = \varphi\left({one}\right)") == [
        one,
        rf"= \varphi\left({one}\right)",
    ]
    assert split_matrices(rf"{one}^{{\top}} = x") == [one, r"^{\top} = x"]
    assert split_matrices("a = b") == ["a = b"]


def test_pictures_of_formulas_stay_within_their_bound(
    qtbot: QtBot, renderer: FormulaRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step has formulas with other numbers; those looked at last are kept."""
    ready(qtbot, renderer, DELTA)
    black = QColor("#000000")
    monkeypatch.setattr("ui.formula.renderer.FEWEST_PIXMAPS", 4)
    first = renderer.pixmap(DELTA, black, 20.0, 1.0)
    assert first is not None
    monkeypatch.setattr("ui.formula.renderer.MOST_PIXELS", 10 * first.width() * first.height())
    sizes = [20.0 + step / 100 for step in range(30)]
    for size in sizes:
        renderer.pixmap(DELTA, black, size, 1.0)
    drawn = renderer.drawn_count
    assert drawn == len(sizes)
    for size in sizes[-8:]:
        renderer.pixmap(DELTA, black, size, 1.0)
    assert renderer.drawn_count == drawn
    renderer.pixmap(DELTA, black, sizes[15], 1.0)
    assert renderer.drawn_count == drawn + 1
    monkeypatch.setattr("ui.formula.renderer.MOST_PIXELS", 1)
    for size in sizes:
        renderer.pixmap(DELTA, black, size, 1.0)
    drawn = renderer.drawn_count
    for size in sizes[-4:]:
        renderer.pixmap(DELTA, black, size, 1.0)
    assert renderer.drawn_count == drawn
