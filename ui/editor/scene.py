"""What the network view shows, and how it is painted; knows nothing of mice and keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter

from simulator.snapshot import RunState, Snapshot
from ui.editor import bias_nodes, changed_mark, divergence_mark, hover, marks, paths_overlay
from ui.editor.flow import Flow
from ui.editor.highlight import Focus, focus
from ui.editor.hover import Target
from ui.editor.layout import Layout, arrange, scale_of
from ui.editor.link_layer import LinkLayer
from ui.editor.names import Fonts, Names
from ui.editor.nodes import NodePainter
from ui.editor.paths_overlay import LitLink
from ui.editor.readings import Readings, Source, read
from ui.editor.weave import nearest
from ui.editor.words import Words
from ui.held import Held
from ui.theme import Theme
from ui.writing import Writing

_BAND = {"light": 0.10, "dark": 0.14}


class Scene:
    """A snapshot, its layout, and what is highlighted.

    ``selected`` is (layer, neuron), either None; ``link`` is a link the user has chosen;
    ``target`` is what the mouse points at, and ``mouse`` where it is; ``pointed`` is what is
    pointed at elsewhere in the window; ``lit`` are links on lit paths, None without any.
    """

    def __init__(self, theme: Theme) -> None:
        self.names = Names([], [])
        self.selected: tuple[int | None, int | None] = (None, None)
        self.link: Target | None = None
        self.target: Target | None = None
        self.mouse = QPointF()
        self.pointed: Target | None = None
        self.lit: tuple[LitLink, ...] | None = None
        self.changed: tuple[int, int] | None = None
        self.snapshot: Snapshot | None = None
        self.readings: Readings | None = None
        self.focus = Focus()
        self.link_layer: LinkLayer | None = None
        self._writing = Writing()
        self._source: Source = "training"
        self._row = 0
        self._text_scale = 1.0
        self._size = QSize()
        self._link_at = QPointF()
        self._picture: NDArray[np.intp] | None = None
        self._layout: Layout | None = None
        self._words: Words | None = None
        self._held = Held()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._nodes = NodePainter(theme)
        self.repaint_links()

    def set_picture(self, rows: int, columns: int, index: NDArray[np.intp] | None) -> None:
        """Lay the inputs out as a picture, or (None) as a column."""
        if index is not None:
            index = np.asarray(index, np.intp)
            index = index.reshape(rows, columns) if index.size == rows * columns else None
        self._picture = index
        self.names.cells = {}
        if index is not None:
            for (row, column), unit in np.ndenumerate(index):
                self.names.cells[int(unit)] = row, column
        self.rearrange()

    def set_held(self, held: Held) -> None:
        """Which links are removed and which parameters frozen."""
        self._held = held
        self.link = None
        self.rearrange()

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this."""
        if writing == self._writing:
            return
        self._writing = writing
        self.link = self.target = None
        self.set_values(self._source, self._row)
        self.rearrange()

    def set_text_scale(self, scale: float) -> None:
        """Make all words larger."""
        self._text_scale = scale
        self.rearrange()

    def set_values(self, source: Source, row: int) -> None:
        """Whose values fill the neurons: of a row of the training step, or of the drawing."""
        self._source, self._row = source, row
        if self.snapshot is not None:
            self.readings = read(self.snapshot, source, row, self._writing)
            self.repaint_links()

    @property
    def source(self) -> Source:
        """Whose values fill the neurons."""
        return self._source

    @property
    def row(self) -> int:
        """Which sample of the mini-batch is shown."""
        return self._row

    def show(self, snapshot: Snapshot) -> bool:
        """Take over a snapshot; returns whether anything looks different now."""
        before, self.snapshot = self.snapshot, snapshot
        if snapshot is before:
            return False
        earlier, self.readings = (
            self.readings,
            read(snapshot, self._source, self._row, self._writing),
        )
        if before is None or before.spec != snapshot.spec:
            self.target = self.link = self.pointed = self.lit = None
            self.rearrange()
            self.refocus()
            return True
        ended = snapshot.state is not RunState.RUNNING and before.state is RunState.RUNNING
        stepped = snapshot.phase != before.phase
        woven = ended or stepped or not np.array_equal(before.theta, snapshot.theta)
        if woven and self.link_layer is not None:
            self.link_layer.stale = True
        different = earlier is None or not self.readings.same_as(earlier)
        different = different or snapshot.divergence != before.divergence
        return self.refocus() or woven or different or self.target is not None

    def refocus(self) -> bool:
        """Follow the phase and the selection; returns whether the highlight has changed."""
        layer, neuron = self.selected
        chosen = None if layer is None or neuron is None else (layer, neuron)
        before, self.focus = self.focus, focus(self.snapshot, chosen)
        if before == self.focus:
            return False
        self.repaint_links()
        return True

    def rearrange(self) -> None:
        """Have everything find its place again."""
        self._layout = None
        self.link_layer = None

    def repaint_links(self) -> None:
        """Have the links painted again at once."""
        if self.link_layer is not None:
            self.link_layer.discard()

    def layout(self, size: QSize) -> Layout | None:
        """Where everything stands in a view of this size; None before the first snapshot."""
        snapshot = self.snapshot
        if snapshot is None or size.isEmpty():
            return None
        if self._layout is None or size != self._size:
            self._arrange(snapshot, size)
        return self._layout

    def _arrange(self, snapshot: Snapshot, size: QSize) -> None:
        width, height = float(size.width()), float(size.height())
        growth = max(1.0, min(1.35, min(width / 750, height / 480) ** 0.5))
        fonts = Fonts(self._text_scale * growth)
        words = Words(snapshot.spec, self.names, fonts, self._held)
        lines, note = 1, False
        for _ in range(3):
            margins = words.margins(width, height, lines, note)
            if self._writing.notation.bias_as_node:
                more = bias_nodes.headroom(scale_of(width, height))
                margins = margins._replace(header=margins.header + more)
            layout = arrange(width, height, snapshot.spec, self._picture, margins)
            nodes = ()
            if self._writing.notation.bias_as_node:
                nodes = bias_nodes.place(layout, snapshot.spec)
            layer = LinkLayer(layout, snapshot, self._held, nodes)
            needed = max(lines, words.fit(layout)), bool(layer.note)
            if needed == (lines, note):
                break
            lines, note = needed
        self._layout, self._words, self.link_layer, self._size = layout, words, layer, size

    def paint(self, painter: QPainter, size: QSize, flow: Flow) -> None:
        """Paint everything."""
        theme = self._theme
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colour("panel"))
        layout, snapshot, readings = self.layout(size), self.snapshot, self.readings
        if layout is None or snapshot is None or readings is None:
            return
        words, layer = self._words, self.link_layer
        assert words is not None and layer is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tinted = self._paint_bands(painter, layout, words)
        ratio = painter.device().devicePixelRatioF()
        device = QSize(round(size.width() * ratio), round(size.height() * ratio))
        image = layer.image(snapshot, readings, self.focus, theme, device, ratio)
        painter.drawImage(0, 0, image)
        if self.lit is not None:
            paths_overlay.paint(painter, layout, self.lit, theme)
        words.paint_titles(painter, layout, theme, tinted)
        words.paint_inputs(painter, layout, theme)
        words.paint_outputs(painter, layout, readings.layers[-1], theme)
        words.paint_foot(painter, layout, theme, layer.parts, layer.note)
        self._paint_links(painter, layer)
        for part in layer.joins(flow.joins):
            flow.paint(painter, part, theme, layout.scale)
        self._nodes.paint(painter, layout, readings)
        over = None
        if self.target is not None and self.target.source is not None:
            over = self.target.layer if self.target.source[1] == hover.BIAS else None
        bias_nodes.paint(painter, layer.bias_nodes, words.fonts, theme, over)
        self._paint_selection(painter, layout, words)
        if snapshot.divergence is not None and self._source == "training":
            divergence_mark.paint(
                *(painter, layout, readings, snapshot.divergence, snapshot.spec),
                *(self.names, words.fonts, theme),
            )
        self._paint_label(painter, layout, words)

    def _paint_links(self, painter: QPainter, layer: LinkLayer) -> None:
        """Put the chosen link and the one under the mouse in front of the others."""
        for target in (self.pointed, self.target, self.link):
            found = None if target is None else layer.find(target)
            if found is not None:
                part, place = found
                removed = any(part is other for other in layer.removed)
                chosen = target == self.link
                marks.paint_link(painter, part, place, self._theme, removed, chosen)

    def _paint_bands(self, painter: QPainter, layout: Layout, words: Words) -> set[int]:
        """Tint the column whose turn it is, and fainter a selected layer; returns both."""
        strong = _BAND[self._theme.name]
        layer = self.selected[0] if self.selected[1] is None else None
        tinted = set()
        for number, alpha in ((layer, 0.6 * strong), (self.focus.column, strong)):
            if number is not None and number < len(layout.columns):
                marks.paint_band(painter, layout, words, number, self._theme, alpha)
                tinted.add(number)
        return tinted

    def _paint_selection(self, painter: QPainter, layout: Layout, words: Words) -> None:
        """Ring the selected neuron, and thinner the one under the mouse."""
        rings: list[tuple[int, int, str]] = []
        target = self.target
        if target is not None and target.neuron is not None and target.source is None:
            rings.append((target.layer, target.neuron, "muted"))
        pointed = self.pointed
        if pointed is not None and pointed.neuron is not None and pointed.source is None:
            rings.append((pointed.layer, pointed.neuron, "accent"))
        chosen = self.focus.neuron
        without_place = set()
        if chosen is not None:
            rings.append((*chosen, "accent"))
            if marks.node_box(layout, *chosen) is None:
                without_place.add(chosen[0])
        words.paint_more(painter, layout, self._theme, without_place)
        marks.paint_rings(painter, layout, rings, self._theme)
        stepping = self.snapshot is not None and self.snapshot.cursor is not None
        if self.changed is not None and not (stepping and self._source == "training"):
            changed_mark.paint(painter, layout, self.changed, self._theme)

    def label(self) -> hover.Label | None:
        """What is said about what is under the mouse, else about the chosen link; or None."""
        about = self.target or self.link
        if about is None or self.snapshot is None or self.readings is None:
            return None
        return hover.describe(
            about,
            self.snapshot,
            self.readings,
            self._source,
            self.names,
            self._held,
            self._writing,
        )

    def _paint_label(self, painter: QPainter, layout: Layout, words: Words) -> None:
        label, target = self.label(), self.target
        if label is None:
            return
        at, box = self.mouse, None
        if target is None:
            at = self._link_at
        elif target.neuron is None and target.source is None:
            box = QRectF(*layout.columns[target.layer].title)
        elif target.source is None:
            box = marks.node_box(layout, target.layer, target.neuron)
        if box is None:
            box = QRectF(at.x() - 6, at.y() - 10, 12, 20)
        view = QRectF(0, 0, layout.width, layout.height)
        hover.paint(painter, label, box, view, words.fonts, self._theme)

    def choose_link(self, target: Target | None, at: QPointF) -> None:
        """Keep a link in front, and its label beside a point, until another is chosen."""
        self.link, self._link_at = target, QPointF(at)

    def target_at(self, layout: Layout, at: QPointF) -> Target | None:
        """The layer or neuron at a point, else the link passing nearest, else None."""
        layer = self.link_layer
        for place in () if layer is None else layer.bias_nodes:
            if place.contains(at.x(), at.y()):
                return Target(place.layer, None, (place.layer - 1, hover.BIAS))
        title = layout.title_at(at.x(), at.y())
        if title is not None:
            return Target(title)
        node = layout.node_at(at.x(), at.y()) or layout.answer_at(at.x(), at.y())
        if node is not None:
            return Target(*node)
        link = None
        if layer is not None:
            parts = (*layer.parts, *layer.biases, *layer.removed)
            link = nearest(parts, at.x(), at.y())
        return None if link is None else Target(*link)

    def selection_in_words(self) -> str:
        """The selection for assistive technology: "hidden 2, neuron 7, activation 0.41"."""
        layer, neuron = self.selected
        if self.link is not None and self.snapshot is not None and self.target is None:
            label = self.label()
            return "" if label is None else label.text
        if self.snapshot is None or layer is None or layer > self.snapshot.spec.depth:
            return "Nothing selected. Arrow keys move between layers and neurons."
        spec = self.snapshot.spec
        if neuron is None:
            return f"{spec.layer_name(layer)}, {spec.sizes[layer]:,} neurons"
        words = self.names.neuron(spec, layer, neuron)
        reading = None if self.readings is None else self.readings.layers[layer]
        if reading is None or reading.activation is None or neuron >= len(reading.activation):
            return f"{words}, {hover.NOT_YET}"
        words += f", activation {reading.activation[neuron]:.2f}"
        if reading.dropped is not None and reading.dropped[neuron]:
            words += ", dropped"
        return words
