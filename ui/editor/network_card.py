"""The network's card: title, size, and whether it shows a training step or the drawing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QToolButton, QWidget

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.editor.link_filter import LinkFilter
from ui.editor.network_view import NetworkView
from ui.held import Held
from ui.selection import Selection
from ui.style import current_scale
from ui.theme import Theme
from ui.widgets.card import Card
from ui.widgets.segmented import SegmentedControl

SOURCES = ("training", "drawing")


class NetworkCard(Card):
    """``source_changed`` carries "training" or "drawing": whose values the neurons show."""

    source_changed = Signal(str)

    def __init__(self, selection: Selection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Network", parent)
        self.view = NetworkView(selection, theme)
        self.source = SegmentedControl(["Training step", "Drawing"])
        self.source.setAccessibleName("Whose values the neurons show")
        self.source.setToolTip("Whose values the neurons show")
        self.links = LinkFilter()
        self.zoom = QToolButton()
        self.zoom.setAutoRaise(True)
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setToolTip("Zoom; click to see all of the network (Ctrl+0)")
        self.zoom.hide()
        self.add_header_widget(self.zoom)
        self.add_header_widget(self.links)
        self.add_header_widget(self.source)
        self.body.addWidget(self.view)
        self.source.currentChanged.connect(self._on_source)
        self.links.changed.connect(self.view.set_left_out)
        self.zoom.clicked.connect(self.view.viewport.fit)
        self.view.viewport.changed.connect(self._on_viewport)

    def apply_theme(self, theme: Theme) -> None:
        """Recolour the network; the control in the header is as high as its type."""
        self.source.setMaximumHeight(round(32 * current_scale() - 4))
        self.view.apply_theme(theme)

    def show_project(self, project: Project) -> None:
        """Take over names and the shape of the picture."""
        network, data = project.network, project.data
        sizes = " – ".join(str(size) for size in network.sizes)
        # Cut in the middle neither of the two would say anything.
        self.set_caption(f"{sizes}  ·  {network.parameter_count:,} parameters", sizes, "")
        picture = data.picture
        if picture is None:
            self.view.set_picture_shape(0, 0, None)
        else:
            self.view.set_picture_shape(picture.rows, picture.columns, picture.index)
        classes = [data.class_name(n) for n in range(data.n_outputs)]
        self.view.set_class_names(classes if data.n_outputs > 1 else ["y"])
        self.view.set_input_names(list(data.input_names))
        self.view.set_held(Held(network, project.parameters))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the network at this moment."""
        self.view.show_snapshot(snapshot)

    def set_source(self, source: str) -> None:
        """Show the values of the "training" step or of the "drawing"."""
        if source != SOURCES[self.source.current()]:
            self.source.set_current(SOURCES.index(source))
            self._on_source(self.source.current())

    def set_animated(self, animated: bool) -> None:
        """Whether values flow along the links while stepping."""
        self.view.animated = animated

    def _on_viewport(self) -> None:
        viewport = self.view.viewport
        self.zoom.setText(f"{100 * viewport.scale:,.0f} %")
        # The style sheet's least width is that of a button with an icon.
        self.zoom.setMinimumWidth(self.zoom.sizeHint().width())
        self.zoom.setVisible(not viewport.whole)

    def _on_source(self, index: int) -> None:
        self.view.set_source(SOURCES[index])
        self.source_changed.emit(SOURCES[index])
