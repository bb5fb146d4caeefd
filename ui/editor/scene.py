"""What the network view shows, and how it is painted; knows nothing of mice and keys."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter

from simulator.snapshot import RunState, Snapshot
from ui.editor import (
    bias_nodes,
    changed_mark,
    divergence_mark,
    hover,
    in_words,
    marks,
    paths_overlay,
    pointing,
)
from ui.editor.flow import Flow
from ui.editor.highlight import Focus, focus
from ui.editor.hover import Target
from ui.editor.layout import Layout, arrange, scale_of
from ui.editor.link_layer import LinkLayer, Moment
from ui.editor.names import Fonts, Names
from ui.editor.nodes import NodePainter
from ui.editor.paths_overlay import LitLink
from ui.editor.readings import Readings, Source, read
from ui.editor.seen import seen
from ui.editor.shifts import shifted
from ui.editor.turned_words import TurnedWords
from ui.editor.turning import arrange_turned
from ui.editor.viewport import WHOLE, Place
from ui.editor.words import Words
from ui.held import Held
from ui.theme import Theme
from ui.writing import Writing

MOST_CHOSEN = 200
"""Chosen links that are put in front of the others; of more, as many."""
_BAND = {"light": 0.10, "dark": 0.14}


class Scene:
    """A snapshot, its layout, and what is highlighted.

    ``selected`` is (layer, neuron), either None; ``link`` is a link the user has chosen;
    ``target`` is what the mouse points at, and ``mouse`` where it is; ``pointed`` is what is
    pointed at elsewhere in the window; ``lit`` are links on lit paths, None without any.
    ``layers``, ``neurons`` and ``links`` are all that is selected; ``offsets`` say how far layers
    were dragged, as shares of the layout's length; a ``quiet`` scene has no label.  ``handle_box``
    is where the handle of the neuron under the mouse stands, ``label_box`` where the label was
    painted.
    """

    def __init__(self, theme: Theme) -> None:
        self.names = Names([], [])
        self.selected: tuple[int | None, int | None] = (None, None)
        self.link: Target | None = None
        self.links: tuple[Target, ...] = ()
        self.neurons: frozenset[tuple[int, int]] = frozenset()
        self.layers: frozenset[int] = frozenset()
        self.offsets: dict[int, float] = {}
        self.quiet = False
        self.handle_box: QRectF | None = None
        self.label_box = QRectF()
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
        self._place = WHOLE
        self._moving = False
        self._turned = False
        self._as_column = False
        self._left_out = 0.0
        self._detail = 1.0
        self._seen: tuple[Layout, Place, Layout] | None = None
        self.unfinished = False
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

    def set_arrangement(self, turned: bool, as_column: bool) -> None:
        """Layers from bottom to top, not left to right; inputs as a column, not as a picture."""
        if (turned, as_column) != (self._turned, self._as_column):
            self._turned, self._as_column = turned, as_column
            self.rearrange()

    def set_left_out(self, share: float) -> None:
        """Leave out that share (0..1) of all links, the weakest."""
        words_come_or_go = (share > 0.0) != (self._left_out > 0.0)
        self._left_out = share
        if words_come_or_go:
            self.rearrange()
        elif self.link_layer is not None and self.link_layer.left_out != share:
            self.link_layer.left_out = share
            self.link_layer.discard()

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
            if before is None or before.spec.depth != snapshot.spec.depth:
                self.offsets = {}
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

    @property
    def links_drawn(self) -> int:
        """How many links there are to draw."""
        layer = self.link_layer
        return 0 if layer is None else sum(part.share.size for part in layer.parts)

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

    def look_at(self, place: Place, moving: bool) -> None:
        """Show this part of the network; ``moving`` says that another one is going to follow."""
        self._place, self._moving = place, moving
        layout = self._layout
        if layout is not None and any(column.hidden for column in layout.columns):
            detail = 2.0 ** math.floor(math.log2(place.scale))
            if detail != self._detail:
                self._layout = None
        elif layout is not None and self._detail > place.scale:
            self._layout = None

    def seen(self, size: QSize) -> Layout | None:
        """Where everything is seen in a view of this size, in its pixels."""
        layout = self.layout(size)
        if layout is None:
            return None
        known = self._seen
        if known is None or known[0] is not layout or known[1] != self._place:
            known = self._seen = layout, self._place, seen(layout, self._place)
        return known[2]

    def _arrange(self, snapshot: Snapshot, size: QSize) -> None:
        width, height = float(size.width()), float(size.height())
        growth = max(1.0, min(1.35, min(width / 750, height / 480) ** 0.5))
        fonts = Fonts(self._text_scale * growth)
        kind = TurnedWords if self._turned else Words
        words = kind(snapshot.spec, self.names, fonts, self._held)
        picture = None if self._as_column else self._picture
        self._detail = 2.0 ** math.floor(math.log2(self._place.scale))
        lines, note = 1, False
        for _ in range(3):
            margins = words.margins(width, height, lines, note)
            if self._writing.notation.bias_as_node:
                more = bias_nodes.headroom(scale_of(width, height))
                margins = margins._replace(header=margins.header + more)
            space = (width, height, snapshot.spec, picture, margins, self._detail)
            turned = self._turned
            layout = arrange_turned(*space, words.foot) if turned else arrange(*space)
            layout = shifted(layout, self.offsets)
            nodes = ()
            if self._writing.notation.bias_as_node:
                nodes = bias_nodes.place(layout, snapshot.spec)
            layer = LinkLayer(layout, snapshot, self._held, nodes, self._left_out)
            needed = max(lines, words.fit(layout)), bool(layer.note)
            if needed == (lines, note):
                break
            lines, note = needed
        self._layout, self._words, self.link_layer, self._size = layout, words, layer, size

    def paint(self, painter: QPainter, size: QSize, flow: Flow, exact: bool = False) -> None:
        """Paint everything; ``exact`` as lines and circles each, with no picture kept of them."""
        theme = self._theme
        painter.fillRect(QRectF(0, 0, size.width(), size.height()), theme.colour("panel"))
        layout, snapshot, readings = self.seen(size), self.snapshot, self.readings
        self.unfinished = False
        if layout is None or snapshot is None or readings is None:
            return
        words, layer = self._words, self.link_layer
        assert words is not None and layer is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tinted = self._paint_bands(painter, layout, words)
        ratio = painter.device().devicePixelRatioF()
        looks = (snapshot, readings, self.focus, theme, ratio, self._place, self._moving)
        window = QRectF(*layout.window)
        whole = self._place == WHOLE
        painter.save()
        if not whole:
            painter.setClipRect(window)
        view = QRectF(0.0, 0.0, layout.width, layout.height)
        if exact:
            layer.paint_exactly(painter, Moment(*looks), view if whole else window)
        else:
            self.unfinished = layer.paint(painter, Moment(*looks), view if whole else window)
        if self.lit is not None:
            paths_overlay.paint(painter, layout, self.lit, theme)
        words.paint_inputs(painter, layout, theme)
        words.paint_outputs(painter, layout, readings.layers[-1], theme)
        self._paint_links(painter, layer)
        # A figure stands still.
        for part in () if exact else layer.joins(flow.joins):
            flow.paint(painter, part, theme, layout.scale, self._place)
        self._nodes.paint(painter, layout, readings, exact)
        over = None
        if self.target is not None and self.target.source is not None:
            over = self.target.layer if self.target.source[1] == hover.BIAS else None
        nodes = bias_nodes.seen(layer.bias_nodes, self._place)
        bias_nodes.paint(painter, nodes, words.fonts, theme, over)
        self._paint_selection(painter, layout, words)
        painter.restore()
        words.paint_titles(painter, layout, theme, tinted)
        words.paint_foot(painter, layout, theme, layer.parts, layer.note)
        if snapshot.divergence is not None and self._source == "training":
            divergence_mark.paint(
                *(painter, layout, readings, snapshot.divergence, snapshot.spec),
                *(self.names, words.fonts, theme),
            )
        self._paint_label(painter, layout, words)

    def _paint_links(self, painter: QPainter, layer: LinkLayer) -> None:
        """Put the chosen links and the one under the mouse in front of the others."""
        for target in (*self.links[:MOST_CHOSEN], self.pointed, self.target, self.link):
            found = None if target is None else layer.find(target)
            if found is not None:
                part, place = found
                removed = any(part is other for other in layer.removed)
                chosen = target == self.link or target in self.links
                seen_alone = part.seen(place, self._place)
                marks.paint_link(painter, seen_alone, 0, self._theme, removed, chosen)

    def _paint_bands(self, painter: QPainter, layout: Layout, words: Words) -> set[int]:
        """Tint the column whose turn it is, and fainter selected layers; returns all of them."""
        strong = _BAND[self._theme.name]
        tinted = set()
        bands = [(layer, 0.6 * strong) for layer in sorted(self.layers)]
        for number, alpha in (*bands, (self.focus.column, strong)):
            if number is not None and number < len(layout.columns):
                marks.paint_band(painter, layout, words, number, self._theme, alpha)
                tinted.add(number)
        return tinted

    def _paint_selection(self, painter: QPainter, layout: Layout, words: Words) -> None:
        """Ring the selected neurons, and thinner the one under the mouse."""
        rings: list[tuple[int, int, str]] = []
        target = self.target
        if target is not None and target.neuron is not None and target.source is None:
            rings.append((target.layer, target.neuron, "muted"))
        pointed = self.pointed
        if pointed is not None and pointed.neuron is not None and pointed.source is None:
            rings.append((pointed.layer, pointed.neuron, "accent"))
        without_place = set()
        for layer, neuron in self.neurons:
            rings.append((layer, neuron, "accent"))
            if marks.node_box(layout, layer, neuron) is None:
                without_place.add(layer)
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
        self.label_box = QRectF()
        if label is None or self.quiet:
            return
        at, box = self.mouse, None
        if target is None:
            at = self._link_at
        elif target.neuron is None and target.source is None:
            box = QRectF(*layout.columns[target.layer].title)
        elif target.source is None:
            box = marks.node_box(layout, target.layer, target.neuron)
            if box is not None and self.handle_box is not None:
                box = box.united(self.handle_box)
        if box is None:
            box = QRectF(at.x() - 6, at.y() - 10, 12, 20)
        view = QRectF(0, 0, layout.width, layout.height)
        self.label_box = hover.paint(painter, label, box, view, words.fonts, self._theme)

    def choose_link(self, target: Target | None, at: QPointF) -> None:
        """Keep a link in front, and its label beside a point, until another is chosen."""
        self.link, self._link_at = target, QPointF(at)

    def target_at(self, layout: Layout, at: QPointF) -> Target | None:
        """The layer or neuron at a point, else the link passing nearest, else None.

        ``layout`` is the one that is seen, and the point one of the view.
        """
        return pointing.target_at(self.link_layer, layout, self._place, at)

    def selection_in_words(self) -> str:
        """The selection for assistive technology: "hidden 2, neuron 7, activation 0.41"."""
        return in_words.selection(self)
