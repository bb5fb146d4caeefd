"""What there is to explain at this moment: the iteration, the sample, what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.project import Project
from simulator.quantity import Quantity
from simulator.snapshot import RunState, Snapshot
from simulator.trace import Trace
from ui.editor.hover import Target
from ui.formula import places
from ui.selection import Selection

HINT = "Press Step (F10): the network works through one iteration, one operation at a time."
HINTS = {
    RunState.RUNNING: "Training runs. Pause it (F5), then step (F10) to see each operation with "
    "its numbers.",
    RunState.FINISHED: "All epochs are trained. Step (F10) to look at one more iteration, or run "
    "(F5) on for as many epochs again.",
}
CLICK_HINT = "Click a neuron or a link to see how its number came about."


@dataclass
class Moment:
    """A snapshot, the project, and the link chosen in the network, if one is."""

    selection: Selection
    snapshot: Snapshot | None = None
    newest_project: Project | None = None
    link: Target | None = None
    drawing: bool = False
    """Whether the network shows the drawing instead."""

    @property
    def project(self) -> Project:
        """The project this moment was trained with; in the past it may be an older one."""
        assert self.newest_project is not None
        past = None if self.snapshot is None else self.snapshot.project
        return self.newest_project if past is None else past

    @property
    def trace(self) -> Trace | None:
        """The iteration to explain; None while training runs or where there is none."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.state is RunState.RUNNING or self.newest_project is None:
            return None
        trace = snapshot.trace
        if trace is None or trace.spec != snapshot.spec or trace.spec != self.project.network:
            return None
        return trace

    @property
    def row(self) -> int:
        """The sample of the mini-batch on show, from 0."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.trace is None:
            return 0
        return max(0, min(snapshot.row, len(snapshot.trace.x) - 1))

    @property
    def place(self) -> object:
        """What differs after each step."""
        snapshot = self.snapshot
        if snapshot is None or snapshot.trace is None:
            return None
        return snapshot.trace.iteration, snapshot.cursor, snapshot.spec

    def hint(self) -> str:
        """What to do for something to be explained."""
        snapshot = self.snapshot
        if snapshot is None:
            return HINT
        return snapshot.message or HINTS.get(snapshot.state, HINT)

    def root(self) -> Quantity | None:
        """What the card explains by itself: the phase, or what is chosen in the network."""
        snapshot, trace, chosen = self.snapshot, self.trace, self._chosen
        if snapshot is None or trace is None:
            return None
        phase, link = snapshot.phase, self._link_there
        if phase is not None:
            own = chosen.neuron if chosen is not None and chosen.layer == phase.layer else None
            return places.at_phase(trace, phase, own, link, self.row)
        if link is not None:
            return places.at_link(snapshot, link, self.row)
        if chosen is None or chosen.neuron is None:
            return None
        return places.at_neuron(snapshot, chosen.layer, chosen.neuron, self.row)

    @property
    def _link_there(self) -> Target | None:
        """The chosen link, if the network has it at this moment."""
        link, snapshot = self.link, self.snapshot
        if link is None or snapshot is None or not places.exists(link, snapshot.spec):
            return None
        return link

    @property
    def _chosen(self) -> Target | None:
        """The selected neuron, if the network has it at this moment."""
        layer, neuron, snapshot = self.selection.layer, self.selection.neuron, self.snapshot
        if layer is None or neuron is None or snapshot is None:
            return None
        target = Target(layer, neuron)
        return target if places.exists(target, snapshot.spec) else None

    def beside_phase(self) -> Quantity | None:
        """The number of the selected neuron where it is of another layer than the phase's."""
        snapshot, chosen = self.snapshot, self._chosen
        if snapshot is None or snapshot.phase is None or self.trace is None:
            return None
        if chosen is None or chosen.neuron is None or chosen.layer == snapshot.phase.layer:
            return None
        return places.at_neuron(snapshot, chosen.layer, chosen.neuron, self.row)

    def at(self, target: Target) -> Quantity | None:
        """The number of a neuron or link at this moment."""
        if self.snapshot is None or self.trace is None or target.neuron is None:
            return None
        if not places.exists(target, self.snapshot.spec):
            return None
        if target.is_link:
            return places.at_link(self.snapshot, target, self.row)
        return places.at_neuron(self.snapshot, target.layer, target.neuron, self.row)
