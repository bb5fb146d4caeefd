"""The panels as docks: tabbed, movable, closable; only visible ones are drawn."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QWidget
from shiboken6 import isValid

from simulator.project import Project
from simulator.snapshot import Snapshot
from simulator.trace import Phase
from ui.dock_title import DockTitle
from ui.panel_frame import framed
from ui.panels.panel import Panel
from ui.panels.registry import PANELS
from ui.selection import Selection
from ui.theme import Theme
from ui.writing import Writing

GROUPS = (
    ("loss",),
    ("weights", "activations", "gradients", "samples", "gradient_check"),
    ("deltas", "masks"),
)
"""Which panels share a place at first, from left to right."""
WIDTHS, NARROW_WIDTHS, NARROW = (380, 560, 440), (350, 350, 300), 1200
"""Of these places at first; the second in windows narrower than the third."""
HEIGHTS = ((860, 232), (740, 226), (0, 166))
"""Of the docks at first, by the least height of the window: the network and the samples to draw
come first on a small laptop or a projector."""


class PanelDocks(QObject):
    """Makes a dock for each registered panel and feeds the visible ones."""

    def __init__(self, window: QMainWindow, selection: Selection, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._latest: Snapshot | None = None
        self._followed: Phase | None = None
        self._bare = False
        window.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AllowNestedDocks
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._panels: dict[str, Panel] = {}
        self._docks: dict[str, QDockWidget] = {}
        self._titles: dict[str, DockTitle] = {}
        for panel_class in PANELS:
            panel = panel_class(selection, theme)
            dock = QDockWidget(panel_class.title, window)
            dock.setObjectName(f"dock_{panel_class.panel_id}")
            dock.setWidget(framed(panel))
            title = DockTitle(dock, theme)
            dock.setTitleBarWidget(title)
            dock.visibilityChanged.connect(self._on_visibility)
            dock.visibilityChanged.connect(panel.on_seen)
            dock.dockLocationChanged.connect(self._on_moved)
            dock.topLevelChanged.connect(self._on_moved)
            self._titles[panel_class.panel_id] = title
            window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
            self._panels[panel_class.panel_id] = panel
            self._docks[panel_class.panel_id] = dock

    def reset(self) -> None:
        """Put all docks where they are at first.

        The window must be on show: tabs made before leave stray tab bars behind.
        """
        placed = [name for group in GROUPS for name in group]
        left_over = [name for name in self._docks if name not in placed]
        groups = [*GROUPS[:-1], (*GROUPS[-1], *left_over)]
        for dock in self._docks.values():
            dock.setFloating(False)
            dock.show()
        firsts = [self._docks[group[0]] for group in groups]
        self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, firsts[0])
        for left, right in pairwise(firsts):
            self._window.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        for first, group in zip(firsts, groups, strict=True):
            for name in group[1:]:
                self._window.tabifyDockWidget(first, self._docks[name])
            first.raise_()
        widths = NARROW_WIDTHS if self._window.width() < NARROW else WIDTHS
        self._window.resizeDocks(firsts, list(widths), Qt.Orientation.Horizontal)
        self.set_height()

    def set_height(self) -> None:
        """Have the docks as high as at first."""
        firsts = [self._docks[group[0]] for group in GROUPS]
        height = next(high for least, high in HEIGHTS if self._window.height() >= least)
        self._window.resizeDocks(firsts, [height] * len(firsts), Qt.Orientation.Vertical)

    def toggle_actions(self) -> list[QAction]:
        """An action a panel that shows or hides it."""
        return [dock.toggleViewAction() for dock in self._docks.values()]

    def panel(self, panel_id: str) -> QWidget:
        """The panel of this id."""
        return self._panels[panel_id]

    def dock(self, panel_id: str) -> QDockWidget:
        """The dock of the panel of this id."""
        return self._docks[panel_id]

    def follow(self, phase: Phase | None) -> None:
        """Turn to the panel a phase belongs to, once a phase: the user may turn away again."""
        if phase == self._followed:
            return
        self._followed = phase
        for panel_id, panel in self._panels.items():
            if panel.concerns(phase) and not self._docks[panel_id].isHidden():
                self._docks[panel_id].raise_()
                return

    def show_project(self, project: Project) -> None:
        """Tell the panels what inputs and outputs are called."""
        data = project.data
        picture = None
        if data.picture is not None:
            picture = (data.picture.rows, data.picture.columns, data.picture.index)
        names = [data.class_name(n) for n in range(data.n_outputs)]
        for panel in self._panels.values():
            panel.set_context(picture, names)
            panel.show_project(project)

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this in all panels."""
        for panel in self._panels.values():
            panel.set_writing(writing)

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels."""
        return tuple(self._panels.values())

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand the snapshot to the panels that can be seen."""
        self._latest = snapshot
        for panel in self._panels.values():
            if _seen(panel):
                panel.show_snapshot(snapshot)

    def set_bare(self, bare: bool) -> None:
        """Without titles, where something else says which panel is on show."""
        self._bare = bare
        self._update_titles()

    def _on_moved(self) -> None:
        # Qt knows the new tab groups only after it has laid the window out.
        QTimer.singleShot(0, self, self._update_titles)

    def _update_titles(self) -> None:
        if not isValid(self._window):
            # It was closed since this was asked for.
            return
        for name, dock in self._docks.items():
            others = [d for d in self._window.tabifiedDockWidgets(dock) if not d.isHidden()]
            tabbed = bool(others) and not dock.isFloating()
            self._titles[name].set_tabbed(tabbed or self._bare)

    def _on_visibility(self, visible: bool) -> None:
        QTimer.singleShot(0, self, self._update_titles)
        if visible and self._latest is not None:
            for panel in self._panels.values():
                if _seen(panel):
                    panel.show_snapshot(self._latest)

    def apply_theme(self, theme: Theme) -> None:
        """Recolour all panels."""
        for panel in self._panels.values():
            panel.apply_theme(theme)
        for title in self._titles.values():
            title.apply_theme(theme)


def _seen(panel: QWidget) -> bool:
    return panel.isVisible() and not panel.visibleRegion().isEmpty()
