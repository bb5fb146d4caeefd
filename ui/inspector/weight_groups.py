"""The weights of a neuron: those into it, as a picture and as a table, and those out of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from simulator.data.dataset import Picture
from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.inspector.forms import Group
from ui.inspector.incoming_picture import IncomingPicture
from ui.inspector.parameter_table import ParameterTable
from ui.inspector.parameters import (
    BIAS,
    Parameter,
    incoming,
    is_there,
    outgoing,
    source_name,
    target_name,
    there,
    values_of,
)
from ui.session import Session
from ui.widgets.labels import ElidedLabel
from ui.widgets.value_label import format_value

Name = Callable[[Project, Parameter], str]


class _WeightsGroup(Group):
    """A table of parameters of the neuron on show; what is done in it goes to the session."""

    head = "from"

    def __init__(self, title: str, session: Session, opened: bool, parent: QWidget) -> None:
        super().__init__(title, session, opened, parent)
        self.number, self.neuron = 1, 0
        self.items: list[Parameter] = []
        self._snapshot: Snapshot | None = None
        self.table = ParameterTable(title, parent=self.body)
        model = self.table.parameters
        model.typed.connect(self._on_typed)
        model.refused.connect(session.refused)
        model.linked.connect(self._on_linked)
        model.frozen.connect(self._on_frozen)
        self.toggled.connect(self._write)

    def show_neuron(self, project: Project, number: int, neuron: int) -> None:
        """Show the weights of a neuron, counted from 0, of layer ``number`` (0 is the input)."""
        self.number, self.neuron = number, neuron
        self.items = self._found(project)
        self.table.show_items(project, self.items, self._name(), self.head)
        self.show_project(project)
        self._write()

    def _found(self, project: Project) -> list[Parameter]:
        raise NotImplementedError

    def _name(self) -> Name:
        raise NotImplementedError

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the values of this moment."""
        self._snapshot = snapshot
        self._write()

    def _write(self) -> None:
        if self.is_open and self._snapshot is not None:
            values = values_of(self._snapshot, self.items)
            steady = self._snapshot.state is RunState.RUNNING
            self.table.parameters.show_values(values, steady)

    def summary(self, project: Project) -> str:
        links = [own for own in self.items if own[2] != BIAS]
        removed = int((~there(project, links)).sum())
        text = f"{removed:,} of {len(links):,} removed" if removed else f"{len(links):,}"
        return text + (" + bias" if len(links) < len(self.items) else "")

    def _on_typed(self, parameter: Parameter, value: float) -> None:
        self._session.edits.set_parameter(*parameter, value)

    def _on_linked(self, parameter: Parameter, on: bool) -> None:
        session, (number, neuron, column) = self._session, parameter
        if on:
            source = session.project.network.source_of(number, column)
            session.edits.draw_link(source, (number, neuron))
        else:
            session.edits.cut_links([parameter])

    def _on_frozen(self, parameter: Parameter, on: bool) -> None:
        session = self._session
        if not session.project.network.layer(parameter[0]).trainable:
            session.refused.emit(
                "The whole layer is frozen; let it learn first, at its own page in the inspector."
            )
            return
        session.edits.freeze([parameter], on)


class IncomingGroup(_WeightsGroup):
    """Its bias and the weights into it; where the inputs are a picture, as one."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Incoming weights", session, True, parent)
        self.picture = IncomingPicture(self.body)
        self.reading = ElidedLabel(parent=self.body)
        self._shape: Picture | None = None
        self._first = 0
        for part in (self.picture, self.reading, self.table):
            self.column.addWidget(part)
        self.picture.chosen.connect(self._on_pixel)
        self.picture.entered.connect(self._on_entered)
        self.picture.pointed.connect(self._on_pointed)
        self.table.pointed.connect(self._on_row)

    def _found(self, project: Project) -> list[Parameter]:
        return incoming(project.network, self.number, self.neuron)

    def _name(self) -> Name:
        return source_name

    def show_neuron(self, project: Project, number: int, neuron: int) -> None:
        if (number, neuron) != (self.number, self.neuron):
            self.picture.restart_scale()
        columns = dict(project.network.source_columns(number)).get(0)
        self._shape = project.data.picture if columns is not None else None
        self._first = columns.start if columns is not None else 0
        super().show_neuron(project, number, neuron)
        self.picture.setVisible(self._shape is not None)
        self.reading.setVisible(self._shape is not None)
        if self._shape is not None and columns is not None:
            own = [(number, neuron, column) for column in range(columns.start, columns.stop)]
            self.picture.show_picture(self._shape, there(project, own))

    def _write(self) -> None:
        super()._write()
        values, shape = self.table.parameters.values, self._shape
        if not self.is_open or shape is None or not len(values):
            return
        start = self._first + (self.items[0][2] == BIAS)
        steady = self._snapshot is not None and self._snapshot.state is RunState.RUNNING
        self.picture.show_weights(values[start : start + shape.rows * shape.columns], steady)
        self._read(self.picture.current)

    def _link(self, number: int) -> Parameter:
        return (self.number, self.neuron, self._first + number)

    def _on_pixel(self, number: int) -> None:
        self.table.point_at(self._link(number))
        self._read(number)

    def _on_entered(self, number: int) -> None:
        self.table.point_at(self._link(number))
        self.table.setFocus()
        self.table.edit(self.table.currentIndex())

    def _on_pointed(self, number: int | None) -> None:
        self._read(self.picture.current if number is None else number)

    def _on_row(self, parameter: Parameter) -> None:
        if self._shape is not None and parameter in self.items:
            self.picture.choose(parameter[2] - self._first)

    def _read(self, number: int) -> None:
        link = self._link(number)
        if link not in self.items:
            return
        value = float(self.table.parameters.values[self.items.index(link)])
        name = source_name(self._session.project, link)
        known = is_there(self._session.project, link)
        text = format_value(value).strip() if known else "removed"
        self.reading.setText(f"{name} · input {number + 1} · w = {text}")
        self.picture.setAccessibleDescription(self.reading.text())


class OutgoingGroup(_WeightsGroup):
    """The weights with which others receive from it."""

    head = "into"

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Outgoing weights", session, False, parent)
        self.column.addWidget(self.table)

    def _found(self, project: Project) -> list[Parameter]:
        return outgoing(project.network, self.number, self.neuron)

    def _name(self) -> Name:
        return target_name

    def summary(self, project: Project) -> str:
        return super().summary(project) if self.items else "none"
