"""What is selected: layers, neurons of them, or links; every view highlights the same thing."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from simulator.spec import NetworkSpec

Neuron = tuple[int, int]
"""A layer's number, 0 for the input, and the index of a neuron in it, from 0."""
Link = tuple[int, int, int]
"""Into which neuron of which layer, and from which column of its weights; -1 for the bias."""


class Selection(QObject):
    """The selected layers (0 is the input), neurons and links, shared by all views.

    ``layer`` and ``neuron`` are what was selected last, ``link`` likewise; views that show one
    thing show that.  ``changed`` says that any of it differs.  Nothing but links is selected while
    ``layer`` is None; a whole layer is while ``neuron`` alone is None.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layer: int | None = None
        self._neuron: int | None = None
        self._link: Link | None = None
        self._layers: frozenset[int] = frozenset()
        self._neurons: frozenset[Neuron] = frozenset()
        self._links: frozenset[Link] = frozenset()
        self._shape: object = None
        self._spec: NetworkSpec | None = None

    @property
    def layer(self) -> int | None:
        """Number of the layer selected last, or that of the neuron, 0 for the input, or None."""
        return self._layer

    @property
    def neuron(self) -> int | None:
        """Index of the neuron selected last in its layer, from 0, or None."""
        return self._neuron

    @property
    def link(self) -> Link | None:
        """The link selected last, or None."""
        return self._link

    @property
    def layers(self) -> frozenset[int]:
        """The layers that are selected as a whole."""
        return self._layers

    @property
    def neurons(self) -> frozenset[Neuron]:
        """The neurons that are selected one by one."""
        return self._neurons

    @property
    def links(self) -> frozenset[Link]:
        """The links (and biases) that are selected."""
        return self._links

    @property
    def empty(self) -> bool:
        """Whether nothing is selected."""
        return not (self._layers or self._neurons or self._links)

    def select(self, layer: int | None, neuron: int | None = None) -> None:
        """Select a neuron, a whole layer (``neuron=None``) or nothing (``layer=None``)."""
        if layer is None:
            self._take((), (), ())
        elif neuron is None:
            self._take((layer,), (), ())
        else:
            self._take((), ((layer, neuron),), ())

    def select_link(self, link: Link) -> None:
        """Select one link or bias and nothing else."""
        self._take((), (), (link,))

    def select_many(
        self, neurons: Iterable[Neuron] = (), links: Iterable[Link] = (), layers: Iterable[int] = ()
    ) -> None:
        """Select all of these and nothing else."""
        self._take(layers, neurons, links)

    def toggle(self, layer: int, neuron: int | None = None) -> None:
        """Add a neuron or a whole layer to the selection, or take it out; links go."""
        if neuron is None:
            self._take(self._layers ^ {layer}, self._neurons, (), last=(layer, None))
        else:
            own = (layer, neuron)
            self._take(self._layers, self._neurons ^ {own}, (), last=own)

    def toggle_link(self, link: Link) -> None:
        """Add a link to the selection, or take it out; neurons and layers go."""
        self._take((), (), self._links ^ {link}, last_link=link)

    def make_last(self, layer: int, neuron: int | None = None) -> None:
        """Of what is selected, show this where one thing is shown."""
        self._take(self._layers, self._neurons, self._links, last=(layer, neuron))

    def clear(self) -> None:
        """Select nothing."""
        self._take((), (), ())

    def fit(self, spec: NetworkSpec) -> None:
        """Drop what a changed network no longer has; links, if they may be others by now.

        From then on only what this network has can be selected: a view may still show the old one.
        """
        self._spec = spec
        sizes = spec.sizes
        shape = sizes, tuple(spec.sources(number) for number in range(1, spec.depth + 1))
        links = {link for link in self._links if _has(spec, link)}
        if shape != self._shape:
            self._shape, links = shape, set()
        orphans = {n for n, _ in self._neurons if n < len(sizes)}
        neurons = {own for own in self._neurons if own[0] < len(sizes) and own[1] < sizes[own[0]]}
        layers = {number for number in self._layers if number < len(sizes)}
        if self._neurons and not neurons and not layers:
            # The layer of a neuron that is gone stays selected.
            layers = {self._layer} & orphans if self._layer is not None else set()
        self._take(layers, neurons, links)

    def _take(
        self,
        layers: Iterable[int],
        neurons: Iterable[Neuron],
        links: Iterable[Link],
        last: tuple[int, int | None] | None = None,
        last_link: Link | None = None,
    ) -> None:
        before, spec = self._state(), self._spec
        if spec is not None:
            sizes = spec.sizes
            layers = (number for number in layers if number < len(sizes))
            neurons = (own for own in neurons if own[0] < len(sizes) and own[1] < sizes[own[0]])
            links = (link for link in links if _has(spec, link))
        self._layers, self._neurons = frozenset(layers), frozenset(neurons)
        self._links = frozenset(links)
        for place in (last, (self._layer, self._neuron), *sorted(self._neurons)[:1]):
            if place is not None and self._holds(place):
                self._layer, self._neuron = place
                break
        else:
            self._layer, self._neuron = min(self._layers, default=None), None
        own = last_link if last_link in self._links else self._link
        self._link = own if own in self._links else min(self._links, default=None)
        if before != self._state():
            self.changed.emit()

    def _holds(self, place: tuple[int | None, int | None]) -> bool:
        return place[0] in self._layers if place[1] is None else place in self._neurons

    def _state(self) -> tuple[object, ...]:
        return (
            *(self._layer, self._neuron, self._link),
            *(self._layers, self._neurons, self._links),
        )


def _has(spec: NetworkSpec, link: Link) -> bool:
    number, neuron, column = link
    if not (1 <= number <= spec.depth and 0 <= neuron < spec.sizes[number]):
        return False
    if column < 0:
        return spec.layer(number).bias
    return column < spec.fan_in(number)
