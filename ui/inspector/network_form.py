"""The inspector when nothing is selected: how the network is trained."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from simulator.advice import advice
from simulator.project import Project
from ui.inspector.advice_label import AdviceLabel
from ui.inspector.data_group import DataGroup
from ui.inspector.stop_group import StopGroup
from ui.inspector.training_groups import InputsGroup, RateGroup, TrainingGroup
from ui.session import Session
from ui.theme import GRID


class NetworkForm(QWidget):
    """How the network learns; every setting may change while training runs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.advice = AdviceLabel(self)
        self.training = TrainingGroup(session, self)
        self.groups = (
            self.training,
            RateGroup(session, self),
            StopGroup(session, self),
            DataGroup(session, self),
            InputsGroup(session, False, self),
        )
        for name in ("rule", "optimizer", "learning_rate", "batch_size", "epochs", "seed", "loss"):
            setattr(self, name, getattr(self.training, name))
        hint = QLabel("Click a neuron or a layer's name to see and change it.")
        hint.setProperty("role", "caption")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        # As far from the edge as the controls below.
        above = QVBoxLayout()
        above.setContentsMargins(0, 0, 2, GRID // 2)
        above.addWidget(self.advice)
        column.addLayout(above)
        for group in self.groups:
            column.addWidget(group)
        column.addSpacing(GRID)
        column.addWidget(hint)
        column.addStretch(1)

    def show_project(self, project: Project) -> None:
        """Show the project's settings."""
        self.show_advice(advice(project))
        for group in self.groups:
            group.show_project(project)

    def show_advice(self, sentences: tuple[str, ...]) -> None:
        """Say above the settings what does not go together well."""
        self.advice.show_advice(sentences)
