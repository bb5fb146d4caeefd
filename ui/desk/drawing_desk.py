"""What belongs to the canvas besides drawing: undo, the unpacked picture, what a stroke changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from simulator.snapshot import Snapshot
from ui.canvas.changed_most import ChangeFollower, NeuronChange
from ui.canvas.data_card import DataCard
from ui.canvas.drawing_command import ChangeDrawing, Drawing
from ui.canvas.unpack_dialog import UnpackDialog
from ui.session import Session
from ui.theme import LIGHT, Theme


class DrawingDesk(QObject):
    """Stands between the canvas and the session.

    Signals
    -------
    changed_most(object) : the :class:`~ui.canvas.changed_most.NeuronChange` of the last stroke, or
        None.
    order_wanted(str) : pictures are to be unpacked "column" by column or "row" by row.
    """

    changed_most = Signal(object)
    order_wanted = Signal(str)

    def __init__(self, session: Session, card: DataCard, animate: QAction, parent: QWidget) -> None:
        """``animate`` is checked while things may move."""
        super().__init__(parent)
        self._animate = animate
        self._session, self._card, self._parent = session, card, parent
        self._theme = LIGHT
        self._follower = ChangeFollower()
        self._change: NeuronChange | None = None
        self._dialog: UnpackDialog | None = None
        card.drawing_begun.connect(self._on_begun)
        card.drawn.connect(self._on_drawn)
        card.drawing_changed.connect(self._on_drawing_changed)
        card.tools.unpack_wanted.connect(self.show_unpacking)
        session.snapshot_changed.connect(self._on_snapshot)
        session.project_changed.connect(self._on_project)

    def apply_theme(self, theme: Theme) -> None:
        """Recolour what is open."""
        self._theme = theme
        if self._dialog is not None:
            self._dialog.apply_theme(theme)

    # Undo

    def _on_drawing_changed(self, text: str, before: Drawing, after: Drawing) -> None:
        self._session.undo_stack.push(ChangeDrawing(text, before, after, self._card.show_drawing))

    # What a stroke changed

    def _on_begun(self) -> None:
        self._follower.begin()

    def _on_drawn(self, values: object) -> None:
        if self._card.sample is None:
            self._follower.drawn()
        else:
            self._follower.forget()
            self._tell(None)
        if self._dialog is not None and self._dialog.isVisible():
            self._show_in_dialog()

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self._follower.show_snapshot(snapshot):
            self._tell(self._follower.change)

    def _tell(self, change: NeuronChange | None) -> None:
        if change != self._change:
            self._change = change
            self.changed_most.emit(change)

    # Unpacking

    def show_unpacking(self) -> None:
        """Show how the drawing becomes the input vector, from the first pixel on."""
        if self._session.project.data.picture is None:
            self._session.refused.emit("The inputs of these data are no picture.")
            return
        if self._dialog is None:
            self._dialog = UnpackDialog(self._theme, self._parent)
            self._dialog.order_wanted.connect(self.order_wanted)
        self._show_in_dialog()
        self._dialog.view.animated = self._animate.isChecked()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.play()

    @property
    def dialog(self) -> UnpackDialog | None:
        """The window that shows the unpacking, once it was open."""
        return self._dialog

    def _show_in_dialog(self) -> None:
        picture = self._session.project.data.picture
        drawing = self._card.drawing()
        if self._dialog is not None and picture is not None and drawing.ndim == 2:
            self._dialog.show_picture(picture, drawing)

    def _on_project(self, project: object) -> None:
        self._follower.forget()
        self._tell(None)
        if self._dialog is None or not self._dialog.isVisible():
            return
        if self._session.project.data.picture is None:
            self._dialog.close()
        else:
            self._show_in_dialog()
