"""Loss: the curves of the run, one point an epoch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QWidget

from simulator.comparison import KeptRun
from simulator.project import Project
from simulator.snapshot import HistoryView, RunState, Snapshot
from simulator.trace import PhaseKind
from ui.panels.figures import (
    ACCURACY,
    BITS,
    CROSS_ENTROPIES,
    LOSS,
    PENALTY,
    R2,
    Chart,
    Quantity,
    charts,
    finite,
    series,
)
from ui.panels.kept_curves import KeptCurves
from ui.panels.loss_plot import CurveKey, LossPlot
from ui.panels.panel import Panel, TextLine
from ui.panels.run_looks import RunKey
from ui.panels.scales import FINE_STEPS, round_up
from ui.selection import Selection
from ui.theme import GRID, Theme

Array = NDArray[np.float64]

HINT = "Press Run: the loss of each epoch appears here"
SMOOTH_UP_TO = 5000
"""With more points than this, and while training runs, lines are drawn without antialiasing.

Antialiased, a curve across a wide panel takes longer than all the rest of a frame.
"""
_PERCENT_TOP, _R2_TOP = 104.0, 1.04


class LossPanel(Panel):
    """Loss and accuracy (or R²) of training and validation; other figures to choose.

    Signals
    -------
    keep_wanted : the user wants the present run kept, to compare it.
    """

    keep_wanted = Signal()

    panel_id: ClassVar[str] = "loss"
    title: ClassVar[str] = "Loss"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset({PhaseKind.LOSS})

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(selection, theme, parent)
        self._history: HistoryView | None = None
        self._charts = charts(None)
        self._series: dict[str, tuple[Array, Array]] = {}
        self._free = True
        self._smooth = True
        self._fill_header()
        self.plot = LossPlot(theme, HINT)
        self.plot.setAccessibleName("Loss and accuracy over the epochs")
        self.plot.zoomed.connect(self._on_zoomed)
        self.plot.resized.connect(self._draw_all)
        self.plot.box.sigXRangeChanged.connect(self._on_x_range)
        self.plot.pointed.connect(self._on_pointed)
        self.body.addWidget(self.plot, 1)
        self.kept = KeptCurves(self.plot)
        self.run_key = RunKey(theme)
        self.outer.addWidget(self.run_key)
        self.readout = TextLine("Last values", theme)
        self.readout.alignment = Qt.AlignmentFlag.AlignRight
        self.key = CurveKey(theme)
        self.key.hide()
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.key)
        foot.addWidget(self.readout, 1)
        self.outer.addLayout(foot)
        self._restyle()
        self._on_chart()

    def _fill_header(self) -> None:
        self.chart_choice = QComboBox()
        self.chart_choice.setAccessibleName("What is drawn")
        self.chart_choice.setToolTip("What is drawn over the epochs")
        self.chart_choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.chart_choice.addItems([chart.name for chart in self._charts])
        self.chart_choice.activated.connect(self._on_chart)
        self.log_choice = QCheckBox("Log scale")
        self.log_choice.setAccessibleName("Logarithmic axis")
        self.log_choice.setToolTip("Show powers of ten at equal distances")
        self.log_choice.toggled.connect(self._on_log)
        self.bits_choice = QCheckBox("Bits")
        self.bits_choice.setAccessibleName("Loss in bits")
        self.bits_choice.setToolTip("Show the cross-entropy in bits instead of nats: ÷ ln 2")
        self.bits_choice.toggled.connect(self._on_bits)
        self.bits_choice.hide()
        self.fit_button = QPushButton("Fit")
        self.fit_button.setAccessibleName("Show the whole curve")
        self.fit_button.setToolTip("Show the whole curve again")
        self.fit_button.clicked.connect(self.fit)
        self.fit_button.hide()
        for widget in (self.chart_choice, self.log_choice, self.bits_choice, self.fit_button):
            self.header.addWidget(widget)
        self.header.addStretch(1)
        self.keep_button = QPushButton("Keep")
        self.keep_button.setAccessibleName("Keep this run")
        self.keep_button.setToolTip("Keep this run's curves, to compare the next run with them")
        self.keep_button.clicked.connect(self.keep_wanted)
        self.header.addWidget(self.keep_button)

    def _restyle(self) -> None:
        self.plot.dress(self.theme)
        self.readout.apply_theme(self.theme)
        self.key.apply_theme(self.theme)
        self.run_key.apply_theme(self.theme)
        self.kept.dress(self.theme)
        self._show_axes()

    # What is drawn ------------------------------------------------------------------------

    @property
    def chart(self) -> Chart:
        """The chart on show."""
        place = self.chart_choice.currentIndex()
        return self._charts[place if 0 <= place < len(self._charts) else 0]

    @property
    def _logarithmic(self) -> bool:
        return self.log_choice.isChecked() and self.chart.left.logarithmic

    def show_runs(self, runs: Sequence[KeptRun], names: Sequence[str]) -> None:
        """Draw the curves of these kept runs, those that are shown, behind the present ones."""
        self.kept.show_runs(runs, names)
        self.run_key.show_runs(self.kept.shown)
        self._on_project()
        self.kept.take(self.chart.left, self.bits_choice.isChecked())
        self.plot.hint.setVisible(self._empty)
        self._show_axes()
        if self._free:
            self._fit_range()
        self._draw_kept()

    @property
    def _empty(self) -> bool:
        return (self._history is None or not len(self._history.epoch)) and not self.kept.shown

    def _on_project(self) -> None:
        assert self.project is None or isinstance(self.project, Project)
        self.bits_choice.setVisible(self._informative and self.chart.left in (LOSS, PENALTY))
        if not self._informative:
            self.bits_choice.setChecked(False)
        self._show_axes()

    def _show(self, snapshot: Snapshot) -> None:
        history = snapshot.history
        smooth = snapshot.state is not RunState.RUNNING
        if history is self._history:
            if smooth != self._smooth:
                self._smooth = smooth
                self._draw()
            return
        self._history, self._smooth = history, smooth
        self.plot.hint.setVisible(self._empty)
        self._offer(charts(history))
        self._take_series()
        self._show_axes()
        if self._free:
            self._fit_range()
        self._draw()
        self._show_last()
        if self.plot.tip.isVisible():
            self.plot.hide_point()

    def _offer(self, found: list[Chart]) -> None:
        """Put the charts there are into the chooser; the one on show stays if it can."""
        if found == self._charts:
            return
        chosen = self.chart.left
        self._charts = found
        self.chart_choice.clear()
        self.chart_choice.addItems([chart.name for chart in found])
        kept = next((n for n, chart in enumerate(found) if chart.left == chosen), 0)
        self.chart_choice.setCurrentIndex(kept)

    def _take_series(self) -> None:
        self._series = {}
        self.kept.take(self.chart.left, self.bits_choice.isChecked())
        if self._history is None:
            return
        for quantity in {*self.chart.quantities, PENALTY}:
            for figure in quantity.figures:
                self._series[figure] = series(self._history, figure, self._factor(quantity))

    def _factor(self, quantity: Quantity) -> float:
        """From what is recorded to what is shown."""
        own = self.project is None or self.project.loss in CROSS_ENTROPIES
        in_bits = self.bits_choice.isChecked() and quantity in (LOSS, PENALTY)
        return BITS if in_bits and own else quantity.factor

    def _of(self, figure: str) -> tuple[Array, Array]:
        return self._series.get(figure, (np.zeros(0), np.zeros(0)))

    def _show_axes(self) -> None:
        """Name the axes, and show those curves there is something for."""
        chart, right = self.chart, self.chart.right
        name = _percent(chart.left)
        wordings: tuple[str, ...] = (name,)
        if chart.left in (LOSS, PENALTY) and self._informative:
            name += ", bits" if self.bits_choice.isChecked() else ", nats"
            wordings = (name,)
        if chart.left is LOSS and len(self._of(PENALTY.training)[1]):
            long = (f"{name} (penalty not included)", f"{name}, no penalty")
            wordings = (*long, "loss, no penalty", name)
        tokens = chart.left.token, right.token if right is not None else "activation"
        self.plot.set_axes(wordings, "" if right is None else _percent(right), tokens)
        self.plot.show_right(right is not None)
        validated = any(
            own.validation and len(self._of(own.validation)[1]) for own in chart.quantities
        )
        self.key.setVisible(bool(validated or self.kept.validated))
        self.log_choice.setVisible(chart.left.logarithmic)

    @property
    def _informative(self) -> bool:
        own = self.project is not None and self.project.loss in CROSS_ENTROPIES
        return own or self.kept.informative

    def _heights(self, values: Array) -> Array:
        """Values on the left axis as it is."""
        if not self._logarithmic:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return finite(np.log10(values))

    def _draw(self) -> None:
        low, high = self.plot.box.viewRange()[0]
        chart = self.chart
        for curves, quantity in ((self.plot.left, chart.left), (self.plot.right, chart.right)):
            figures = () if quantity is None else quantity.figures
            for place, curve in enumerate(curves):
                epoch, values = self._of(figures[place] if place < len(figures) else "")
                if curves is self.plot.left:
                    values = self._heights(values)
                first, last = 0, len(epoch)
                if not self._free:
                    first = max(0, int(np.searchsorted(epoch, low)) - 1)
                    last = min(last, int(np.searchsorted(epoch, high, side="right")) + 1)
                smooth = self._smooth and last - first <= SMOOTH_UP_TO
                self.plot.draw(curve, epoch[first:last], values[first:last], smooth)

    def _draw_kept(self) -> None:
        low, high = (-math.inf, math.inf) if self._free else self.plot.box.viewRange()[0]
        self.kept.draw(self._heights, low, high, self._smooth)

    # Range --------------------------------------------------------------------------------

    def fit(self) -> None:
        """Show the whole curve, now and from now on."""
        self._free = True
        self.fit_button.hide()
        self._fit_range()
        self._draw_all()

    def _draw_all(self) -> None:
        self._draw()
        self._draw_kept()

    def _fit_range(self) -> None:
        """Round ranges that change rarely, so that the axes are rarely drawn."""
        history = self._history
        last = float(history.epoch[-1]) if history is not None and len(history.epoch) else 0.0
        last = max(last, self.kept.last_epoch)
        right = round_up(max(last, 1.0), FINE_STEPS) if last > 0.0 else 10.0
        low, high = self._range(self.chart.left)
        self.plot.box.setRange(xRange=(0.0, right), yRange=(low, high), padding=0.0)
        if self.chart.right is not None:
            self.plot.right_box.setYRange(*self._range(self.chart.right), padding=0.0)

    def _range(self, quantity: Quantity) -> tuple[float, float]:
        if quantity is ACCURACY:
            return 0.0, _PERCENT_TOP
        parts = [self._of(figure)[1] for figure in quantity.figures]
        if quantity == self.chart.left:
            parts += self.kept.values()
        values = np.concatenate(parts)
        if quantity is R2:
            worst = float(np.nanmin(values, initial=0.0))
            return (-min(1.0, round_up(-worst)) if worst < 0.0 else 0.0), _R2_TOP
        heights = self._heights(values)
        heights = heights[np.isfinite(heights)]
        low, high = 0.0, 1.0
        if len(heights):
            low, high = float(heights.min()), float(heights.max())
        if self._logarithmic:
            low, high = math.floor(low), math.ceil(high)
            high = max(high, low + 1)
        else:
            high = round_up(high, FINE_STEPS) if high > 0.0 else 1.0
            low = 0.0 if low >= 0.0 else -round_up(-low, FINE_STEPS)
        return low, high + 0.02 * (high - low)

    def _on_zoomed(self) -> None:
        self._free = False
        self.fit_button.show()
        self._draw_all()

    def _on_x_range(self) -> None:
        if not self._free:
            self._draw_all()

    # Choosing -----------------------------------------------------------------------------

    def _on_chart(self) -> None:
        self.bits_choice.setVisible(self._informative and self.chart.left in (LOSS, PENALTY))
        self._on_log()

    def _on_log(self) -> None:
        self.plot.left_axis.decades = self._logarithmic
        self.plot.left_axis.picture = None
        self._on_bits()

    def _on_bits(self) -> None:
        self.plot.hide_point()
        self._take_series()
        self._show_axes()
        self.fit()
        self._show_last()

    # Reading off --------------------------------------------------------------------------

    def _show_last(self) -> None:
        full, plain, short = [], [], []
        for quantity in self.chart.quantities:
            for figure in quantity.figures:
                values = self._of(figure)[1]
                if not len(values):
                    continue
                text = quantity.text(self._exact(quantity, figure, len(values) - 1))
                validation = figure == quantity.validation
                full.append(f"{'validation ' * validation}{quantity.name} {text}")
                plain.append(f"{'val.' if validation else quantity.name} {text}")
                short += [] if validation else [f"{quantity.name} {text}"]
        if self.chart.left is LOSS and len(self._of(PENALTY.training)[1]):
            penalty = f"penalty {PENALTY.text(float(self._of(PENALTY.training)[1][-1]))}"
            full.append(penalty)
            plain.append(penalty)
        wordings = [" · ".join(parts) for parts in (full, plain, short, short[:1])]
        self.readout.show_text(*dict.fromkeys(wordings), numbers=True)

    def _exact(self, quantity: Quantity, figure: str, place: int) -> float:
        """A value as it was recorded, infinite ones included."""
        assert self._history is not None
        recorded = self._history[figure]
        return float(recorded[~np.isnan(recorded)][place]) * self._factor(quantity)

    def _on_pointed(self, x: float, y: float) -> None:
        history = self._history
        if history is None or len(history.epoch) == 0 or math.isnan(x):
            self.plot.hide_point()
            return
        epochs = history.epoch
        index = int(np.clip(np.searchsorted(epochs, x), 0, len(epochs) - 1))
        if index and x - epochs[index - 1] < epochs[index] - x:
            index -= 1
        lines, heights = [f"epoch {int(epochs[index]):,}"], []
        for quantity in self.chart.quantities:
            for figure in quantity.figures:
                value = float(history[figure][index]) * self._factor(quantity)
                if math.isnan(value):
                    continue
                word = "validation " if figure == quantity.validation else ""
                lines.append(f"{word}{quantity.name} {quantity.text(value)}")
                if quantity is self.chart.left:
                    heights.append(float(self._heights(np.array([value]))[0]))
        lines += self.kept.read_off(float(epochs[index]), self.chart.left)
        penalty = float(history[PENALTY.training][index]) * self._factor(PENALTY)
        if self.chart.left is LOSS and not math.isnan(penalty):
            lines.append(f"penalty {PENALTY.text(penalty)}")
        self.plot.point_at(float(epochs[index]), heights, "\n".join(lines), y)


def _percent(quantity: Quantity) -> str:
    return f"{quantity.name}, %" if quantity is ACCURACY else quantity.name
