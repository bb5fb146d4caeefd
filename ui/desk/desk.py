"""What the data desk's buttons do: each is one undoable edit of the project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from simulator.data import Dataset
from simulator.data import editing as samples
from simulator.data.editing import DataEdit
from simulator.project import Project, ProjectError
from simulator.project.data_edits import (
    CarriedEdit,
    add_class,
    change_grid,
    change_order,
    edit_data,
    remove_class,
)
from ui.actions import Actions
from ui.canvas.data_card import DataCard
from ui.desk.carry_weights import CarryWeights
from ui.desk.drawing_desk import DrawingDesk
from ui.desk.evaluation_wishes import EvaluationWishes
from ui.desk.grid_dialog import GridDialog
from ui.desk.samples_panel import SamplesPanel
from ui.panel_docks import PanelDocks
from ui.session import Session

_SEEDS = 2**31


class Desk(QObject):
    """Stands between the samples' panel, the canvas and the session."""

    def __init__(
        self,
        session: Session,
        card: DataCard,
        docks: PanelDocks,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        panel = docks.panel("samples")
        assert isinstance(panel, SamplesPanel)
        self._session, self._card, self._panel = session, card, panel
        self._window = window
        self.drawing = DrawingDesk(session, card, actions["animate"], window)
        self.drawing.order_wanted.connect(self.set_order)
        self._edits: dict[str, Callable[[Any], object]] = {
            "add": self.add_drawing,
            "put_back": self._put_back,
            "relabel": self._relabel,
            "duplicate": self._duplicate,
            "delete": self._delete,
            "erase": self._erase,
            "shift": self._shift,
            "move": self._move,
            "number": self._number,
            "paint": self._paint,
            "variants": self._variants,
            "rename_class": self._rename_class,
            "add_class": self._add_class,
            "remove_class": self._remove_class,
        }
        panel.edit_wanted.connect(self._on_edit)
        panel.sample_chosen.connect(card.show_sample)
        card.drawn.connect(self._on_drawn)
        card.tools.add_wanted.connect(self.ask_class)
        actions.connect("add_drawing", self.ask_class)
        actions.connect("unpack", self.drawing.show_unpacking)
        actions.connect("grid", self.ask_grid)
        actions.connect("draw_parts", self.draw_parts)
        wishes = EvaluationWishes(self)
        docks.panel("confusion").evaluation_wanted.connect(wishes.set_matrix_part)
        panel.evaluation_wanted.connect(wishes.set_desk_part)
        wishes.wanted.connect(session.set_evaluated_part)

    @property
    def project(self) -> Project:
        """The project as the session has it."""
        return self._session.project

    def _on_edit(self, what: str, how: object) -> None:
        self._edits[what](how)

    def _on_drawn(self, values: object) -> None:
        self.show_current()

    def show_current(self) -> None:
        """Have the panel mark the sample that is on the canvas."""
        self._panel.show_current(self._card.sample, self._card.came_from)

    def _change(self, text: str, make: Callable[[Dataset], DataEdit]) -> bool:
        """Make an edit of the samples; generated and built-in data become given ones."""
        made_of = self.project.data
        done = self._session.edit(text, lambda: edit_data(self.project, make))
        if done and (made_of.generated is not None or made_of.builtin):
            was = "generated" if made_of.generated is not None else "built-in"
            self._session.refused.emit(
                f"The samples are your own now, no longer the {was} ones; undo brings those back."
            )
        return done

    # Samples

    def _vector(self) -> np.ndarray:
        picture, values = self.project.data.picture, self._card.drawing()
        return values if picture is None else picture.unpack(values)

    def add_drawing(self, number: int | None) -> bool:
        """Add what is drawn as a sample of a class; with zeros as targets where none are."""
        data = self.project.data
        inputs = self._vector()

        def make(data: Dataset) -> DataEdit:
            target = np.zeros(data.n_outputs)
            if number is not None:
                target = samples.class_target(data, number)
            return samples.add_samples(data, inputs[None], target[None])

        done = self._change("Add drawing", make)
        if done:
            self._panel.choose(len(data))
        return done

    def ask_class(self) -> None:
        """Let the user say as which class the drawing is added."""
        at = self._card.tools.add_button
        self._panel.ask_class("add", at if at.isVisible() else None)

    def _put_back(self, _: object) -> None:
        row = self._card.came_from
        if row is not None:
            inputs = self._vector()
            self._change("Edit sample", lambda data: samples.change_inputs(data, row, inputs))
            self._card.show_sample(row)

    def _relabel(self, number: int) -> None:
        rows = self._panel.chosen()
        self._change("Change class", lambda data: samples.relabel(data, rows, number))

    def _duplicate(self, _: object) -> None:
        rows = self._panel.chosen()
        if self._change("Duplicate samples", lambda data: samples.duplicate(data, rows)):
            self._panel.choose(*(row + place + 1 for place, row in enumerate(rows)))

    def _delete(self, _: object) -> None:
        self._erase(self._panel.chosen())

    def _erase(self, rows: list[int]) -> None:
        if self._change("Delete samples", lambda data: samples.delete(data, rows)):
            left = len(self.project.data)
            self._panel.choose(min(rows[0], left - 1))

    def _shift(self, step: int) -> None:
        rows = self._panel.chosen()
        if not rows:
            return
        to = rows[0] - 1 if step < 0 else rows[-1] + 2
        if 0 <= to <= len(self.project.data):
            self._move((rows, to))

    def _move(self, how: tuple[list[int], int]) -> None:
        rows, to = how
        if self._change("Move samples", lambda data: samples.move(data, rows, to)):
            first = to - sum(row < to for row in rows)
            self._panel.choose(*range(first, first + len(rows)))

    def _number(self, how: tuple[int, int, float, bool]) -> None:
        row, column, value, of_targets = how

        def make(data: Dataset) -> DataEdit:
            values = (data.targets if of_targets else data.inputs)[row].copy()
            values[column] = value
            change = samples.change_targets if of_targets else samples.change_inputs
            return change(data, row, values)

        self._change("Edit sample", make)

    def _paint(self, points: np.ndarray) -> None:
        number = self._panel.classes.chosen()

        def make(data: Dataset) -> DataEdit:
            target = samples.class_target(data, number)
            return samples.add_samples(data, points, np.tile(target, (len(points), 1)))

        self._change("Paint samples", make)

    def _variants(self, how: tuple[int, float, int, float]) -> None:
        count, flip, shift, noise = how
        rows = self._panel.chosen() or list(range(len(self.project.data)))
        # Other variants each time, the same ones after undo and redo.
        seed = (self.project.training.seed + len(self.project.data)) % _SEEDS
        self._change(
            "Add variants",
            lambda data: samples.noisy_variants(data, rows, count, flip, shift, noise, seed),
        )

    # Classes

    def _rename_class(self, how: tuple[int, str]) -> None:
        number, name = how
        self._change("Rename class", lambda data: samples.rename_class(data, number, name))

    def _add_class(self, _: object) -> None:
        names = self.project.data.class_names
        number = len(names) + 1 - int("0" in names)
        while str(number) in names:
            number += 1
        if self._session.edit("Add class", lambda: add_class(self.project, str(number))):
            self._panel.classes.choose(len(names))

    def _remove_class(self, number: int) -> None:
        self._carry("Remove class", lambda: remove_class(self.project, number))

    def draw_parts(self) -> None:
        """Let chance say which samples train, no longer the data."""
        self._change("Draw the parts by chance", samples.forget_parts)

    # The grid

    def set_order(self, order: str) -> None:
        """Unpack pictures "column" by column or "row" by row; the weights move along."""
        text = "Unpack by rows" if order == "row" else "Unpack by columns"
        self._carry(text, lambda: change_order(self.project, "row" if order == "row" else "column"))

    def ask_grid(self) -> None:
        """Let the user say how large the grid is."""
        picture = self.project.data.picture
        if picture is None:
            self._session.refused.emit("The inputs of these data are no picture.")
            return
        dialog = GridDialog(picture.rows, picture.columns, self._window)
        if dialog.exec() == GridDialog.DialogCode.Accepted:
            self.set_grid(dialog.rows.value(), dialog.columns.value())

    def set_grid(self, rows: int, columns: int) -> None:
        """Draw on a grid of another size."""
        self._carry("Change grid", lambda: change_grid(self.project, rows, columns))

    def _carry(self, text: str, make: Callable[[], CarriedEdit]) -> None:
        try:
            edit = make()
        except ProjectError as problem:
            self._session.refused.emit(str(problem))
            return
        session = self._session
        session.undo_stack.push(
            CarryWeights(text, self.project, edit, session.send, session.show_changed)
        )
