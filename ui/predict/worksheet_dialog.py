"""Makes a worksheet of the iteration on show: to print, as PDF, LaTeX or CSV."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QTextBrowser,
    QWidget,
)

from simulator.project import ProjectError
from simulator.whole_file import write_whole
from simulator.worksheet import Worksheet, csv_text, latex_text, make_worksheet
from ui.dialogs.parts import column_of
from ui.formula.moment import Moment
from ui.notation_choice import NotationChoice
from ui.predict.choice_form import ChoiceForm, usable
from ui.predict.hand_dialog import NOTHING
from ui.predict.printing import document_of, html_of, page_layout, pdf_of
from ui.style import current_scale
from ui.theme import GRID

ABOUT = "What is given, and every number of this iteration to calculate by hand."
KINDS = {
    "PDF": ("PDF (*.pdf)", ".pdf"),
    "LaTeX": ("LaTeX (*.tex)", ".tex"),
    "CSV": ("Tables (*.csv)", ".csv"),
}
SIZE = (760, 700)


class WorksheetDialog(QDialog):
    """Shows the page as it is printed; stays with the iteration it was opened with."""

    def __init__(
        self, moment: Moment, notation: NotationChoice, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Worksheet")
        self._moment, self._notation = moment, notation
        self.sheet: Worksheet | None = None
        self._build()
        self.form.changed.connect(self._refresh)
        self.answers.toggled.connect(self._refresh)
        self.digits.valueChanged.connect(self._refresh)
        notation.changed.connect(self._refresh)
        self.resize(*(round(current_scale() * length) for length in SIZE))

    def _build(self) -> None:
        about = QLabel(ABOUT)
        about.setProperty("role", "muted")
        self.form = ChoiceForm()
        self.answers = QCheckBox("With the answers")
        self.digits = QSpinBox()
        self.digits.setRange(1, 12)
        self.digits.setValue(4)
        self.digits.setAccessibleName("Digits behind the point")
        self.digits.setToolTip("Digits behind the point")
        label = QLabel("Digits")
        label.setBuddy(self.digits)
        self.page = QTextBrowser()
        self.page.setAccessibleName("The page as it is printed")
        self.page.document().setDocumentMargin(24)
        # Paper is white in the dark, too.
        self.page.setStyleSheet("QTextBrowser { background: #FFFFFF; color: #000000; }")
        self.message = QLabel()
        self.message.setObjectName("worksheet_message")
        self.message.setWordWrap(True)
        self.print_button = QPushButton("Print…")
        self.print_button.setProperty("role", "primary")
        self.save_buttons = {name: QPushButton(f"Save {name}…") for name in KINDS}
        self.close_button = QPushButton("Close")
        self.print_button.clicked.connect(self._on_print)
        for name, slot in (
            ("PDF", self._on_pdf),
            ("LaTeX", self._on_latex),
            ("CSV", self._on_csv),
        ):
            self.save_buttons[name].clicked.connect(slot)
        self.close_button.clicked.connect(self.reject)
        settings = QHBoxLayout()
        settings.addWidget(self.answers)
        settings.addStretch(1)
        settings.addWidget(label)
        settings.addWidget(self.digits)
        row = QHBoxLayout()
        for button in (*self.save_buttons.values(), self.print_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        column = column_of(self, GRID)
        column.addWidget(about)
        column.addWidget(self.form)
        column.addLayout(settings)
        column.addWidget(self.page, 1)
        column.addWidget(self.message)
        column.addLayout(row)

    # The sheet

    def take_iteration(self) -> None:
        """Make a sheet of the iteration on show."""
        moment = self._moment
        self._trace = moment.trace
        if self._trace is not None:
            self._project, self._row = moment.project, moment.row
            if not usable(self.form, self._trace, self._project):
                self.form.forget()
        self._refresh()

    def _refresh(self) -> None:
        self.sheet = None
        problem = NOTHING if self._trace is None else ""
        if self._trace is not None:
            selection = self._moment.selection
            at = None
            if selection.layer is not None and selection.neuron is not None:
                at = selection.layer, selection.neuron
            try:
                self.sheet = make_worksheet(
                    self._trace,
                    self._project,
                    self.form.choice(self._trace, self._project, self._row, at),
                    self._notation.notation,
                    self.answers.isChecked(),
                    self.digits.value(),
                )
            except ProjectError as refused:
                problem = str(refused)
        self._say(problem)
        self.page.setHtml("" if self.sheet is None else html_of(self.sheet))
        for button in (self.print_button, *self.save_buttons.values()):
            button.setEnabled(self.sheet is not None)

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    # Where it goes

    def _on_print(self) -> None:
        if self.sheet is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout())
        printer.setDocName(self.sheet.title)
        dialog = QPrintDialog(printer, self)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            document_of(self.sheet).print_(printer)

    def _on_pdf(self) -> None:
        if self.sheet is not None:
            self._save("PDF", pdf_of(self.sheet))

    def _on_latex(self) -> None:
        if self.sheet is not None:
            self._save("LaTeX", latex_text(self.sheet).encode("utf-8"))

    def _on_csv(self) -> None:
        if self.sheet is not None:
            # Spreadsheets know UTF-8 by its mark.
            self._save("CSV", csv_text(self.sheet).encode("utf-8-sig"))

    def _save(self, kind: str, content: bytes) -> None:
        kinds, suffix = KINDS[kind]
        name = f"worksheet{suffix}"
        chosen, _ = QFileDialog.getSaveFileName(self, f"Save {kind}", name, kinds)
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(suffix)
        try:
            write_whole(path, content)
        except ProjectError as problem:
            self._say(str(problem))
        else:
            self._say(f"“{path.name}” was saved.")
