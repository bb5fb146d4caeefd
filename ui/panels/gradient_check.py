"""Gradient check: backpropagation against (E(w + h) - E(w - h)) / 2h, for one parameter."""

from __future__ import annotations

import time
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from simulator.finite_differences import Difference
from simulator.gradcheck import position_of
from simulator.snapshot import RunState, Snapshot
from ui.editor.hover import Target
from ui.formula import places
from ui.panels.error_plot import ErrorPlot
from ui.panels.gradient_work import STEPS, Answer, GradientWork, Question
from ui.panels.panel import Panel, TextLine
from ui.panels.text import MINUS, signed
from ui.selection import Selection
from ui.style import current_scale, numbers_font, words_font
from ui.theme import BODY_SIZE, CAPTION_SIZE, GRID, Theme
from ui.widgets.slider import Slider

WAITING = "Take a step, and its gradient can be checked"
_EVERY_SECONDS = 0.5
"""While training runs, how often the check is made anew."""
_ROWS = ("E(w + h)", f"E(w {MINUS} h)", "Difference quotient", "Backpropagation", "Relative error")


class GradientCheckPanel(Panel):
    """The gradient of the iteration on show, checked at a parameter to choose.

    The parameter follows the link chosen in the network and the neuron selected.
    """

    panel_id: ClassVar[str] = "gradient_check"
    title: ClassVar[str] = "Gradient check"

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(selection, theme, parent)
        self._answer: Answer | None = None
        self._asked: tuple[object, object, int] | None = None
        self._asked_at = 0.0
        self.work = GradientWork(self)
        self.work.answered.connect(self._on_answer)
        self._make_choice()
        self._make_numbers()
        self.plot = ErrorPlot(theme)
        self.body.addWidget(self.plot, 1)
        self._make_slider()
        self.note = TextLine("What is held fixed", theme)
        self.note.show_text(WAITING)
        self.outer.addWidget(self.note)
        self._restyle()
        self._show_numbers()

    def _make_choice(self) -> None:
        self.layer, self.neuron, self.source = QSpinBox(), QSpinBox(), QSpinBox()
        self.source.setSpecialValueText("bias")
        for box, name, tooltip in (
            (self.layer, "Layer", "The layer of the parameter"),
            (self.neuron, "Neuron", "The neuron the weight leads into"),
            (self.source, "From", "Where the weight comes from; 0 is the bias"),
        ):
            box.setAccessibleName(name)
            box.setToolTip(tooltip)
            box.setKeyboardTracking(False)
            box.setMinimum(1)
            box.valueChanged.connect(self._on_choice)
            label = QLabel(name)
            label.setProperty("role", "caption")
            self.header.addWidget(label)
            self.header.addWidget(box)
        self.header.addStretch(1)

    def _make_numbers(self) -> None:
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 2, 0, 0)
        self._form.setVerticalSpacing(3)
        self._form.setHorizontalSpacing(GRID)
        self._names: list[QLabel] = []
        self.numbers: list[QLabel] = []
        for name in _ROWS:
            label, number = QLabel(name), QLabel()
            number.setAccessibleName(name)
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(label, number)
            self._names.append(label)
            self.numbers.append(number)
        self.body.addLayout(self._form)

    def _make_slider(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self._h_label = QLabel("h")
        self.slider = Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(STEPS) - 1)
        self.slider.setInvertedAppearance(True)
        self.slider.setPageStep(4)
        self.slider.setValue(16)
        self.slider.setAccessibleName("h, from 1e-12 to 0.1")
        self.slider.setToolTip("How far the parameter is moved up and down")
        self.slider.valueChanged.connect(self._show_numbers)
        self.h_text = QLabel()
        self.h_text.setAccessibleName("h")
        row.addWidget(self._h_label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.h_text)
        self.outer.addLayout(row)

    def _restyle(self) -> None:
        scale = current_scale()
        numbers = numbers_font(CAPTION_SIZE + 1)
        for label in self._names:
            label.setFont(words_font(CAPTION_SIZE))
        for label in (*self.numbers, self.h_text):
            label.setFont(numbers)
        for number in self.numbers:
            number.setMinimumWidth(number.fontMetrics().horizontalAdvance("-0.123456789012"))
        self.h_text.setFixedWidth(self.h_text.fontMetrics().horizontalAdvance("1.8e-12"))
        self._h_label.setFont(words_font(BODY_SIZE))
        for box in (self.layer, self.neuron, self.source):
            box.setFixedWidth(round(78 * scale))
        self.plot.dress(self.theme)
        self.note.apply_theme(self.theme)

    # Choosing -----------------------------------------------------------------------------

    def choose_link(self, link: Target | None) -> None:
        """Check the weight of a link chosen in the network."""
        project = self.project
        if link is None or link.source is None or link.neuron is None or project is None:
            return
        if places.exists(link, project.network):
            self.choose(link.layer, link.neuron, places.column_of(link, project.network))

    def choose(self, layer: int, neuron: int, source: int | None) -> None:
        """Check this parameter: neuron and source from 0, None for the bias."""
        for box in (self.layer, self.neuron, self.source):
            box.blockSignals(True)
        self.layer.setValue(layer)
        self._limit()
        self.neuron.setValue(neuron + 1)
        self.source.setValue(0 if source is None else source + 1)
        for box in (self.layer, self.neuron, self.source):
            box.blockSignals(False)
        self._ask()

    @property
    def chosen(self) -> tuple[int, int, int | None]:
        """Layer (from 1), neuron and source (from 0), None for the bias."""
        source = self.source.value()
        return self.layer.value(), self.neuron.value() - 1, source - 1 if source else None

    def _limit(self) -> None:
        """Let the boxes go as far as the network does."""
        assert self.project is not None
        spec = self.project.network
        self.layer.setMaximum(spec.depth)
        layer = spec.layer(self.layer.value())
        self.neuron.setMaximum(layer.units)
        self.source.setRange(0 if layer.bias else 1, spec.fan_in(self.layer.value()))

    def _on_choice(self) -> None:
        if self.project is not None:
            self.choose(*self.chosen)

    def _on_project(self) -> None:
        assert self.project is not None
        self._answer = None
        self.choose(*self.chosen)
        self._show_numbers()

    def _on_selection(self) -> None:
        """A selected neuron is checked at its largest weight."""
        layer, neuron, snapshot = self.selection.layer, self.selection.neuron, self.snapshot
        if not layer or neuron is None or snapshot is None or self.project is None:
            return
        if snapshot.spec != self.project.network:
            return
        self.choose(layer, neuron, int(np.argmax(np.abs(snapshot.weights(layer)[neuron]))))

    # Working out --------------------------------------------------------------------------

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot.state is RunState.RUNNING:
            recent = time.monotonic() - self._asked_at < _EVERY_SECONDS
            if recent or self.work.busy:
                return
        self._ask()

    def _ask(self) -> None:
        snapshot, project = self.snapshot, self.project
        if snapshot is None or project is None or not self.isVisible():
            return
        trained = project if snapshot.project is None else snapshot.project
        trace = snapshot.trace
        if trace is None or trace.spec != trained.network or trained.network != project.network:
            self._answer = self._asked = None
            self.work.give_up()
            self._show_numbers()
            return
        place = position_of(project.network, *self.chosen, "bias")
        asked = (trained, trace, place)
        before = self._asked or (None, None, -1)
        if before[0] is trained and before[1] is trace and before[2] == place:
            return
        self._asked, self._asked_at = asked, time.monotonic()
        self.work.ask(Question(trained, trace, place))

    def _on_answer(self, found: Answer) -> None:
        if self._asked is None or found.question.trace is not self._asked[1]:
            return
        self._answer = found
        self._show_numbers()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees is not worked out."""
        self.work.give_up()
        self._asked = None
        super().hideEvent(event)

    # Showing ------------------------------------------------------------------------------

    @property
    def step(self) -> float:
        """The h chosen."""
        return STEPS[self.slider.value()]

    def _show_numbers(self) -> None:
        place = self.slider.value()
        self.h_text.setText(f"{self.step:.2g}".replace("-", MINUS))
        found = self._answer
        differences = () if found is None else found.differences
        self.plot.show_errors(STEPS, [own.relative_error for own in differences], place)
        if not differences:
            for number in self.numbers:
                number.setText("–")
            self.note.show_text(WAITING if found is None else found.refusal)
            return
        own = differences[place]
        for number, value in zip(
            self.numbers, (own.above, own.below, own.quotient, own.analytic), strict=False
        ):
            number.setText(_digits(value))
        self.numbers[-1].setText(_digits(own.relative_error, 2))
        self.note.show_text(*self._sentences(own))

    def _sentences(self, own: Difference) -> tuple[str, ...]:
        """What explains the error, else what is held fixed; long, then short."""
        assert self._answer is not None
        if own.kink is not None:
            where = {
                "activation": f"z of layer {own.kink.layer}, neuron {own.kink.neuron + 1} crosses "
                f"the kink of its activation for sample {own.kink.row + 1}",
                "loss": f"the kink of the loss lies between, at output {own.kink.neuron + 1}",
                "penalty": "the weight crosses 0, where the penalty |w| has its kink",
            }[own.kink.what]
            return (
                f"Within ±h {where}: no single slope is right there",
                f"Within ±h {where}",
                "A kink lies within ±h",
            )
        spec, trace = self._answer.question.project.network, self._answer.question.trace
        fixed = ["mini-batch"]
        if trace.input_mask is not None or any(mask is not None for mask in trace.mask):
            fixed.append("dropout masks")
        if trace.input_noise is not None or any(noise is not None for noise in trace.noise):
            fixed.append("noise")
        long = f"w = {signed(self._answer.weight)} · held fixed: {', '.join(fixed)}"
        if any(layer.batch_normalization is not None for layer in spec.layers):
            long += " · batch normalization moves along"
        return long + " · float64", long, f"Held fixed: {', '.join(fixed)}"


def _digits(value: float, digits: int = 10) -> str:
    """A number in full, with a true minus sign."""
    return f"{value:.{digits}g}".replace("-", MINUS)
