"""The curves of kept runs in the loss panel, behind those of the present run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from simulator.comparison import KeptRun
from ui.panels.figures import BITS, CROSS_ENTROPIES, LOSS, PENALTY, Quantity, series
from ui.panels.loss_plot import LossPlot
from ui.panels.run_looks import run_pen
from ui.theme import Theme

Array = NDArray[np.float64]
_WIDTHS = (1.5, 0.8)
"""Of a training curve, and of a validation curve: thinner, with the same dashes."""


@dataclass
class _Kept:
    """One run's items and data: training, then validation; data are (epochs, values)."""

    run: KeptRun
    name: str
    curves: tuple[pg.PlotCurveItem, pg.PlotCurveItem]
    data: tuple[tuple[Array, Array], ...] = ()


class KeptCurves:
    """Draws the quantity of the left axis for each run that is shown."""

    def __init__(self, plot: LossPlot) -> None:
        self._plot = plot
        self._kept: list[_Kept] = []

    def show_runs(self, runs: Sequence[KeptRun], names: Sequence[str]) -> None:
        """Have these runs from now on; :meth:`take` and :meth:`draw` make their curves."""
        for own in self._kept:
            for curve in own.curves:
                self._plot.box.removeItem(curve)
        self._kept = []
        for run, name in zip(runs, names, strict=True):
            if not run.shown:
                continue
            curves = (pg.PlotCurveItem(connect="finite"), pg.PlotCurveItem(connect="finite"))
            for curve in curves:
                curve.setZValue(-10)
                self._plot.box.addItem(curve, ignoreBounds=True)
            self._kept.append(_Kept(run, name, curves))
        self.dress(self._plot.theme)

    @property
    def shown(self) -> list[tuple[int, str]]:
        """Number and name of each run that is drawn."""
        return [(own.run.number, own.name) for own in self._kept]

    @property
    def informative(self) -> bool:
        """Whether a run's loss is an amount of information, which bits make sense for."""
        return any(own.run.project.loss in CROSS_ENTROPIES for own in self._kept)

    def dress(self, theme: Theme) -> None:
        """Take over colours and widths."""
        for own in self._kept:
            for curve, width in zip(own.curves, _WIDTHS, strict=True):
                curve.setPen(run_pen(theme, own.run.number, width))

    def take(self, quantity: Quantity, in_bits: bool) -> None:
        """Fetch a quantity of each run."""
        for own in self._kept:
            factor = _factor(own.run, quantity, in_bits)
            own.data = tuple(series(own.run.history, figure, factor) for figure in quantity.figures)

    def values(self) -> list[Array]:
        """All that is drawn, for the range of the axis."""
        return [values for own in self._kept for _, values in own.data]

    @property
    def last_epoch(self) -> float:
        """Of the longest run; 0 without any."""
        return float(max((own.run.epochs for own in self._kept), default=0))

    @property
    def validated(self) -> bool:
        """Whether there is a validation curve among them."""
        return any(len(values) for own in self._kept for _, values in own.data[1:])

    def draw(
        self, heights: Callable[[Array], Array], low: float, high: float, smooth: bool
    ) -> None:
        """Draw what lies in the range of epochs, ``heights`` of the values."""
        for own in self._kept:
            empty = (np.zeros(0), np.zeros(0))
            for place, curve in enumerate(own.curves):
                epoch, values = own.data[place] if place < len(own.data) else empty
                first = max(0, int(np.searchsorted(epoch, low)) - 1)
                last = min(len(epoch), int(np.searchsorted(epoch, high, side="right")) + 1)
                self._plot.draw(curve, epoch[first:last], heights(values[first:last]), smooth)

    def read_off(self, epoch: float, quantity: Quantity) -> list[str]:
        """A line for each run: what was measured at an epoch, if it was."""
        lines = []
        for own in self._kept:
            if not own.data:
                continue
            epochs, values = own.data[0]
            place = int(np.searchsorted(epochs, epoch))
            if place < len(epochs) and epochs[place] == epoch and np.isfinite(values[place]):
                lines.append(f"{own.name}: {quantity.name} {quantity.text(float(values[place]))}")
        return lines


def _factor(run: KeptRun, quantity: Quantity, in_bits: bool) -> float:
    """From what is recorded to what is shown; only an amount of information has bits."""
    informative = run.project.loss in CROSS_ENTROPIES
    if in_bits and informative and quantity in (LOSS, PENALTY):
        return BITS
    return quantity.factor
