"""The inspector when a layer is selected: what it is, and what it may become."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from simulator.activations import ACTIVATIONS
from simulator.initializers import INITIALIZERS
from simulator.project import Project
from simulator.project.limits import MAX_UNITS
from ui.actions import Actions
from ui.inspector.forms import Choice, Decimal, WholeNumber, add_row, form
from ui.session import Session


class LayerForm(QWidget):
    """Units, activation, dropout and initializer of the selected layer."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._number = 0
        self.units = WholeNumber("Units", 1, MAX_UNITS)
        self.activation = Choice("Activation", list(ACTIVATIONS))
        self.dropout = Decimal("Dropout rate", 0.0, 0.95, 0.05)
        self.initializer = Choice("Initializer", list(INITIALIZERS))
        self._rows = form()
        add_row(self._rows, "Units", self.units)
        add_row(self._rows, "Activation", self.activation)
        add_row(self._rows, "Dropout rate", self.dropout)
        add_row(self._rows, "Initializer", self.initializer)
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
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._rows)
        column.addWidget(self._parameters)
        column.addLayout(buttons)
        column.addStretch(1)
        self.units.chosen.connect(self._on_units)
        self.activation.chosen.connect(self._on_activation)
        self.dropout.chosen.connect(self._on_dropout)
        self.initializer.chosen.connect(self._on_initializer)

    def show_layer(self, project: Project, number: int) -> None:
        """Show layer ``number``; the input (0) has nothing to change but its neighbours."""
        self._number = number
        network = project.network
        computing = number > 0
        for row in range(self._rows.rowCount()):
            self._rows.setRowVisible(row, computing)
        self.add_button.setEnabled(number < network.depth)
        self.remove_button.setEnabled(0 < number < network.depth)
        if not computing:
            self._parameters.setText(f"{network.inputs:,} inputs, as many as a sample has numbers.")
            return
        layer = network.layer(number)
        self.units.show_value(layer.units)
        self.units.setEnabled(number < network.depth)
        self.units.setToolTip(
            "" if number < network.depth else "One output for each target of the data"
        )
        self.activation.show_value(layer.activation)
        self.dropout.show_value(layer.dropout_rate)
        self.dropout.setEnabled(number < network.depth)
        self.initializer.show_value(layer.initializer)
        fan_in = network.sizes[number - 1]
        biases = f" + {layer.units:,} biases" if layer.bias else ""
        count = network.parameters_per_layer[number - 1]
        self._parameters.setText(
            f"{fan_in:,} × {layer.units:,} weights{biases} = {count:,} parameters"
        )

    def _on_units(self, value: int) -> None:
        if not self._session.change_layer(self._number, "Change units", units=value):
            self.show_layer(self._session.project, self._number)

    def _on_activation(self, name: str) -> None:
        self._session.change_layer(self._number, "Change activation", activation=name)

    def _on_dropout(self, rate: float) -> None:
        self._session.change_layer(self._number, "Change dropout", dropout_rate=rate)

    def _on_initializer(self, name: str) -> None:
        self._session.change_layer(self._number, "Change initializer", initializer=name)
