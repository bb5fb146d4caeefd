"""The painted links: a picture for each bundle, painted anew in pieces when it looks different.

A phase of stepping dims whole bundles; that only lays their pictures down fainter.  What must be
painted is painted within a few milliseconds of a frame, and shown when it is ready.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from simulator.snapshot import RunState, Snapshot
from ui.editor import bias_nodes, links
from ui.editor.bias_nodes import BiasNode
from ui.editor.curves import Curves
from ui.editor.highlight import Focus, emphasis
from ui.editor.hover import Target
from ui.editor.lanes import Join
from ui.editor.layout import Layout
from ui.editor.link_picture import LinkPicture, Picture
from ui.editor.readings import Readings
from ui.editor.seen import along_across
from ui.editor.viewport import WHOLE, Place
from ui.editor.weave import Bundle, Indices, Levels, Weave
from ui.held import Held
from ui.theme import Theme

REST = 6.0
"""While running, the links rest so many times as long as painting them took."""
BUDGET = 0.007
"""Seconds of a frame for painting links while something moves."""
FIRST = 0.08
"""The same while there is nothing to show yet."""
_AT_ONCE = 300
"""Links up to which all are painted at once."""
_WIDEST = 1.5
_PREVIEW = "strongest"


class Moment(NamedTuple):
    """What the links are painted for; ``moving`` says that another place is going to follow."""

    snapshot: Snapshot
    readings: Readings
    focus: Focus
    theme: Theme
    ratio: float
    place: Place
    moving: bool


class LinkLayer:
    """The links of one layout.

    Attributes
    ----------
    parts : the links as they were last woven; ``note`` says what of them is not drawn.
    removed : those the user has taken out.
    bias_nodes, biases : nodes that biases come from, and the links out of them, if drawn so.
    stale : whether they look different by now.
    left_out : share of all links, the weakest, that is not drawn; ``least`` is the |w| from which
        on they are.
    seconds : how long painting took the last time; ``painted`` : how often it happened.
    """

    def __init__(
        self,
        layout: Layout,
        snapshot: Snapshot,
        held: Held,
        nodes: tuple[BiasNode, ...] = (),
        left_out: float = 0.0,
    ) -> None:
        self._layout = layout
        self.bias_nodes = nodes
        self.left_out = left_out
        self._scale = min(layout.scale, _WIDEST)
        self._height = layout.body.width if layout.turned else layout.body.height
        self._weave = Weave(layout, snapshot.spec, held)
        self.removed = self._weave.removed
        self.biases: list[Bundle] = []
        self.parts: list[Bundle] = []
        self._versions: list[int] = []
        self._weave_anew(snapshot)
        self._plain = [LinkPicture() for _ in self._all]
        self._strong = [LinkPicture() for _ in self._all]
        self.stale = False
        self.seconds = 0.0
        self.painted = 0
        self._sight: dict[bool, tuple[object, list[Indices]]] = {}
        self._waits = self._later = False
        self._round = 0.0
        self._painted_at = 0.0

    @property
    def _all(self) -> list[Bundle]:
        return [*self.parts, *self.biases]

    def joins(self, wanted: Collection[Join]) -> list[Bundle]:
        """The links between these pairs of layers."""
        return [part for part in self.parts if (part.source_layer, part.layer) in wanted]

    def find(self, target: Target) -> tuple[Bundle, int] | None:
        """The bundle and the place in it of a link, None if it is not drawn."""
        if target.source is None or target.neuron is None:
            return None
        source_layer, source = target.source
        for part in (*self.parts, *self.biases, *self.removed):
            if (part.source_layer, part.layer) == (source_layer, target.layer):
                place = part.find(target.neuron, source)
                if place is not None:
                    return part, place
        return None

    def discard(self) -> None:
        """Have everything painted at the next chance, even while running."""
        self.stale = True
        self._painted_at = 0.0

    @property
    def busy(self) -> bool:
        """Whether pictures are still being painted."""
        return any(picture.busy for picture in chain(self._plain, self._strong))

    def paint(self, painter: QPainter, moment: Moment, window: QRectF) -> bool:
        """Show the links; while running they are a moment old at times.

        Returns whether something is left to paint that a later call must go on with.
        """
        start = time.perf_counter()
        snapshot = moment.snapshot
        running = snapshot.state is RunState.RUNNING
        rested = start - self._painted_at >= REST * self.seconds
        if self.stale and not (running and (self.busy or not rested)):
            self._weave_anew(snapshot)
            self.stale = False
        wanted = self._begin(self._levels(moment), moment, window)
        self._work(moment, start)
        self._paint_removed(painter, moment)
        for n, want in enumerate(wanted):
            painter.setOpacity(want.opacity)
            self._plain[n].draw(painter, moment.place, window)
            painter.setOpacity(1.0)
            if want.stands_out:
                self._strong[n].draw(painter, moment.place, window)
        begun = any(picture.looks(_PREVIEW) for picture in self._plain if picture.any)
        return self.busy or self._waits or self._later or begun

    def paint_exactly(self, painter: QPainter, moment: Moment, window: QRectF) -> None:
        """Show every link in sight as a line of its own; takes seconds for tens of thousands."""
        place = moment.place
        self._paint_removed(painter, moment)
        for part, level, seen in zip(
            self._all, self._levels(moment), self._in_sight(place, window), strict=True
        ):
            curves = part.curves.moved(place.scale, *along_across(self._layout.turned, place))
            in_sight = np.isin(np.arange(part.share.size), seen)
            strong = level == links.STRONG
            behind = np.where(level == links.DIMMED, links.DIM, 1.0) * (in_sight & ~strong)
            looks = links.Looks(part, self._height, place.scale)
            links.stroke(painter, part, curves, looks, behind, moment.theme)
            front = (in_sight & strong).astype(float)
            links.stroke(painter, part, curves, looks.standing_out(), front, moment.theme)

    @property
    def whole_pictures(self) -> list[Picture]:
        """The bundles as they were last painted in the whole network."""
        return [picture.whole for picture in self._plain if picture.whole is not None]

    # Inside

    def _levels(self, moment: Moment) -> list[Levels]:
        """How each link of each bundle stands out now."""
        levels = emphasis(self.parts, moment.focus, moment.snapshot, moment.readings)
        about = (moment.focus, moment.snapshot)
        return levels + [bias_nodes.emphasis(part, *about) for part in self.biases]

    def _weave_anew(self, snapshot: Snapshot) -> None:
        before = self._all
        self.least = self._weave.threshold(snapshot, self.left_out)
        self.parts = self._weave.bundles(snapshot, self.least)
        self.biases = bias_nodes.bundles(self.bias_nodes, self._layout, snapshot)
        self.note = self._weave.caption(self.parts, self.least)
        if len(before) != len(self._all):
            self._versions = [0] * len(self._all)
            return
        for n, (old, new) in enumerate(zip(before, self._all, strict=True)):
            same = old.share.size == new.share.size and old.floor == new.floor
            if not (same and np.array_equal(old.share, new.share) and _same_links(old, new)):
                self._versions[n] += 1

    def _begin(self, levels: list[Levels], moment: Moment, window: QRectF) -> list[_Wanted]:
        """Begin what must be painted; returns how each bundle's pictures are to be laid down."""
        place = moment.place
        in_sight = self._in_sight(place, window)
        few = sum(seen.size for seen in in_sight) <= links.FEW
        # While the view moves, only what is quickly painted is painted for each new place.
        self._waits = moment.moving and not few
        wanted = []
        for n, (level, seen) in enumerate(zip(levels, in_sight, strict=True)):
            strong, dim = level == links.STRONG, level == links.DIMMED
            stands_out, dims = bool(strong.any()), bool(dim.any())
            mixed = dims and not stands_out and not dim.all()
            look = (self._versions[n], moment.theme.name, moment.ratio, few)
            plain = _Order(seen, few, np.where(dim, links.DIM, 1.0) if mixed else None)
            self._want(n, False, (*look, dim.tobytes() if mixed else b""), plain, moment, window)
            if stands_out:
                chosen = seen[strong[seen]]
                front = _Order(chosen, few or chosen.size <= links.FEW // 2, None)
                self._want(n, True, (*look, strong.tobytes()), front, moment, window)
            wanted.append(_Wanted(links.DIM if dims and not mixed else 1.0, stands_out))
        self._want_whole(levels, moment)
        return wanted

    def _want(
        self, n: int, front: bool, look: object, order: _Order, moment: Moment, window: QRectF
    ) -> None:
        """Begin a bundle's picture if it is not there and there is time for it."""
        picture = (self._strong if front else self._plain)[n]
        if not picture.wants(look, moment.place):
            return
        if picture.any and self._waits:
            return
        preview = not picture.any and order.chosen.size > links.MOST_STROKED
        if preview:
            if picture.busy:
                return
            look, order = _PREVIEW, _Order(*self._strongest(n, order), None)
        if front and not picture.looks(look):
            picture.forget()
        part, place = self._all[n], moment.place
        looks = links.Looks(part, self._height, place.scale)
        curves = part.curves.moved(place.scale, *along_across(self._layout.turned, place))
        work = links.Work(
            part,
            curves,
            looks.standing_out() if front else looks,
            order.chosen,
            order.exact,
            self._scale,
            moment.ratio,
            _extent(curves, window),
            None if order.faded is None else order.faded[order.chosen],
        )
        paint = partial(_paint, work=work, theme=moment.theme)
        picture.begin(look, place, work.box, moment.ratio, paint)

    def _strongest(self, n: int, order: _Order) -> tuple[Indices, bool]:
        """A few of the links to begin with."""
        strength = np.abs(self._all[n].share[order.chosen])
        first = order.chosen.size - links.ON_TOP
        return order.chosen[np.sort(np.argpartition(strength, first)[first:])], False

    def _want_whole(self, levels: list[Levels], moment: Moment) -> None:
        """Bring the pictures of the whole network up to date when there is nothing else to do."""
        running = moment.snapshot.state is RunState.RUNNING
        self._later = False
        if moment.place == WHOLE or self._waits or running:
            return
        self._later = self.busy
        if self.busy:
            return
        whole = moment._replace(place=WHOLE)
        view = QRectF(0.0, 0.0, self._layout.width, self._layout.height)
        in_sight = self._in_sight(WHOLE, view)
        few = sum(seen.size for seen in in_sight) <= links.FEW
        for n, seen in enumerate(in_sight):
            look = (self._versions[n], moment.theme.name, moment.ratio, few, b"")
            self._want(n, False, look, _Order(seen, few, None), whole, view)

    def _in_sight(self, place: Place, window: QRectF) -> list[Indices]:
        """Per bundle the numbers of the links that come into the window."""
        key = (tuple(self._versions), place, window.getRect())
        found = self._sight.get(place == WHOLE)
        if found is None or found[0] != key:
            box = place.box_to_layout(window)
            low, high = (box.left(), box.right()), (box.top(), box.bottom())
            if self._layout.turned:
                low, high = (-box.bottom(), -box.top()), (box.left(), box.right())
            found = key, [part.curves.seen(low, high) for part in self._all]
            self._sight[place == WHOLE] = found
        return found[1]

    def _work(self, moment: Moment, start: float) -> None:
        """Go on painting within this frame's time, or to the end if nothing moves."""
        pictures = [picture for picture in chain(self._plain, self._strong) if picture.busy]
        if not pictures:
            return
        amount = sum(part.share.size for part in self._all)
        at_once = amount <= _AT_ONCE and not moment.moving
        empty = not all(picture.any for picture in pictures)
        deadline = np.inf if at_once else start + (FIRST if empty else BUDGET)
        for picture in pictures:
            picture.go_on(deadline)
            if time.perf_counter() >= deadline:
                break
        now = time.perf_counter()
        self._round += now - start
        if not self.busy:
            self.painted += 1
            self.seconds, self._round = self._round, 0.0
            self._painted_at = now

    def _paint_removed(self, painter: QPainter, moment: Moment) -> None:
        place = moment.place
        for part in self.removed:
            curves = part.curves.moved(place.scale, *along_across(self._layout.turned, place))
            members = np.arange(part.share.size)
            links.paint_removed(painter, curves, members, moment.theme, self._scale)


class _Wanted(NamedTuple):
    """How a bundle's pictures are laid down: how opaque, and whether some links stand out."""

    opacity: float
    stands_out: bool


class _Order(NamedTuple):
    """Links to paint, whether each exactly, and what of each link's opacity is left."""

    chosen: Indices
    exact: bool
    faded: NDArray[np.float64] | None


def _paint(image: QImage, box: QRectF, work: links.Work, theme: Theme) -> Iterator[None]:
    return links.paint(image, work, theme)


def _extent(curves: Curves, window: QRectF) -> QRectF:
    """The part of the window that curves may come into, on whole pixels."""
    wide = 4.0
    if curves.turned:
        box = QRectF(
            window.left(), -curves.right - wide, window.width(), curves.right - curves.left
        )
    else:
        box = QRectF(curves.left - wide, window.top(), curves.right - curves.left, window.height())
    size = 2 * wide
    box = box.adjusted(0.0, 0.0, *((0.0, size) if curves.turned else (size, 0.0)))
    return QRectF(box.intersected(window).toAlignedRect())


def _same_links(old: Bundle, new: Bundle) -> bool:
    return np.array_equal(old.source, new.source) and np.array_equal(old.target, new.target)
