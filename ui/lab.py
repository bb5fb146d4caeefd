"""What is there to try things out: kept runs, the gradient check, and the way back from a crash."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from simulator.runner import Runner
from simulator.snapshot import Snapshot
from ui.actions import Actions
from ui.dialogs.seeds import SeedsDialog
from ui.editor.network_view import NetworkView
from ui.notice import NoticeBar
from ui.panel_docks import PanelDocks
from ui.panels.gradient_check import GradientCheckPanel
from ui.panels.loss import LossPanel
from ui.panels.runs import RunsPanel
from ui.runs import KeptRuns
from ui.session import Session

BACK = "Back to the last good step"


class Lab(QObject):
    """Joins them to the window."""

    def __init__(
        self,
        session: Session,
        docks: PanelDocks,
        view: NetworkView,
        notice: NoticeBar,
        actions: Actions,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._notice = notice
        self._window = window
        self.runs = KeptRuns(session, self)
        self.seeds: SeedsDialog | None = None
        loss, table = docks.panel("loss"), docks.panel("runs")
        check = docks.panel("gradient_check")
        assert isinstance(loss, LossPanel) and isinstance(table, RunsPanel)
        assert isinstance(check, GradientCheckPanel)
        self._loss = loss
        self.runs.changed.connect(self._on_runs)
        loss.keep_wanted.connect(self.runs.keep)
        loss.bits_choice.toggled.connect(table.set_bits)
        table.set_runs(self.runs)
        table.seeds_wanted.connect(self.show_seeds)
        view.linkChosen.connect(check.choose_link)
        actions.connect("keep_run", self.runs.keep)
        actions.connect("keep_and_restart", self.runs.keep_and_restart)
        actions.connect("compare_seeds", self.show_seeds)
        notice.answered.connect(self._on_back)
        session.snapshot_changed.connect(self._on_snapshot)

    def show_seeds(self) -> None:
        """Open the dialog that runs the project with several seeds."""
        if self.seeds is None:
            self.seeds = SeedsDialog(self._session, self.runs, self._window)
        self.seeds.prepare()
        self.seeds.show()
        self.seeds.raise_()
        self.seeds.activateWindow()

    def shut_down(self) -> None:
        """Close the dialog and wait for its thread."""
        if self.seeds is not None:
            self.seeds.close()
            self.seeds.shut_down()

    def _on_runs(self) -> None:
        self._loss.show_runs(self.runs.runs, self.runs.names)

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        wanted = snapshot.divergence is not None
        if wanted != bool(self._notice.button.text()):
            self._notice.offer(BACK if wanted else "")

    def _on_back(self) -> None:
        self._session.send(Runner.back_to_good)
