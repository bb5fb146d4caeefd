"""The foot of the window: the record as a line, where one is in it, and what is marked on it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QCursor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.actions import Actions
from ui.resources import icon
from ui.theme import GRID, Theme
from ui.time_travel import TimeTravel
from ui.transport.name_dialog import ask_name
from ui.transport.timeline_menu import fill_marks_menu
from ui.transport.timeline_track import HEIGHT, TimelineTrack

_STEP = 40
_LEAST_WORDS = 220


class TimelineBar(QWidget):
    """The track, epoch and iteration in words, the way back to the newest, and the marks."""

    def __init__(
        self, time: TimeTravel, actions: Actions, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._time, self._theme = time, theme
        self._project: Project | None = None
        self._snapshot: Snapshot | None = None
        self.track = TimelineTrack(theme)
        self.words = QLabel("")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.words.setFixedWidth(_LEAST_WORDS)
        self.newest = QToolButton()
        self.newest.setDefaultAction(actions["newest"])
        self.newest.setObjectName("newest_button")
        self.marks = QToolButton()
        self.marks.setObjectName("marks_button")
        self.marks.setToolTip("Bookmarks and branches")
        self.marks.setAccessibleName("Bookmarks and branches")
        self.marks.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self)
        self.marks.setMenu(self.menu)
        self._bookmark_action = actions["bookmark"]
        self._popup = QMenu(self)
        for menu in (self.menu, self._popup):
            menu.triggered.connect(self._on_chosen)
        self.menu.aboutToShow.connect(self._fill)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress of training")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.track, 1)
        layout.addWidget(self.words)
        for button in (self.newest, self.marks):
            button.setAutoRaise(True)
            button.setIconSize(QSize(16, 16))
            button.setFixedSize(28, 28)
            layout.addWidget(button)
        self.track.sought.connect(self._on_sought)
        self.track.bookmark_chosen.connect(self._go_to_bookmark)
        self.track.marks_wanted.connect(self._on_marks_wanted)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        self.marks.setIcon(icon("bookmark", theme))
        self.track.apply_theme(theme)
        self.update()

    def show_project(self, project: Project) -> None:
        """Take over how many iterations an epoch has."""
        self._project = project
        self.track.set_iterations_per_epoch(project.iterations_per_epoch)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Move on to the moment on show."""
        self._snapshot = snapshot
        self.track.show_snapshot(snapshot)
        text = self.status_text()
        if text == self.words.text():
            return
        self.words.setText(text)
        self.track.setAccessibleDescription(text)
        self.setAccessibleDescription(text)
        # The room grows in steps, so that the track does not jump with each digit.
        # Measured by the font: the size hint of a label of fixed width is that width.
        needed = self.words.fontMetrics().horizontalAdvance(text) + GRID
        room = max(_LEAST_WORDS, _STEP * (needed // _STEP + 1))
        if room > self.words.width() or room < self.words.width() - 2 * _STEP:
            self.words.setFixedWidth(room)

    def status_text(self) -> str:
        """Epoch, iteration, sample and speed in words."""
        snapshot, project = self._snapshot, self._project
        if snapshot is None or project is None:
            return ""
        trace = snapshot.trace
        epoch, iteration = snapshot.epoch, snapshot.iteration
        stepping = snapshot.cursor is not None and trace is not None
        if stepping:
            epoch, iteration = trace.epoch, trace.iteration
        text = f"epoch {epoch:,} · iteration {iteration:,}"
        if snapshot.state is RunState.RUNNING:
            rate = snapshot.updates_per_second
            return f"{text} · {rate:,.0f} updates/s" if rate else text
        if iteration < snapshot.timeline.end:
            text += f" of {snapshot.timeline.end:,}"
        if stepping:
            text += f" · {self._sample_text(snapshot, project)}"
        return text

    def _sample_text(self, snapshot: Snapshot, project: Project) -> str:
        assert snapshot.trace is not None
        samples, classes = snapshot.trace.samples, project.data.target_classes
        if len(samples) > 1:
            return f"sample {snapshot.row + 1:,} of {len(samples):,}"
        sample = int(samples[0])
        if classes is not None and sample < len(classes):
            return f"sample “{project.data.class_name(int(classes[sample]))}”"
        return f"sample {sample + 1}"

    def add_bookmark(self) -> None:
        """Ask for a name, and give it to the moment on show."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        suggestion = f"epoch {snapshot.epoch:,}, iteration {snapshot.iteration:,}"
        name = ask_name(self, "Add bookmark", "Name of this moment", suggestion)
        if name:
            self._time.add_bookmark(name)

    def _on_sought(self, iteration: int) -> None:
        self._time.seek(iteration)

    def _go_to_bookmark(self, index: int) -> None:
        if self._snapshot is not None and index < len(self._snapshot.timeline.bookmarks):
            bookmark = self._snapshot.timeline.bookmarks[index]
            self._time.seek(bookmark.iteration, bookmark.phase)

    def _fill(self) -> None:
        self.menu.clear()
        self.menu.addAction(self._bookmark_action)
        self.menu.addSeparator()
        if self._snapshot is not None:
            fill_marks_menu(self.menu, self._snapshot.timeline, None)

    def _on_marks_wanted(self, bookmark: int | None) -> None:
        """Ask what to do with a bookmark, or show all marks."""
        if self._snapshot is None:
            return
        self._popup.clear()
        if bookmark is None:
            self._popup.addAction(self._bookmark_action)
            self._popup.addSeparator()
        fill_marks_menu(self._popup, self._snapshot.timeline, bookmark)
        self._popup.popup(QCursor.pos())

    def _on_chosen(self, action: QAction) -> None:
        if not isinstance(action.data(), tuple | list):
            return
        verb, number, name = action.data()
        if verb == "go":
            self._go_to_bookmark(number)
        elif verb == "remove":
            self._time.remove_bookmark(number)
        elif verb == "switch":
            self._time.switch_branch(number)
        elif verb == "drop":
            self._time.drop_branch(number)
        elif verb in ("rename", "name"):
            what = "bookmark" if verb == "rename" else "branch"
            given = ask_name(self, f"Rename {what}", f"Name of this {what}", name)
            rename = self._time.rename_bookmark if verb == "rename" else self._time.rename_branch
            if given:
                rename(number, given)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("panel"))
        painter.setPen(self._theme.colour("line"))
        painter.drawLine(0, 0, self.width(), 0)
        painter.end()
