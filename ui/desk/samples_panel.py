"""The data desk: all samples as tiles, as a table or in the plane, and what to do with them."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from simulator.snapshot import Snapshot
from simulator.trace import PhaseKind
from ui.desk.class_list import ClassList
from ui.desk.icon_buttons import IconButtons
from ui.desk.plane import CHOOSE, ERASE, PAINT, Plane
from ui.desk.questions import Questions
from ui.desk.sample_model import SampleModel
from ui.desk.tiles import TileView
from ui.desk.variants_form import VariantsForm
from ui.panels.panel import Panel, TextLine
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.segmented import SegmentedControl

TILES, TABLE, PLANE = range(3)


class SamplesPanel(Panel):
    """Shows the samples; what is to be done with them it only asks for.

    Signals
    -------
    sample_chosen(int) : this sample is to be on the canvas.
    edit_wanted(str, object) : what to do, by name, and with what: see :class:`~ui.desk.desk.Desk`.
    evaluation_wanted(str) : the part whose newest evaluation is wanted, "" for none.
    """

    panel_id: ClassVar[str] = "samples"
    title: ClassVar[str] = "Samples"
    phases: ClassVar[frozenset[PhaseKind]] = frozenset()

    sample_chosen = Signal(int)
    edit_wanted = Signal(str, object)
    evaluation_wanted = Signal(str)

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(selection, theme, parent)
        self._buttons = IconButtons(self.header)
        self._restoring = False
        self._remembered: list[int] = []
        self.model = SampleModel()
        self._questions = Questions(self)
        self._questions.wanted.connect(self.evaluation_wanted)
        self._build_header()
        self._build_body()
        self._connect()
        self._restyle()

    def _build_header(self) -> None:
        self.header.setSpacing(2)
        self.add_button = self._buttons.add("list-plus", "Add the drawing (Ctrl+Return)")
        self.put_back_button = self._buttons.add("replace", "Put the drawing back into its sample")
        self.copy_button = self._buttons.add("copy", "Duplicate")
        self.delete_button = self._buttons.add("trash-2", "Delete (Delete)")
        self.label_button = self._buttons.add("tag", "Give another class (or press its key)")
        self.earlier_button = self._buttons.add("arrow-left", "Earlier (Alt+Left)")
        self.later_button = self._buttons.add("arrow-right", "Later (Alt+Right)")
        self.variants_button = self._buttons.add("sparkles", "Make noisy variants")
        self.wrong_button = self._buttons.add("funnel", "Only those the network gets wrong now")
        self.wrong_button.setCheckable(True)
        self.views = SegmentedControl(["Tiles", "Table", "Plane"])
        self.views.setAccessibleName("How the samples are shown")
        self.tools: dict[str, QToolButton] = {}
        for name, image, text in (
            (CHOOSE, "circle-dot", "Choose a point"),
            (PAINT, "pencil", "Paint points of the chosen class"),
            (ERASE, "eraser", "Rub points out"),
        ):
            button = self._buttons.add(image, text)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            self.tools[name] = button
        self.tools[CHOOSE].setChecked(True)
        self.summary = TextLine("Samples", self.theme)
        self.summary.alignment = Qt.AlignmentFlag.AlignRight
        self.header.addWidget(self.summary, 1)
        self.header.addSpacing(6)
        self.header.addWidget(self.views)
        self.variants = VariantsForm()
        self._variants_menu = QMenu(self)
        holder = QWidgetAction(self._variants_menu)
        holder.setDefaultWidget(self.variants)
        self._variants_menu.addAction(holder)
        self.class_menu = QMenu(self)

    def _build_body(self) -> None:
        self.tiles = TileView(self.model, self.theme)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setSelectionModel(self.tiles.selectionModel())
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAccessibleName("Samples as a table")
        self.table.verticalHeader().hide()
        self.table.setAlternatingRowColors(True)
        self.table.setFrameShape(QTableView.Shape.NoFrame)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.plane = Plane(self.model, self.theme)
        self.stack = QStackedWidget()
        for view in (self.tiles, self.table, self.plane):
            self.stack.addWidget(view)
        self.classes = ClassList(self.theme)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.stack)
        split.addWidget(self.classes)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setSizes([400, 120])
        split.setChildrenCollapsible(False)
        self.body.addWidget(split)

    def _connect(self) -> None:
        for button, what in (
            (self.copy_button, self._on_copy),
            (self.delete_button, self._on_delete),
            (self.label_button, self._on_label),
            (self.earlier_button, self._on_earlier),
            (self.later_button, self._on_later),
            (self.variants_button, self._on_variants),
            (self.add_button, self._on_add),
            (self.put_back_button, self._on_put_back),
        ):
            button.clicked.connect(what)
        for tool in self.tools.values():
            tool.clicked.connect(self._on_tool)
        self.wrong_button.toggled.connect(self._on_filter)
        self.views.currentChanged.connect(self._on_view)
        self.variants.wanted.connect(self._on_variants_wanted)
        self.class_menu.triggered.connect(self._on_class_menu)
        self.tiles.selectionModel().selectionChanged.connect(self._on_chosen)
        self.tiles.key_pressed.connect(self._on_key)
        for view in (self.tiles, self.table):
            for key, slot in (
                ("Delete", self._on_delete),
                ("Alt+Left", self._on_earlier),
                ("Alt+Right", self._on_later),
            ):
                shortcut = QShortcut(QKeySequence(key), view)
                shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(slot)
        self.model.modelAboutToBeReset.connect(self._remember)
        self.model.modelReset.connect(self._recall)
        self.model.moved.connect(self._on_moved)
        self.model.number_edited.connect(self._on_number)
        self.plane.chosen.connect(self.choose)
        self.plane.painted.connect(self._on_painted)
        self.plane.erased.connect(self._on_erased)
        self.classes.list.currentRowChanged.connect(self._on_class)
        self.classes.renamed.connect(self._on_renamed)
        self.classes.add_wanted.connect(self._on_add_class)
        self.classes.remove_wanted.connect(self._on_remove_class)

    # What is shown

    def _on_project(self) -> None:
        project = self.project
        assert project is not None
        data = project.data
        self.model.show_project(project)
        self._questions.show_project(project)
        classes = data.target_classes
        names = data.class_names
        counts = [] if classes is None else np.bincount(classes, minlength=len(names)).tolist()
        self.classes.set_classes(names, counts, len(names) > 2 and data.n_outputs > 1)
        self.classes.setVisible(bool(names))
        plane = data.n_inputs == 2 and classes is not None
        self.views.buttons()[PLANE].setVisible(plane)
        if not plane and self.views.current() == PLANE:
            self.views.set_current(TILES)
        self._show_view()
        self.label_button.setEnabled(bool(names))
        self.wrong_button.setEnabled(bool(names))
        self._show_summary()

    def _show(self, snapshot: Snapshot) -> None:
        if snapshot.project is not None and snapshot.project.data is not self.model.data_set:
            return
        self._questions.take(snapshot)
        evaluation = snapshot.evaluation
        if evaluation is None:
            return
        if self.model.show_evaluation(evaluation):
            self._show_summary()
            self.plane.update()

    def _show_summary(self) -> None:
        total, shown = len(self.model.data_set), len(self.model.rows)
        known = self.model.says >= 0
        texts = [f"{total:,} samples"]
        if known.any():
            texts.append(f"{int(self.model.wrong.sum()):,} wrong")
        if shown != total:
            texts.append(f"{shown:,} shown")
        self.summary.show_text(" · ".join(texts), " · ".join(texts[:2]), texts[-1])

    def chosen(self) -> list[int]:
        """The chosen samples, ascending."""
        rows = {index.row() for index in self.tiles.selectionModel().selectedIndexes()}
        return [int(self.model.rows[row]) for row in sorted(rows)]

    def choose(self, *samples: int) -> None:
        """Choose these samples; the first one goes on the canvas."""
        places = [self.model.place_of(sample) for sample in samples]
        selection = QItemSelection()
        for place in places:
            if place is not None:
                index = self.model.index(place, 0)
                selection.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        model = self.tiles.selectionModel()
        model.select(selection, flags.ClearAndSelect | flags.Rows)
        if places and places[0] is not None:
            first = self.model.index(places[0], 0)
            model.setCurrentIndex(first, flags.NoUpdate)
            self.tiles.scrollTo(first)

    def show_plane(self) -> None:
        """Show samples of two inputs as points, to be painted."""
        self.views.set_current(PLANE)
        self._show_view()
        self.tools[PAINT].click()

    def show_current(self, sample: int | None, came_from: int | None) -> None:
        """Mark the sample on the canvas; ``came_from`` is the one a drawing was begun from."""
        self.plane.set_current(sample)
        self.put_back_button.setEnabled(came_from is not None and sample is None)
        if came_from is not None:
            self.put_back_button.setToolTip(f"Put the drawing back into sample {came_from + 1:,}")
        if sample is not None and sample not in self.chosen():
            self._restoring = True
            self.choose(sample)
            self._restoring = False

    # Answers of the network

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what the network says."""
        super().showEvent(event)
        self._questions.set_open(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask for nothing any more."""
        super().hideEvent(event)
        self._questions.set_open(False)

    def on_seen(self, seen: bool) -> None:
        """Ask only while in front of the other panels of the dock."""
        self._questions.set_open(seen)

    # What is asked for

    def _on_chosen(self) -> None:
        chosen = self.chosen()
        if len(chosen) == 1 and not self._restoring:
            self.sample_chosen.emit(chosen[0])
        for button in (self.copy_button, self.delete_button):
            button.setEnabled(bool(chosen))

    def _remember(self) -> None:
        self._remembered = self.chosen()

    def _recall(self) -> None:
        self._restoring = True
        self.choose(*(own for own in self._remembered if own < len(self.model.data_set)))
        self._restoring = False
        self._show_summary()

    def _on_key(self, text: str) -> None:
        names = self.model.data_set.class_names
        starting = [place for place, name in enumerate(names) if name.lower().startswith(text)]
        exact = [place for place, name in enumerate(names) if name.lower() == text.lower()]
        number = (exact or starting or [-1])[0]
        if number >= 0 and self.chosen():
            self.edit_wanted.emit("relabel", number)

    def _on_add(self) -> None:
        self.ask_class("add")

    def ask_class(self, what: str, at: QWidget | None = None) -> None:
        """Let the user say which class: "add" the drawing as it, or "relabel" samples.

        The menu opens below ``at``, or below the button of the panel.
        """
        names = self.model.data_set.class_names
        if not names:
            self.edit_wanted.emit(what, None)
            return
        self.class_menu.clear()
        for number, name in enumerate(names):
            # The first letter of a class is its key.
            action = self.class_menu.addAction("&" + name.replace("&", "&&"))
            action.setData((what, number))
        button = at or (self.add_button if what == "add" else self.label_button)
        self.class_menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        self.class_menu.setActiveAction(self.class_menu.actions()[self.classes.chosen()])

    def _on_class_menu(self, action: object) -> None:
        what, number = action.data()
        self.classes.choose(number)
        self.edit_wanted.emit(what, number)

    def _on_label(self) -> None:
        self.ask_class("relabel")

    def _on_put_back(self) -> None:
        self.edit_wanted.emit("put_back", None)

    def _on_copy(self) -> None:
        self.edit_wanted.emit("duplicate", None)

    def _on_delete(self) -> None:
        self.edit_wanted.emit("delete", None)

    def _on_earlier(self) -> None:
        self.edit_wanted.emit("shift", -1)

    def _on_later(self) -> None:
        self.edit_wanted.emit("shift", 1)

    def _on_moved(self, samples: object, to: int) -> None:
        self.edit_wanted.emit("move", (samples, to))

    def _on_number(self, sample: int, column: int, value: float, of_targets: bool) -> None:
        self.edit_wanted.emit("number", (sample, column, value, of_targets))

    def _on_painted(self, points: object) -> None:
        self.edit_wanted.emit("paint", points)

    def _on_erased(self, samples: object) -> None:
        self.edit_wanted.emit("erase", samples)

    def _on_renamed(self, number: int, name: str) -> None:
        self.edit_wanted.emit("rename_class", (number, name))

    def _on_add_class(self) -> None:
        self.edit_wanted.emit("add_class", None)

    def _on_remove_class(self, number: int) -> None:
        self.edit_wanted.emit("remove_class", number)

    def _on_variants(self) -> None:
        held_out = bool(self.model.parts.any())
        self.variants.show_data(self.model.data_set, len(self.chosen()), held_out)
        button = self.variants_button
        self._variants_menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _on_variants_wanted(self) -> None:
        self._variants_menu.close()
        self.edit_wanted.emit("variants", self.variants.numbers(self.model.data_set))

    def _on_filter(self, wrong_only: bool) -> None:
        self.model.set_filter("", wrong_only)
        self._show_summary()

    def _on_class(self, number: int) -> None:
        self.plane.class_number = max(0, number)
        if self.views.current() == PLANE and self.plane.tool == CHOOSE:
            self.tools[PAINT].click()

    def _on_tool(self) -> None:
        self.plane.tool = next(name for name, own in self.tools.items() if own.isChecked())

    def _on_view(self, view: int) -> None:
        self._show_view()

    def _fit_columns(self) -> None:
        scale = current_scale()
        self.table.horizontalHeader().setDefaultSectionSize(round(64 * scale))
        for column, width in enumerate((64, 84, 104, 112)):
            self.table.setColumnWidth(column, round(width * scale))

    def _show_view(self) -> None:
        view = self.views.current()
        self.stack.setCurrentIndex(view)
        for button in self.tools.values():
            button.setVisible(view == PLANE)
        # A plane shows no order, and its tools need the room.
        for button in (self.earlier_button, self.later_button):
            button.setVisible(view != PLANE)

    def _restyle(self) -> None:
        self._buttons.apply_theme(self.theme)
        self.summary.apply_theme(self.theme)
        self.model.theme = self.theme
        for view in (self.tiles, self.plane, self.classes):
            view.apply_theme(self.theme)
        self._fit_columns()
