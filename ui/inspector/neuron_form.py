"""The inspector when a neuron is selected: what of it can be changed, below its numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from simulator.activations import ACTIVATIONS, activation_parameters
from simulator.project import Project
from simulator.project.edits import Edit
from simulator.snapshot import Snapshot
from simulator.spec import Parameters
from ui.inspector.activation_curve import ActivationCurve, moment_of
from ui.inspector.controls import Check, Choice
from ui.inspector.forms import Group, Setting, parameter_settings
from ui.inspector.limits import limits_of
from ui.inspector.neuron_table import NeuronTable
from ui.inspector.weight_groups import IncomingGroup, OutgoingGroup
from ui.inspector.words import ACTIVATION_ABOUTS
from ui.project_edits import (
    change_neuron,
    change_neuron_as_others,
    freeze_bias,
    freeze_weights,
    given_of,
)
from ui.session import Session
from ui.theme import GRID

AS_THE_LAYER = "as the layer"
LEAST_CURVE = 100
"""The width, px, below which the curve stands below the numbers."""


class _OfNeuron(Group):
    """A group whose settings are those of the neuron on show."""

    def __init__(self, title: str, session: Session, opened: bool, parent: QWidget) -> None:
        super().__init__(title, session, opened, parent)
        self.number, self.neuron = 1, 0

    def show_neuron(self, project: Project, number: int, neuron: int) -> None:
        """Show the settings of a neuron, counted from 0, of layer ``number`` (from 1)."""
        self.number, self.neuron = number, neuron
        self.show_project(project)


class NeuronGroup(_OfNeuron):
    """Its activation, and what of it is frozen."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Settings", session, True, parent)
        names = [name for name in ACTIVATIONS if name != "softmax"]
        abouts = {**ACTIVATION_ABOUTS, AS_THE_LAYER: "What the layer's other neurons have."}
        self.add(
            Setting(
                "Activation",
                "What makes this neuron's output a of its sum z.",
                Choice("Neuron activation", [AS_THE_LAYER, *names], abouts),
                self._shown_activation,
                self._choose_activation,
                undo="activation of neuron",
            ),
            *parameter_settings(
                "Neuron activation",
                {name: activation_parameters(name) for name in names},
                self._own_activation,
                self._change_activation,
                limits_of,
            ),
            Setting(
                "Freeze",
                "Frozen weights stay as they are while everything else learns.",
                Check("Freeze weights", "Incoming weights"),
                self._frozen_weights,
                lambda project, on: freeze_weights(project, self.number, self.neuron, on),
                undo="frozen weights",
            ),
            Setting(
                "",
                "A frozen bias stays as it is while everything else learns.",
                Check("Freeze bias", "Bias"),
                self._frozen_bias,
                lambda project, on: freeze_bias(project, self.number, self.neuron, on),
                lambda project: project.network.layer(self.number).bias,
                undo="frozen bias",
            ),
        )

    def _shown_activation(self, project: Project) -> str:
        layer = project.network.layer(self.number)
        return layer.activation_of(self.neuron)[0] if layer.neuron_activations else AS_THE_LAYER

    def _choose_activation(self, project: Project, name: str) -> Edit:
        if name == AS_THE_LAYER:
            return change_neuron_as_others(project, self.number, self.neuron)
        return change_neuron(project, self.number, self.neuron, name)

    def _own_activation(self, project: Project) -> tuple[str, Parameters]:
        """That of the neuron; none where it has the layer's, which is changed there."""
        layer = project.network.layer(self.number)
        return layer.activation_of(self.neuron) if layer.neuron_activations else ("", ())

    def _change_activation(self, project: Project, name: str, given: Parameters) -> Edit:
        return change_neuron(project, self.number, self.neuron, name, given)

    def _frozen_weights(self, project: Project) -> bool | None:
        frozen = given_of(project, self.number).frozen_W
        if frozen is None or not frozen[self.neuron].any():
            return False
        return True if frozen[self.neuron].all() else None

    def _frozen_bias(self, project: Project) -> bool:
        frozen = given_of(project, self.number).frozen_b
        return frozen is not None and bool(frozen[self.neuron])


class NeuronForm(QWidget):
    """The neuron's numbers and its activation, its weights, and what can be changed of it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = NeuronTable(self)
        self.curve = ActivationCurve(self)
        self.incoming = IncomingGroup(session, self)
        self.change = NeuronGroup(session, self)
        self.outgoing = OutgoingGroup(session, self)
        self.groups = (self.incoming, self.change, self.outgoing)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.setSpacing(GRID)
        self._top.addWidget(self.table, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self.curve, 1, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._top)
        column.addSpacing(GRID)
        for group in self.groups:
            column.addWidget(group)
        column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        """The curve stands beside the numbers where there is room for it, else below them."""
        beside = self.width() - self.table.sizeHint().width() - GRID >= LEAST_CURVE
        directions = QBoxLayout.Direction
        wanted = directions.LeftToRight if beside else directions.TopToBottom
        if wanted is not self._top.direction():
            self._top.setDirection(wanted)

    def show_neuron(self, project: Project, number: int, neuron: int) -> None:
        """Show what can be changed of a neuron of layer ``number``; of an input little can."""
        self.curve.setVisible(number > 0)
        for group in self.groups:
            there = number > 0 or group is self.outgoing
            group.setVisible(there)
            if there:
                group.show_neuron(project, number, neuron)
        if number > 0:
            self.curve.show_layer(project.network.layer(number), neuron)
            self._turn()

    def show_snapshot(self, snapshot: Snapshot, number: int, neuron: int, drawing: bool) -> None:
        """Show its numbers at this moment."""
        spec = snapshot.spec
        if number >= len(spec.sizes) or neuron >= spec.sizes[number]:
            return
        moment = moment_of(snapshot, number, neuron, drawing) if number else None
        slope = None if moment is None else moment.slope
        self.table.show_neuron(snapshot, number, neuron, drawing, slope)
        if number > 0:
            self.curve.show_layer(spec.layer(number), neuron, moment)
            self.incoming.show_snapshot(snapshot)
        self.outgoing.show_snapshot(snapshot)
