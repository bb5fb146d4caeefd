"""A form for what a run is to stop at."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from simulator.condition import Condition
from simulator.conditions import (
    GradientAbove,
    GradientBelow,
    LossBelow,
    NextEpoch,
    NextUpdate,
    SampleIs,
    SignChange,
    UpdateAbove,
    WeightAbove,
)
from simulator.project import Project
from ui.widgets.labels import level_labels

KINDS = (
    ("Next update", "next_update", ()),
    ("Next epoch", "next_epoch", ()),
    ("The mini-batch's loss falls below", "loss", ("limit",)),
    ("The epoch's loss falls below", "epoch_loss", ("limit",)),
    ("A neuron changes its sign", "sign", ("layer", "neuron")),
    ("A sample is right", "right", ("sample",)),
    ("A sample is wrong", "wrong", ("sample",)),
    ("The largest |weight| exceeds", "weight", ("limit",)),
    ("The gradient's norm exceeds", "gradient", ("limit",)),
    ("The gradient's norm falls below", "gradient_below", ("limit",)),
    ("The largest update exceeds", "update", ("limit",)),
)
"""In words, its name here, and which fields it needs."""
_LIMITS = {"loss": 0.1, "epoch_loss": 0.1, "weight": 2.0, "gradient_below": 0.01}


class ConditionForm(QWidget):
    """``changed`` says that another condition is on show."""

    changed = Signal()

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.kind.setAccessibleName("Condition")
        self.kind.setMaxVisibleItems(len(KINDS))
        for text, name, _ in KINDS:
            self.kind.addItem(text, name)
        self.limit = QDoubleSpinBox()
        self.limit.setDecimals(6)
        self.limit.setRange(0.0, 1e9)
        self.limit.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.layer, self.neuron, self.sample = QSpinBox(), QSpinBox(), QSpinBox()
        self._project = project
        self.layer.setRange(1, project.network.depth)
        self.sample.setRange(1, len(project.data))
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.addRow("Until", self.kind)
        self._fields = {
            "limit": (self.limit, "Value"),
            "layer": (self.layer, "Layer"),
            "neuron": (self.neuron, "Neuron"),
            "sample": (self.sample, "Sample"),
        }
        for field, name in self._fields.values():
            field.setAccessibleName(name)
            self._form.addRow(name, field)
        level_labels(self._form)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.layer.valueChanged.connect(self._on_layer)
        self._on_layer()
        self._on_kind()

    def select(self, name: str, layer: int | None = None, neuron: int | None = None) -> None:
        """Show one kind of condition, of this neuron."""
        self.kind.setCurrentIndex(self.kind.findData(name))
        if layer:
            self.layer.setValue(layer)
        if layer and neuron is not None:
            self.neuron.setValue(neuron + 1)

    def _on_kind(self) -> None:
        _, name, needed = KINDS[self.kind.currentIndex()]
        for field, (widget, _) in self._fields.items():
            self._form.setRowVisible(widget, field in needed)
        self.limit.setValue(_LIMITS.get(name, 1.0))
        self.changed.emit()

    def _on_layer(self) -> None:
        self.neuron.setRange(1, self._project.network.layer(self.layer.value()).units)

    def condition(self) -> Condition:
        """What the form says."""
        name, limit = self.kind.currentData(), self.limit.value()
        sample = self.sample.value() - 1
        made: dict[str, Condition] = {
            "next_update": NextUpdate(),
            "next_epoch": NextEpoch(),
            "loss": LossBelow(limit),
            "epoch_loss": LossBelow(limit, "epoch"),
            "sign": SignChange(self.layer.value(), self.neuron.value() - 1),
            "right": SampleIs(sample, True),
            "wrong": SampleIs(sample, False),
            "weight": WeightAbove(limit),
            "gradient": GradientAbove(limit),
            "gradient_below": GradientBelow(limit),
            "update": UpdateAbove(limit),
        }
        return made[name]
