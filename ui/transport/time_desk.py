"""Joins the actions of stepping, the transport bar and the timeline to the session's time."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from simulator.snapshot import RunState, Snapshot
from ui.actions import Actions
from ui.session import Session
from ui.transport.run_to_menu import RunTo
from ui.transport.timeline_bar import TimelineBar
from ui.transport.transport_bar import TransportBar


class TimeDesk(QObject):
    """Has every action of time do what it says, and offers only those that can."""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        transport: TransportBar,
        timeline: TimelineBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._actions = session, actions
        self._transport = transport
        self._run_to = RunTo(session, actions, window)
        transport.set_run_to_menu(self._run_to.menu)
        for action_id, slot in (
            ("step", self._on_step),
            ("back", self._on_back),
            ("step_phase", self._on_phase),
            ("step_back", self._on_phase_back),
            ("step_sample", self._on_sample),
            ("step_sample_back", self._on_sample_back),
            ("step_iteration", self._on_iteration),
            ("step_iteration_back", self._on_iteration_back),
            ("step_epoch", self._on_epoch),
            ("step_epoch_back", self._on_epoch_back),
            ("newest", session.time.go_to_newest),
            ("bookmark", timeline.add_bookmark),
            ("breakpoints", self._run_to.show_breakpoints),
        ):
            actions.connect(action_id, slot)
        session.time.breakpoints_changed.connect(self._on_breakpoints)
        session.snapshot_changed.connect(self._on_snapshot)
        session.project_changed.connect(self._on_breakpoints)

    def _on_step(self) -> None:
        self._session.time.step(self._transport.grain_name)

    def _on_back(self) -> None:
        self._session.time.step_back(self._transport.grain_name)

    def _on_phase(self) -> None:
        self._session.time.step("Phase")

    def _on_phase_back(self) -> None:
        self._session.time.step_back("Phase")

    def _on_sample(self) -> None:
        self._session.time.step("Sample")

    def _on_sample_back(self) -> None:
        self._session.time.step_back("Sample")

    def _on_iteration(self) -> None:
        self._session.time.step("Iteration")

    def _on_iteration_back(self) -> None:
        self._session.time.step_back("Iteration")

    def _on_epoch(self) -> None:
        self._session.time.step("Epoch")

    def _on_epoch_back(self) -> None:
        self._session.time.step_back("Epoch")

    def _on_breakpoints(self) -> None:
        """Those on layers and samples that are gone wait for a time that has them."""
        own, project = self._session.time.breakpoints, self._session.project
        count = sum(on and condition.fits(project) for condition, on in own)
        self._transport.show_breakpoints(count)

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        time = self._session.time
        back = snapshot.state is not RunState.RUNNING and not time.at_start
        for action_id in (
            *("back", "step_back", "step_sample_back"),
            *("step_iteration_back", "step_epoch_back"),
        ):
            self._actions[action_id].setEnabled(back)
        self._actions["newest"].setEnabled(time.in_past)
