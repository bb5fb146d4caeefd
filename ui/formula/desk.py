"""Joins the Formula card to the rest of the window, and gives all of it one way of writing."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject

from simulator.project import Project
from simulator.runner import Runner
from simulator.snapshot import Snapshot
from simulator.trace import Phase, PhaseKind, phases_of
from ui.editor.network_card import NetworkCard
from ui.formula.blocks import Made
from ui.formula.formula_card import FormulaCard
from ui.formula.renderer import FormulaRenderer
from ui.inspector.inspector_card import InspectorCard
from ui.notation_choice import NotationChoice
from ui.panel_docks import PanelDocks
from ui.session import Session
from ui.settings import Settings
from ui.theme import Theme
from ui.writing import Writing


class Writer(Protocol):
    """A part of the window that shows symbols or signed numbers."""

    def set_writing(self, writing: Writing) -> None:
        """Write like this from now on."""


class FormulaDesk(QObject):
    """Owns the card, its renderer and the choice of the notation.

    A number clicked in the network, a panel or the inspector is asked on the card; what is
    pointed at on the card is pointed out in the network, and the other way round.
    """

    def __init__(
        self, session: Session, notation: NotationChoice, settings: Settings, theme: Theme
    ) -> None:
        super().__init__(notation.parent())
        self._session = session
        self.notation = notation
        self.renderer = FormulaRenderer(self)
        self.card = FormulaCard(session.selection, self.renderer, settings, theme)
        self._writers: tuple[Writer, ...] = (self.card,)
        notation.changed.connect(self._write)

    def join(
        self,
        network: NetworkCard,
        inspector: InspectorCard,
        docks: PanelDocks,
        *others: Writer,
    ) -> None:
        """Have these ask the card and write as it does, and ``others`` write so, too."""
        view = self._view = network.view
        network.source_changed.connect(self._on_source)
        self._writers = (self.card, view, inspector, docks, *others)
        view.clicked.connect(self.card.click)
        view.linkChosen.connect(self.card.choose_link)
        view.pointed.connect(self.card.light)
        self.card.pointed.connect(view.point_at)
        self.card.paths_lit.connect(view.light_paths)
        self.card.row_chosen.connect(self._on_row)
        self.card.update_wanted.connect(self._on_update)
        inspector.asked.connect(self.card.ask)
        for panel in docks.panels:
            panel.asked.connect(self.card.ask)
        self._session.project_changed.connect(self._on_project)
        self._session.snapshot_changed.connect(self._on_snapshot)
        self._write()

    def _on_project(self, project: Project) -> None:
        self._write()

    def _write(self) -> None:
        writing = Writing.of(self.notation.notation, self._session.project)
        for writer in self._writers:
            writer.set_writing(writing)

    def _on_source(self, source: str) -> None:
        self.card.set_drawing(source == "drawing")

    def _on_row(self, row: int) -> None:
        def go(runner: Runner) -> None:
            runner.set_row(row)

        self._session.send(go)

    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if self._view.sample_row != snapshot.row:
            self._view.sample_row = snapshot.row

    def _on_update(self, made: Made) -> None:
        """Go to the update phase that made a parameter."""
        phases = phases_of(self._session.project.network)
        index = phases.index(Phase(PhaseKind.UPDATE, made.layer))
        self._session.time.seek(made.iteration, index)

    def shut_down(self) -> bool:
        """Stop typesetting."""
        return self.renderer.shut_down()
