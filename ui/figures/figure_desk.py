"""Answers “Save picture”, “Copy picture” and “Print”: which part, in which colours, into what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from simulator.project import ProjectError
from simulator.whole_file import write_whole
from ui.actions import Actions
from ui.figures.figure import image, pdf, png, print_on, svg
from ui.figures.figure_dialog import FigureDialog, Part
from ui.looks import Looks
from ui.panel_docks import PanelDocks
from ui.theme import DARK, LIGHT, Theme

COLOURS: dict[str, Theme | None] = {"screen": None, "light": LIGHT, "dark": DARK}


class FigureDesk(QObject):
    """Makes figures of the parts of one window.

    ``fixed`` are parts that are always there: their ids, names and widgets.
    """

    def __init__(
        self,
        fixed: tuple[Part, ...],
        docks: PanelDocks,
        looks: Looks,
        actions: Actions,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._fixed = fixed
        self._docks = docks
        self._looks = looks
        self._window = window
        self.dialog: FigureDialog | None = None
        for action_id, slot in (
            ("save_picture", self.show_dialog),
            ("copy_picture", self.copy_network),
            ("print_picture", self.print_network),
        ):
            actions.connect(action_id, slot)

    def parts(self) -> tuple[Part, ...]:
        """What a picture can be made of now: what is open in the window."""
        panels = tuple(
            Part(panel.panel_id, panel.title, panel)
            for panel in self._docks.panels
            if not self._docks.dock(panel.panel_id).isHidden()
        )
        return (*self._fixed, *panels)

    def show_dialog(self) -> None:
        """Ask what the picture is to show, and look at it."""
        dialog = FigureDialog(self.parts(), self._window)
        self.dialog = dialog
        dialog.save_wanted.connect(self._on_save)
        dialog.copy_wanted.connect(self._on_copy)
        dialog.print_wanted.connect(self._on_print)
        dialog.changed.connect(self._on_changed)
        dialog.destroyed.connect(self._on_closed)
        dialog.show()
        self._on_changed()

    def copy_network(self) -> None:
        """The network to the clipboard, twice as fine as on the screen."""
        self._copy(self._fixed[0], None, 2.0)

    def print_network(self) -> None:
        """The network on paper, in light colours."""
        self._print(self._fixed[0], LIGHT)

    def content(self, part: Part, suffix: str, theme: Theme | None, scale: float) -> bytes:
        """The bytes of a picture; ``suffix`` is .svg, .pdf or .png."""
        with self._on_show(part, theme) as widget:
            if suffix == ".svg":
                return svg(widget, part.name)
            if suffix == ".pdf":
                return pdf(widget, part.name)
            return png(widget, scale)

    @contextmanager
    def _on_show(self, part: Part, theme: Theme | None) -> Iterator[QWidget]:
        """The widget of a part, to be seen and in these colours for as long as it is painted."""
        if any(part.id == panel.panel_id for panel in self._docks.panels):
            # What lies behind another tab has not been drawn since.
            self._docks.dock(part.id).raise_()
            QGuiApplication.processEvents()
        before = self._looks.theme
        if theme is None or theme == before:
            yield part.widget
            return
        self._window.setUpdatesEnabled(False)
        try:
            self._looks.theme = theme
            self._looks.apply()
            yield part.widget
        finally:
            self._looks.theme = before
            self._looks.apply()
            self._window.setUpdatesEnabled(True)

    # Answering the dialog

    def _on_changed(self) -> None:
        dialog = self.dialog
        if dialog is not None:
            with self._on_show(dialog.part(), COLOURS[dialog.colours()]) as widget:
                dialog.show_preview(widget.grab().toImage())

    def _on_save(self, path: str) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        place = Path(path)
        content = self.content(
            dialog.part(), place.suffix.lower(), COLOURS[dialog.colours()], dialog.scale()
        )
        try:
            write_whole(place, content)
        except ProjectError as problem:
            dialog.say(str(problem))
        else:
            dialog.say(f"“{place.name}” was saved.")

    def _on_copy(self) -> None:
        dialog = self.dialog
        if dialog is not None:
            self._copy(dialog.part(), COLOURS[dialog.colours()], dialog.scale())
            dialog.say("The picture is on the clipboard.")

    def _copy(self, part: Part, theme: Theme | None, scale: float) -> None:
        data = QMimeData()
        with self._on_show(part, theme) as widget:
            data.setImageData(image(widget, scale))
            data.setData("image/svg+xml", svg(widget, part.name))
        QGuiApplication.clipboard().setMimeData(data)

    def _on_print(self) -> None:
        if self.dialog is not None:
            self._print(self.dialog.part(), COLOURS[self.dialog.colours()])

    def _print(self, part: Part, theme: Theme | None) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if part.widget.width() > part.widget.height():
            printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        printer.setDocName(f"Backlit: {part.name}")
        if QPrintDialog(printer, self._window).exec() == QDialog.DialogCode.Accepted:
            with self._on_show(part, theme) as widget:
                print_on(printer, widget)

    def _on_closed(self) -> None:
        self.dialog = None
