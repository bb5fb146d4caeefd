"""The inspector when a layer is selected: what it is, and what it may become."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from simulator.project import Project
from ui.actions import Actions
from ui.inspector.layer_groups import (
    LayerGroup,
    NormalizationGroup,
    SourcesGroup,
    WeightsGroup,
)
from ui.inspector.training_groups import InputsGroup
from ui.session import Session
from ui.theme import GRID


class LayerForm(QWidget):
    """All fields of the selected layer; of the input, what drops and disturbs it."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer = LayerGroup(session, self)
        self.sources = SourcesGroup(session, self)
        self.inputs = InputsGroup(session, True, self)
        self.computing = (
            self.layer,
            WeightsGroup(session, self),
            NormalizationGroup(session, self),
            self.sources,
        )
        self.groups = (*self.computing, self.inputs)
        self.units, self.activation = self.layer.units, self.layer.activation
        self.dropout = self.layer.dropout
        self._parameters = QLabel()
        self._parameters.setProperty("role", "caption")
        self._parameters.setWordWrap(True)
        self.add_button = QPushButton("Add layer")
        self.add_button.setToolTip(actions["add_layer"].toolTip())
        self.add_button.clicked.connect(actions["add_layer"].trigger)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setToolTip(actions["remove_layer"].toolTip())
        self.remove_button.clicked.connect(actions["remove_layer"].trigger)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 2, 0)
        buttons.setSpacing(GRID)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for group in self.groups:
            column.addWidget(group)
        column.addSpacing(GRID)
        column.addWidget(self._parameters)
        column.addSpacing(GRID)
        column.addLayout(buttons)
        column.addStretch(1)

    @property
    def parameters_text(self) -> str:
        """How many parameters the layer has, and why."""
        return self._parameters.text()

    def show_layer(self, project: Project, number: int) -> None:
        """Show layer ``number``; 0 is the input."""
        network = project.network
        self.add_button.setEnabled(number < network.depth)
        self.remove_button.setEnabled(0 < number < network.depth)
        for group in self.computing:
            group.setVisible(number > 0)
        self.inputs.setVisible(number == 0)
        if number == 0:
            self.inputs.show_project(project)
            self._parameters.setText(f"{network.inputs:,} inputs, as many as a sample has numbers.")
            return
        for group in self.computing:
            group.show_layer(project, number)
        layer = network.layer(number)
        count = network.parameters_per_layer[number - 1]
        biases = f" + {layer.units:,} biases" if layer.bias else ""
        scales = f" + {2 * layer.units:,} for γ, β" if layer.batch_normalization else ""
        self._parameters.setText(
            f"{network.fan_in(number):,} × {layer.units:,} weights{biases}{scales} = "
            f"{count:,} parameters"
        )
