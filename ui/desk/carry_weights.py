"""An undoable edit after which inputs or outputs have other places: the weights move along."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from simulator.network import Network
from simulator.project import Project
from simulator.project.data_edits import CarriedEdit, NeuronMap, carried
from simulator.runner import Runner
from ui.commands import Origin
from ui.training_thread import Command

Show = Callable[[Project], None]
Send = Callable[[Command], None]


class CarryWeights(QUndoCommand):
    """The project before and after, and which old input and output each new one was.

    The live parameters are looked up in the training thread, at the moment of the change, so
    nothing that was learned until then is lost; what has no place any more comes back by undo.
    """

    def __init__(
        self,
        text: str,
        before: Project,
        edit: CarriedEdit,
        send: Send,
        show: Show,
    ) -> None:
        super().__init__(text)
        self._before, self._edit = before, edit
        self._send, self._show = send, show
        self._kept: dict[bool, Network] = {}
        """The network as it was when it was left, by whether it is the edited one."""

    def redo(self) -> None:
        """Make the edit."""
        self._go(self._edit.project, self._edit.origin, self._edit.there, True)

    def undo(self) -> None:
        """Take the edit back."""
        self._go(self._before, self._edit.origin, self._edit.back, False)

    def _go(self, project: Project, origin: Origin, places: NeuronMap, edited: bool) -> None:
        kept = self._kept
        text = self.text() if edited else f"Undo {self.text().lower()}"

        def change(runner: Runner) -> None:
            live = runner.trainer.network
            before = Network(live.spec, precision=runner.project.training.precision)
            before.theta[...] = live.theta
            before.moving[...] = live.moving
            kept[not edited] = before
            base = Network(
                project.network, project.parameters, precision=project.training.precision
            )
            if edited in kept:
                base.theta[...] = kept[edited].theta
                base.moving[...] = kept[edited].moving
            else:
                base.initialize(project.training.seed, project.parameters)
            if live.spec.inputs != project.network.inputs:
                # The drawing that was asked about no longer fits.
                runner.set_probe(None)
            runner.change(project, origin, carried(before, base, places), text)

        self._send(change)
        self._show(project)
