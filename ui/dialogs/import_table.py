"""The page of a table that is to be imported: how it is written, its columns, its first rows."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from simulator.data.readers import Table, TableFormat
from simulator.data.readers.encodings import ENCODINGS
from simulator.data.readers.table_format import DELIMITERS
from simulator.data.table_import import MISSING, Kind, Role, TableChoices
from ui.dialogs.import_models import NAME, ColumnsModel, RowsModel
from ui.dialogs.tables import NumberTable, numbers_width, words_width
from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.card import Card
from ui.widgets.segmented import SegmentedControl

ROLES: tuple[Role, ...] = ("input", "target", "part", "out")
KINDS: tuple[Kind, ...] = ("number", "class")


class TablePage(QWidget):
    """Shows a table and takes the choices.

    Signals
    -------
    format_changed(TableFormat) : the table must be read again in this way.
    choices_changed(TableChoices) : other columns, or another way with missing values.
    """

    format_changed = Signal(object)
    choices_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._choices: TableChoices | None = None
        self._wanted = TableFormat()
        self.columns_model, self.rows_model = ColumnsModel(theme, self), RowsModel(theme, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(self._format_controls())
        parts = QSplitter()
        parts.addWidget(self._columns_card())
        parts.addWidget(self._rows_card())
        parts.setSizes([340, 480])
        parts.setChildrenCollapsible(False)
        column.addWidget(parts, 1)
        self._connect()

    def _format_controls(self) -> QGridLayout:
        self.delimiter = _choice("Cells are parted by", DELIMITERS)
        self.decimal = _choice("Decimal sign", {False: "point", True: "comma"})
        self.encoding = _choice("Encoding", ENCODINGS)
        self.missing = _choice("Missing values", MISSING)
        self.header = QCheckBox("Row 1 has the names")
        self.thousands = QCheckBox("Thousands separators")
        self.thousands.setToolTip("Read 1,000 (or 1.000 with a decimal comma) as one thousand")
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID + 4)
        grid.setVerticalSpacing(2)
        boxes = (self.delimiter, self.decimal, self.encoding, self.missing)
        for place, box in enumerate(boxes):
            label = QLabel(box.accessibleName())
            label.setProperty("role", "caption")
            label.setBuddy(box)
            grid.addWidget(label, 0, place)
            grid.addWidget(box, 1, place)
            grid.setColumnStretch(place, 1)
        grid.addWidget(self.header, 0, len(boxes))
        grid.addWidget(self.thousands, 1, len(boxes))
        return grid

    def _columns_card(self) -> Card:
        card = Card("Columns")
        self.columns = NumberTable(self.columns_model)
        self.columns.setAccessibleName("Columns of the table and what they are used as")
        texts = ("petal width (cm)", "left out", "numbers")
        self.columns.set_widths([words_width(text) for text in texts], NAME)
        self.columns.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.use = SegmentedControl(["Input", "Target", "Part", "Leave out"])
        self.use.setAccessibleName("Use the selected columns as")
        self.use.buttons()[ROLES.index("part")].setToolTip(
            "Its cells say train, val or test: the samples are parted so, not by chance"
        )
        self.kind = SegmentedControl(["Numbers", "Classes"])
        self.kind.setAccessibleName("Values of the selected columns")
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self.use)
        line.addWidget(self.kind)
        line.addStretch(1)
        card.body.addWidget(self.columns, 1)
        card.body.addLayout(line)
        card.setMinimumWidth(round(460 * current_scale()))
        return card

    def _rows_card(self) -> Card:
        self.rows_card = Card("Preview")
        self.rows = NumberTable(self.rows_model)
        self.rows.setAccessibleName("First rows of the table")
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.rows.verticalHeader().show()
        self.rows.horizontalHeader().setSectionsClickable(True)
        self.rows_card.body.addWidget(self.rows, 1)
        return self.rows_card

    def _connect(self) -> None:
        self.delimiter.activated.connect(self._on_delimiter)
        self.decimal.activated.connect(self._on_decimal)
        self.encoding.activated.connect(self._on_encoding)
        self.header.clicked.connect(self._on_header)
        self.thousands.clicked.connect(self._on_thousands)
        self.missing.activated.connect(self._on_missing)
        self.use.currentChanged.connect(self._on_use)
        self.kind.currentChanged.connect(self._on_kind)
        self.columns.selectionModel().selectionChanged.connect(self._show_selected)
        self.rows.horizontalHeader().sectionClicked.connect(self.columns.selectRow)

    # Showing

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        for model in (self.columns_model, self.rows_model):
            model.theme = theme
        for table in (self.columns, self.rows):
            table.viewport().update()

    def show_table(self, table: Table, choices: TableChoices) -> None:
        """Show a table that was read, and what is guessed about it."""
        self._table, self._choices = table, choices
        self.columns_model.show(table, choices)
        self.rows_model.show(table, choices)
        self._show_format(table.format)
        self.missing.setCurrentIndex(self.missing.findData(choices.missing))
        shown, rows = len(table.head), len(table)
        self.rows_card.set_caption(f"first {shown:,} of {rows:,} rows" if rows > shown else "")
        most = numbers_width(18)
        self.rows.set_widths([min(most, self._width(place)) for place in self._places()], -1)
        target = choices.roles.index("target") if "target" in choices.roles else 0
        self.columns.selectRow(target)
        self._show_selected()

    def show_nothing(self, form: TableFormat) -> None:
        """Show that a table could not be read in this way."""
        self._table = self._choices = None
        self.columns_model.show(None, None)
        self.rows_model.show(None, None)
        self.rows_card.set_caption("")
        self._show_format(form)
        self._show_selected()

    def _show_format(self, form: TableFormat) -> None:
        for box, value in (
            (self.delimiter, form.delimiter or ","),
            (self.decimal, bool(form.comma)),
            (self.encoding, form.encoding or "utf-8"),
        ):
            box.setCurrentIndex(box.findData(value))
        self.header.setChecked(form.header is not False)
        self.thousands.setChecked(bool(form.thousands))

    def _places(self) -> range:
        return range(self.rows_model.columnCount())

    def _width(self, place: int) -> int:
        assert self._table is not None
        longest = max((len(row[place]) for row in self._table.head[:20]), default=0)
        name = words_width(self._table.columns[place].name, heading=True)
        return max(numbers_width(max(4, longest)), name)

    def _selected(self) -> list[int]:
        return [index.row() for index in self.columns.selectionModel().selectedRows()]

    def _show_selected(self) -> None:
        """Let the two switches show what the selected column is used as."""
        selected = self._selected()
        for control in (self.use, self.kind):
            control.setEnabled(bool(selected))
        if selected and self._choices is not None:
            self.use.set_current(ROLES.index(self._choices.roles[selected[0]]))
            self.kind.setEnabled(self._choices.roles[selected[0]] != "part")
            self.kind.set_current(KINDS.index(self._choices.kinds[selected[0]]))
            self.rows.scrollTo(self.rows_model.index(0, selected[0]))

    # Choosing

    def forget_format(self) -> None:
        """Guess everything anew: another table comes."""
        self._wanted = TableFormat()

    def _on_delimiter(self) -> None:
        self._want(replace(self._wanted, delimiter=self.delimiter.currentData()))

    def _on_decimal(self) -> None:
        self._want(replace(self._wanted, comma=self.decimal.currentData()))

    def _on_encoding(self) -> None:
        self._want(replace(self._wanted, encoding=self.encoding.currentData()))

    def _on_header(self) -> None:
        self._want(replace(self._wanted, header=self.header.isChecked()))

    def _on_thousands(self) -> None:
        self._want(replace(self._wanted, thousands=self.thousands.isChecked()))

    def _want(self, form: TableFormat) -> None:
        """What the user did not choose stays guessed, also behind another choice."""
        self._wanted = form
        self.format_changed.emit(form)

    def _on_missing(self) -> None:
        if self._choices is not None:
            self._choose(replace(self._choices, missing=self.missing.currentData()))

    def _on_use(self, index: int) -> None:
        self._change(role=ROLES[index])

    def _on_kind(self, index: int) -> None:
        self._change(kind=KINDS[index])

    def _change(self, role: Role | None = None, kind: Kind | None = None) -> None:
        if self._choices is None or self._table is None:
            return
        choices = self._choices
        for place in self._selected():
            own = self._table.columns[place]
            new_kind = kind or choices.kinds[place]
            if role == "target" and (own.kind in ("class", "text") or own.looks_like_classes):
                new_kind = "class"
            choices = choices.with_column(place, role or choices.roles[place], new_kind)
        if role == "target":
            choices = self._one_kind_of_target(choices, self._selected())
        if role == "part":
            choices = self._one_part(choices, self._selected()[-1])
        # The picture was guessed from the inputs there were.
        self._choose(replace(choices, grid=None) if role is not None else choices)

    def _one_part(self, choices: TableChoices, chosen: int) -> TableChoices:
        """One column can say the part of each row."""
        for place, role in enumerate(choices.roles):
            if role == "part" and place != chosen:
                choices = choices.with_column(place, "out", choices.kinds[place])
        return choices

    def _one_kind_of_target(self, choices: TableChoices, chosen: list[int]) -> TableChoices:
        """Several numbers can be predicted at once, but only one column of classes."""
        kinds = {choices.kinds[place] for place in chosen}
        for place, role in enumerate(choices.roles):
            alike = kinds == {"number"} and choices.kinds[place] == "number"
            if role == "target" and place not in chosen and not alike:
                choices = choices.with_column(place, "input", choices.kinds[place])
        return choices

    def _choose(self, choices: TableChoices) -> None:
        self._choices = choices
        self.columns_model.set_choices(choices)
        self.rows_model.set_choices(choices)
        self._show_selected()
        self.choices_changed.emit(choices)


def _choice(name: str, options: dict[object, str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, text in options.items():
        box.addItem(text[0].upper() + text[1:], value)
    return box
