"""The panels, in the order in which they are offered.  A new panel is a file and a line here."""

from __future__ import annotations

from ui.desk.samples_panel import SamplesPanel
from ui.panels.activations import ActivationsPanel
from ui.panels.confusion import ConfusionPanel
from ui.panels.deltas import DeltasPanel
from ui.panels.gradient_check import GradientCheckPanel
from ui.panels.gradients import GradientsPanel
from ui.panels.loss import LossPanel
from ui.panels.masks import MasksPanel
from ui.panels.panel import Panel
from ui.panels.runs import RunsPanel
from ui.panels.weights import WeightsPanel

PANELS: tuple[type[Panel], ...] = (
    LossPanel,
    WeightsPanel,
    ActivationsPanel,
    GradientsPanel,
    SamplesPanel,
    DeltasPanel,
    MasksPanel,
    ConfusionPanel,
    RunsPanel,
    GradientCheckPanel,
)
"""Each has ``panel_id`` and ``title``."""


def panel_class(panel_id: str) -> type[Panel]:
    """The panel of this id.

    Raises
    ------
    KeyError : there is none.
    """
    return {panel.panel_id: panel for panel in PANELS}[panel_id]
