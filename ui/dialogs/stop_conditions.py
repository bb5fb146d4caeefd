"""Asks what a run is to go to, and keeps the list of what runs pause at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from simulator.condition import Condition
from simulator.project import ProjectError
from ui.dialogs.condition_form import ConditionForm
from ui.dialogs.parts import column_of, muted_label
from ui.session import Session
from ui.theme import GRID
from ui.widgets.labels import EmptyHint


class RunToDialog(QDialog):
    """Asks what to run to; :meth:`condition` is the answer."""

    def __init__(self, session: Session, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Run to")
        self.setMinimumWidth(380)
        self.form = ConditionForm(session.project)
        self.form.select(kind, session.selection.layer, session.selection.neuron)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.run_button = buttons.addButton("Run", QDialogButtonBox.ButtonRole.AcceptRole)
        self.run_button.setProperty("role", "primary")
        self.run_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = column_of(self, 2 * GRID)
        column.addWidget(self.form)
        column.addWidget(buttons)

    def condition(self) -> Condition:
        """What to run to."""
        return self.form.condition()


class BreakpointsDialog(QDialog):
    """The list of breakpoints, to add to, switch and remove; a change takes effect at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Breakpoints")
        self.setMinimumSize(440, 400)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        about = muted_label("A run pauses at the iteration at which one of these begins to hold.")
        self.list = QListWidget()
        self.list.setAccessibleName("Breakpoints")
        self.empty = EmptyHint("None yet. Choose a condition below and press Add.")
        self.form = ConditionForm(session.project)
        self.form.select("loss", session.selection.layer, session.selection.neuron)
        self.add_button, self.remove_button = QPushButton("Add"), QPushButton("Remove")
        self.problem = QLabel("")
        self.problem.setWordWrap(True)
        self.problem.hide()
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = column_of(self, GRID)
        column.addWidget(about)
        for widget in (self.list, self.empty):
            column.addWidget(widget, 1)
        for widget in (self.form, self.problem):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(buttons)
        for condition, on in session.time.breakpoints:
            self._append(condition, on)
        self.add_button.clicked.connect(self._on_add)
        self.remove_button.clicked.connect(self._on_remove)
        self.list.itemChanged.connect(self._send)
        self._show_empty()

    def _append(self, condition: Condition, on: bool) -> None:
        text = condition.text[0].upper() + condition.text[1:]
        if not condition.fits(self._session.project):
            text += " (waits: not in this network)"
        item = QListWidgetItem(text)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setData(Qt.ItemDataRole.UserRole, condition)
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    def _on_add(self) -> None:
        condition = self.form.condition()
        try:
            condition.check(self._session.project)
        except ProjectError as problem:
            self.problem.setText(str(problem))
            self.problem.show()
            return
        self.problem.hide()
        if condition not in [own for own, _ in self._session.time.breakpoints]:
            self._append(condition, True)
            self._send()

    def _on_remove(self) -> None:
        rows = [self.list.currentRow()] if self.list.currentRow() >= 0 else []
        for row in rows:
            self.list.takeItem(row)
        self._send()

    def _send(self) -> None:
        items = [self.list.item(row) for row in range(self.list.count())]
        self._session.time.set_breakpoints(
            tuple(
                (
                    item.data(Qt.ItemDataRole.UserRole),
                    item.checkState() is Qt.CheckState.Checked,
                )
                for item in items
            )
        )
        self._show_empty()

    def _show_empty(self) -> None:
        self.empty.setVisible(self.list.count() == 0)
        self.list.setVisible(self.list.count() > 0)
        self.remove_button.setEnabled(self.list.count() > 0)
