"""The inspector when several neurons, layers or links are selected: what they have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from simulator.activations import ACTIVATIONS
from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.inspector.controls import Check, Choice, as_tooltip
from ui.inspector.forms import FormLabel
from ui.inspector.number_field import MIXED, NumberField
from ui.inspector.parameter_table import ParameterTable
from ui.inspector.parameters import (
    BIAS,
    Parameter,
    counted,
    frozen,
    incoming,
    source_name,
    target_name,
    there,
    values_of,
)
from ui.inspector.words import ACTIVATION_ABOUTS
from ui.selection import Neuron, Selection
from ui.session import Session
from ui.theme import GRID
from ui.widgets.value_label import format_value


def common(values: NDArray[np.bool_]) -> bool | None:
    """What all of them are; None where they differ."""
    return bool(values.all() and len(values)) if values.all() or not values.any() else None


def _both_names(project: Project, parameter: Parameter) -> str:
    return f"{source_name(project, parameter)} → {target_name(project, parameter)}"


class SeveralForm(QWidget):
    """Each control shows what all of them share, or that they differ, and changes all at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._neurons: list[Neuron] = []
        self._links: list[Parameter] = []
        self._snapshot: Snapshot | None = None
        names = [name for name in ACTIVATIONS if name != "softmax"]
        self.activation = Choice("Common activation", names, ACTIVATION_ABOUTS)
        self.value = NumberField("Common value")
        self.frozen = Check("Freeze all", "Frozen")
        self.frozen_biases = Check("Freeze all biases", "Biases")
        self.there = Check("All links there", "Connected")
        self.again = QPushButton("Initialise again")
        self.again.setToolTip(as_tooltip("Draw their weights anew; biases start at 0 again."))
        self.counts = QLabel()
        self.counts.setProperty("role", "caption")
        self.counts.setWordWrap(True)
        self.table = ParameterTable("Selected links", 5, self)
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 2, 0)
        self._form.setHorizontalSpacing(GRID)
        self._form.setVerticalSpacing(4)
        self._labels: dict[QWidget, QLabel] = {}
        for text, control, about in (
            ("Activation", self.activation, "What makes a neuron's output a of its sum z."),
            ("Value", self.value, "One number for all of them."),
            ("Freeze", self.frozen, "Frozen ones stay as they are while everything else learns."),
            ("", self.frozen_biases, "Frozen biases stay as they are."),
            ("Links", self.there, "Links that are not connected have the weight 0."),
        ):
            self._add(text, control, about)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.counts)
        column.addLayout(self._form)
        column.addWidget(self.table)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addStretch(1)
        self._connect()

    def _add(self, text: str, control: QWidget, about: str) -> None:
        label = FormLabel(text)
        label.setBuddy(control)
        for part in (label, control):
            if not part.toolTip():
                part.setToolTip(as_tooltip(about))
        self._labels[control] = label
        self._form.addRow(label, control)

    def _connect(self) -> None:
        self.activation.chosen.connect(self._on_activation)
        self.value.chosen.connect(self._on_value)
        self.value.refused.connect(self._session.refused)
        self.frozen.chosen.connect(self._on_frozen)
        self.frozen_biases.chosen.connect(self._on_frozen_biases)
        self.there.chosen.connect(self._on_there)
        self.again.clicked.connect(self._on_again)
        model = self.table.parameters
        model.typed.connect(self._on_typed)
        model.refused.connect(self._session.refused)
        model.linked.connect(self._on_linked)
        model.frozen.connect(self._on_one_frozen)

    @property
    def _weights(self) -> list[Parameter]:
        """The weights that are changed together: those selected, or those into the neurons."""
        if self._links:
            return self._links
        network = self._session.project.network
        found = (own for neuron in self._computing for own in incoming(network, *neuron))
        return [own for own in found if own[2] != BIAS]

    @property
    def _biases(self) -> list[Parameter]:
        network = self._session.project.network
        return [(*own, BIAS) for own in self._computing if network.layer(own[0]).bias]

    @property
    def _computing(self) -> list[Neuron]:
        """The neurons that are no inputs."""
        return [own for own in self._neurons if own[0] > 0]

    def title(self, project: Project) -> str:
        """How much is selected, in a few words."""
        if self._links:
            biases = sum(own[2] == BIAS for own in self._links)
            links = len(self._links) - biases
            parts = [counted(links, "link")] * (links > 0)
            parts += [f"{biases:,} bias" if biases == 1 else f"{biases:,} biases"] * (biases > 0)
            return ", ".join(parts)
        layers = {number for number, _ in self._neurons}
        neurons = counted(len(self._neurons), "neuron")
        if len(layers) == 1:
            return f"{neurons} of {project.network.layer_name(layers.pop())}"
        return f"{neurons} of {len(layers)} layers"

    def show_selection(self, project: Project, selection: Selection) -> None:
        """Show what several links, or several neurons and layers, have in common."""
        network = project.network
        self._links = sorted(selection.links)
        neurons = set(selection.neurons)
        for number in selection.layers:
            neurons |= {(number, neuron) for neuron in range(network.sizes[number])}
        self._neurons = [] if self._links else sorted(neurons)
        self._show_rows(bool(self._links))
        self.counts.setText(self._counts(project))
        weights = self._weights
        if self._links:
            self.table.show_items(project, self._links, _both_names, "link")
            links = [own for own in weights if own[2] != BIAS]
            self.there.show_value(common(there(project, links)))
            self.there.setEnabled(bool(links))
        else:
            names = {network.layer(n).activation_of(k)[0] for n, k in self._computing}
            self.activation.show_value(names.pop() if len(names) == 1 else MIXED)
            biases = self._biases
            self.frozen_biases.show_value(common(frozen(project, biases)))
            self.frozen_biases.setEnabled(bool(biases))
        self.frozen.show_value(common(frozen(project, weights)))
        for control in (self.activation, self.value, self.frozen, self.again):
            control.setEnabled(bool(weights))
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def _show_rows(self, links: bool) -> None:
        for control, shown in (
            (self.activation, not links),
            (self.frozen_biases, not links),
            (self.there, links),
        ):
            self._form.setRowVisible(control, shown)
        self.table.setVisible(links)
        self.again.setVisible(not links)
        self._labels[self.value].setText("Value" if links else "Bias")
        self.frozen.setText("Frozen" if links else "Incoming weights")

    def _counts(self, project: Project) -> str:
        weights = [own for own in self._weights if own[2] != BIAS]
        removed = int((~there(project, weights)).sum())
        held = int(frozen(project, weights).sum())
        parts = [] if self._links else [f"{counted(len(weights), 'weight')} in"]
        parts += [f"{removed:,} removed"] * (removed > 0) + [f"{held:,} frozen"] * (held > 0)
        return " · ".join(parts)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the values of this moment."""
        self._snapshot = snapshot
        values = values_of(snapshot, self._links or self._biases)
        if values is None:
            return
        same = len(values) > 0 and bool((values == values[0]).all())
        none = MIXED if len(values) else "none"
        if self._session.settled:
            # Else what was just typed may not be in it yet.
            self.value.show_value(float(values[0]) if same else None, none)
        self.value.setEnabled(len(values) > 0)
        if self._links:
            self.table.parameters.show_values(values, snapshot.state is RunState.RUNNING)
            figures = ((values.mean(), "mean"), (values.min(), "min"), (values.max(), "max"))
            words = " · ".join(f"{word} {format_value(own).strip()}" for own, word in figures)
            counts = self._counts(self._session.project)
            text = " · ".join(part for part in (words, counts) if part)
            if text != self.counts.text():
                self.counts.setText(text)

    @contextmanager
    def _one_edit(self, text: str, parts: Sequence[object]) -> Iterator[None]:
        """Several edits as one entry of the undo stack."""
        stack = self._session.undo_stack
        if len(parts) > 1:
            stack.beginMacro(text)
        try:
            yield
        finally:
            if len(parts) > 1:
                stack.endMacro()

    def _on_activation(self, name: str) -> None:
        layers = sorted({number for number, _ in self._computing})
        chosen = {n: [k for own, k in self._computing if own == n] for n in layers}
        with self._one_edit("Change activation", layers):
            for number in layers:
                self._session.edits.set_activation(number, name, chosen[number])

    def _on_value(self, value: float) -> None:
        targets = self._links or self._biases
        values = dict.fromkeys(self._with_links(targets), value)
        what = counted(len(values), "parameter")
        self._session.edits.set_parameters(values, f"Change {what}")

    def _on_frozen(self, on: bool) -> None:
        self._session.edits.freeze(self._with_links(self._weights), on)

    def _with_links(self, parameters: list[Parameter]) -> list[Parameter]:
        """Those whose links have not been removed: the others have no weight to change."""
        known = there(self._session.project, parameters)
        return [own for own, is_there in zip(parameters, known, strict=True) if is_there]

    def _on_frozen_biases(self, on: bool) -> None:
        self._session.edits.freeze(self._biases, on)

    def _on_there(self, on: bool) -> None:
        session = self._session
        links = [own for own in self._links if own[2] != BIAS]
        known = there(session.project, links)
        wanted = [
            own for own, is_there in zip(links, known, strict=True) if bool(is_there) is not on
        ]
        if not on:
            session.edits.cut_links(wanted)
            return
        with self._one_edit(f"Connect {counted(len(wanted), 'link')}", wanted):
            for own in wanted:
                self._on_linked(own, True)

    def _on_linked(self, parameter: Parameter, on: bool) -> None:
        session, (number, neuron, column) = self._session, parameter
        if on:
            source = session.project.network.source_of(number, column)
            session.edits.draw_link(source, (number, neuron))
        else:
            session.edits.cut_links([parameter])

    def _on_one_frozen(self, parameter: Parameter, on: bool) -> None:
        self._session.edits.freeze([parameter], on)

    def _on_typed(self, parameter: Parameter, value: float) -> None:
        self._session.edits.set_parameter(*parameter, value)

    def _on_again(self) -> None:
        self._session.edits.initialise_again(neurons=self._computing)
