"""Edits of the network by hand: neurons, links, weights, layers; all of them can be undone.

A link is (layer, neuron, column): into that neuron (from 0) of that layer (from 1), from that
column of its weights; the column -1 stands for the neuron's bias.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, SignalInstance

from simulator.arrays import Array
from simulator.lineage import same_parameters
from simulator.network import Network
from simulator.project import Project, ProjectError, structure
from simulator.project.carrying import Edit
from simulator.project.clipboard import copy_layers, paste_layers
from simulator.project.edits import insert_layer, remove_layer
from simulator.project.parameter_edits import (
    initialise_again,
    set_parameters,
    start_theta,
)
from simulator.project.reordering import move_layer
from simulator.project.structure import Link, Neuron
from simulator.snapshot import RunState, Snapshot
from ui.selection import Selection

MERGE_SECONDS = 1.5
"""Changes of one parameter that are no further apart are one step back."""


class Editor(Protocol):
    """What edits need of the session."""

    project: Project
    snapshot: Snapshot | None
    selection: Selection
    refused: SignalInstance

    @property
    def state(self) -> RunState:
        """What the trainer was doing at the newest snapshot."""

    @property
    def settled(self) -> bool:
        """Whether the newest snapshot has everything in it that was sent."""

    def edit(
        self,
        text: str,
        make: Callable[[], Edit | Project],
        merge_key: str = "",
        mark: str = "",
    ) -> bool:
        """Go on with what ``make`` makes; False (and a sentence) if it refuses."""


class NetworkEdits(QObject):
    """Edits the network of a session.

    Every method is one command of the undo stack, takes effect between two iterations, and returns
    whether the edit was made; if not, the session has said why (``refused``).
    """

    def __init__(self, session: Editor, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._drawn = 0
        """How often weights were drawn again: each time they are others."""
        self._turned: tuple[Link, int | None] = ((0, 0, 0), None)
        self._turned_at = 0.0
        self._turns = 0

    # --- Layers -----------------------------------------------------------------------------------

    def insert_layer(self, after: int, units: int | None = None) -> bool:
        """A new hidden layer behind layer ``after`` (0 is the input), and select it."""
        done = self._edit("Add layer", lambda project: insert_layer(project, after, units))
        if done:
            self._session.selection.select(after + 1)
        return done

    def remove_layer(self, number: int) -> bool:
        """Remove a hidden layer; what received from it receives its inputs."""
        return self._edit("Remove layer", lambda project: remove_layer(project, number))

    def move_layer(self, number: int, after: int) -> bool:
        """A hidden layer behind layer ``after`` (0 is the input) instead, and select it there."""
        spec = self._session.project.network
        name = spec.layer_name(number) if 0 <= number <= spec.depth else str(number)
        done = self._edit(f"Move layer {name}", lambda project: move_layer(project, number, after))
        if done:
            self._session.selection.select(after + (after < number))
        return done

    def copy_layers(self, numbers: Collection[int]) -> str:
        """These layers as a text for the clipboard, with their weights as they are on show.

        "" if there are no such layers; the session has said why.
        """
        try:
            return copy_layers(self._session.project, numbers, self._theta(), self._moving())
        except ProjectError as problem:
            self._session.refused.emit(str(problem))
            return ""

    def paste_layers(self, text: str, after: int) -> bool:
        """The layers of a clipboard text behind layer ``after``, and select the first of them."""
        done = self._edit("Paste layers", lambda project: paste_layers(project, text, after))
        if done:
            self._session.selection.select(after + 1)
        return done

    def rename_layer(self, number: int, name: str) -> bool:
        """Give a layer another name; "" for its usual one."""
        return self._edit(
            "Rename layer", lambda project: structure.rename_layer(project, number, name)
        )

    def set_dropout(self, number: int, rate: float) -> bool:
        """Give a layer (0 is the inputs) another dropout rate."""
        return self._edit(
            "Change dropout",
            lambda project: structure.set_dropout(project, number, rate),
            f"layer {number} dropout",
        )

    def set_activation(
        self, number: int, name: str, neurons: Collection[int] | None = None
    ) -> bool:
        """Give a layer, or some neurons of it, another activation."""
        return self._edit(
            "Change activation",
            lambda project: structure.set_activation(project, number, name, neurons),
        )

    # --- Neurons ----------------------------------------------------------------------------------

    def insert_neuron(self, number: int, at: int | None = None) -> bool:
        """One more neuron in a hidden layer, before neuron ``at`` or behind the last one."""
        place = at
        if place is None and 0 < number < len(self._session.project.network.sizes):
            place = self._session.project.network.sizes[number]
        done = self._edit(
            "Add neuron", lambda project: structure.insert_neuron(project, number, at)
        )
        if done:
            self._session.selection.select(number, place)
        return done

    def remove_neurons(self, number: int, neurons: Collection[int]) -> bool:
        """Remove neurons of a hidden layer; every other weight is kept."""
        gone = set(neurons)
        return self._edit(
            f"Remove {_counted(len(gone), 'neuron')}",
            lambda project: structure.remove_neurons(project, number, gone),
        )

    # --- Links ------------------------------------------------------------------------------------

    def cut_links(self, links: Iterable[Link]) -> bool:
        """Remove links; their weights are 0 and stay so."""
        chosen = list(links)
        return self._edit(
            f"Cut {_counted(len(chosen), 'link')}",
            lambda project: structure.cut_links(project, chosen),
        )

    def draw_link(self, source: Neuron, target: Neuron) -> bool:
        """A link between two neurons (layer, neuron); one that was cut has its old weight again."""
        return self._edit("Draw link", lambda project: structure.draw_link(project, source, target))

    def draw_layer_link(self, source_layer: int, target_layer: int) -> bool:
        """All links from one layer to a later one."""
        return self._edit(
            "Connect layers",
            lambda project: structure.draw_layer_link(project, source_layer, target_layer),
        )

    def connect_fully(self, number: int | None = None) -> bool:
        """All links into a layer, or into every layer, from the layers it receives from."""
        return self._edit("Connect fully", lambda project: structure.connect_fully(project, number))

    def freeze(self, links_and_biases: Iterable[Link], frozen: bool) -> bool:
        """Hold weights and biases (column -1) as they are, or let them learn."""
        chosen = list(links_and_biases)
        what = _counted(len(chosen), "parameter")
        return self._edit(
            f"Freeze {what}" if frozen else f"Let {what} learn",
            lambda project: structure.freeze(project, chosen, frozen),
        )

    def freeze_layer(self, number: int, frozen: bool) -> bool:
        """Hold a whole layer as it is, or let it learn."""
        return self._edit(
            "Freeze layer" if frozen else "Let layer learn",
            lambda project: structure.freeze_layer(project, number, frozen),
        )

    # --- Parameters -------------------------------------------------------------------------------

    def set_parameter(self, number: int, neuron: int, column: int, value: float) -> bool:
        """Give a weight, or a bias (column -1), another value.

        Several of the same parameter soon after one another, as a wheel or a drag makes them, are
        undone together; what was learned by a step in between parts them.
        """
        turned = (number, neuron, column), self._resting_at()
        now = time.monotonic()
        if turned != self._turned or now - self._turned_at > MERGE_SECONDS:
            self._turns += 1
        self._turned, self._turned_at = turned, now
        link = turned[0]
        text = "Change bias" if column == structure.BIAS else "Change weight"
        return self._give(text, {link: value}, f"parameter {self._turns}")

    def _resting_at(self) -> int | None:
        """The iteration on show, None while it changes all the time."""
        snapshot = self._session.snapshot
        running = self._session.state is RunState.RUNNING
        return None if snapshot is None or running else snapshot.iteration

    def set_parameters(self, values: Mapping[Link, float], text: str) -> bool:
        """Give several parameters other values, as one edit called ``text``."""
        return self._give(text, values, "")

    def _give(self, text: str, values: Mapping[Link, float], merge_key: str) -> bool:
        start = self._start()

        def given(project: Project) -> Edit | Project:
            edit = set_parameters(project, values, start)
            return project if self._has_already(values) else edit

        return self._edit(text, given, merge_key)

    def _has_already(self, values: Mapping[Link, float]) -> bool:
        """Whether these are the values on show, and nothing is under way that could change them."""
        session, snapshot = self._session, self._session.snapshot
        if snapshot is None or session.state is RunState.RUNNING or not session.settled:
            return False
        if snapshot.spec != session.project.network or snapshot.divergence is not None:
            return False
        trace, cursor = snapshot.trace, snapshot.cursor
        if trace is not None and cursor is not None and cursor < len(trace.phases) - 1:
            # Amid an iteration the parameters on show are those before it.
            return False
        theta, kind = snapshot.theta, snapshot.theta.dtype.type
        return all(
            theta[snapshot.spec.place_of(*link)] == kind(value) for link, value in values.items()
        )

    def initialise_again(
        self,
        numbers: Collection[int] | None = None,
        neurons: Collection[Neuron] | None = None,
    ) -> bool:
        """Draw weights anew: of layers, of single neurons (layer, neuron), or of all layers.

        Biases start at 0 again; what is frozen stays as it is.
        """
        start = self._start()
        theta, at_start = self._theta() if start is None else start, start is not None
        done = self._edit(
            "Initialise again",
            lambda project: initialise_again(
                project, numbers, neurons, theta, self._drawn, at_start
            ),
        )
        self._drawn += done
        return done

    # --- What they have in common -----------------------------------------------------------------

    def _edit(
        self, text: str, make: Callable[[Project], Edit | Project], merge_key: str = ""
    ) -> bool:
        session = self._session
        return session.edit(text, lambda: make(session.project), merge_key, text)

    @property
    def _at_start(self) -> bool:
        """Whether nothing has been trained: what is typed is then what training starts with."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return True
        return snapshot.iteration == 0 and self._session.state is not RunState.RUNNING

    def _theta(self) -> Array:
        """The parameters on show; those of the start where they are not of this network."""
        project, snapshot = self._session.project, self._session.snapshot
        if snapshot is None or not same_parameters(snapshot.spec, project.network):
            return start_theta(project)
        return snapshot.theta.astype(np.float64)

    def _moving(self) -> Array:
        """The moving averages of batch normalization on show, or those of the start."""
        project, snapshot = self._session.project, self._session.snapshot
        if snapshot is None or not same_parameters(snapshot.spec, project.network):
            return Network(project.network).moving
        if snapshot.moving is None:
            return Network(project.network).moving
        return snapshot.moving.astype(np.float64)

    def _start(self) -> Array | None:
        """The start values of the project, as they are on show; None once training has begun."""
        if not self._at_start:
            return None
        project = self._session.project
        theta = self._theta()
        known = start_theta(project)
        for number, own in enumerate(project.parameters, start=1):
            # Given ones are newer than a snapshot that is on its way.
            if own.W is not None:
                place = project.network.layer_slices[number - 1]
                theta[place] = known[place]
        return theta


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
