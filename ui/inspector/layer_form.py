"""The inspector when a layer is selected: what it is, and what it may become."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.actions import Actions
from ui.inspector.controls import as_tooltip
from ui.inspector.layer_groups import (
    LayerGroup,
    NormalizationGroup,
    SourcesGroup,
    WeightsGroup,
)
from ui.inspector.layer_numbers import LayerNumbers
from ui.inspector.training_groups import InputsGroup
from ui.project_edits import given_of
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
        self._session = session
        self._number = 1
        self.numbers = LayerNumbers(self)
        self._inputs = QLabel()
        self._inputs.setProperty("role", "caption")
        self._inputs.setWordWrap(True)
        self.add_button = QPushButton("Add layer")
        self.add_button.setToolTip(actions["add_layer"].toolTip())
        self.add_button.clicked.connect(actions["add_layer"].trigger)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setToolTip(actions["remove_layer"].toolTip())
        self.remove_button.clicked.connect(actions["remove_layer"].trigger)
        self.again_button = self._button(
            "Initialise again",
            "Draw its weights anew; biases start at 0 again.",
            self._on_again,
        )
        self.full_button = self._button(
            "Connect fully",
            "All links from the layers it receives from.",
            self._on_full,
        )
        self.copy_button = self._button(
            "Copy", "Copy the layer with its weights, to paste it here or elsewhere.", self._on_copy
        )
        self.paste_button = self._button(
            "Paste", "Put the copied layers behind this one.", self._on_paste
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.numbers)
        column.addWidget(self._inputs)
        for group in self.groups:
            column.addWidget(group)
        column.addSpacing(GRID)
        column.addLayout(self._buttons())
        column.addStretch(1)

    def _button(self, text: str, about: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(as_tooltip(about))
        button.clicked.connect(slot)
        return button

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 2, 0)
        grid.setSpacing(GRID)
        for place, button in enumerate(
            (
                *(self.add_button, self.remove_button, self.copy_button),
                *(self.paste_button, self.again_button, self.full_button),
            )
        ):
            grid.addWidget(button, place // 2, place % 2)
        return grid

    @property
    def parameters_text(self) -> str:
        """How many parameters the layer has, and why."""
        return self.numbers.parameters.text() if self._number else self._inputs.text()

    def show_layer(self, project: Project, number: int) -> None:
        """Show layer ``number``; 0 is the input."""
        network = project.network
        self._number = number
        self.add_button.setEnabled(number < network.depth)
        self.paste_button.setEnabled(number < network.depth)
        for button in (self.remove_button, self.copy_button):
            button.setEnabled(0 < number < network.depth)
        for button in (self.again_button, self.full_button, self.copy_button):
            button.setVisible(number > 0)
        for group in self.computing:
            group.setVisible(number > 0)
        self.inputs.setVisible(number == 0)
        self.numbers.setVisible(number > 0)
        self._inputs.setVisible(number == 0)
        if number == 0:
            self.inputs.show_project(project)
            self._inputs.setText(f"{network.inputs:,} inputs, as many as a sample has numbers.")
            return
        self.numbers.show_layer(network, number)
        for group in self.computing:
            group.show_layer(project, number)
        links = given_of(project, number).links
        self.full_button.setEnabled(links is not None and not links.all())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show how large the weights are at this moment."""
        if self._number:
            self.numbers.show_snapshot(snapshot)

    def _on_again(self) -> None:
        self._session.edits.initialise_again([self._number])

    def _on_full(self) -> None:
        self._session.edits.connect_fully(self._number)

    def _on_copy(self) -> None:
        text = self._session.edits.copy_layers([self._number])
        if text:
            QGuiApplication.clipboard().setText(text)

    def _on_paste(self) -> None:
        self._session.edits.paste_layers(QGuiApplication.clipboard().text(), self._number)
