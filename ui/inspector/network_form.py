"""The inspector when nothing is selected: how the network is trained."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from simulator.losses import LOSSES
from simulator.optimizers import OPTIMIZERS
from simulator.project import Project
from simulator.project.limits import MAX_EPOCHS
from ui.inspector.forms import Choice, Decimal, WholeNumber, add_row, form
from ui.session import Session

MAX_SPIN = 2**31 - 1


class NetworkForm(QWidget):
    """How the network learns; every setting may change while training runs."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.learning_rate = Decimal("Learning rate", 1e-15, 1e9)
        self.batch_size = WholeNumber("Mini-batch", 1, 1_000_000)
        self.epochs = WholeNumber("Epochs", 1, min(MAX_EPOCHS, MAX_SPIN))
        self.seed = WholeNumber("Seed", 0, MAX_SPIN)
        self.loss = Choice("Loss", list(LOSSES))
        self.optimizer = Choice("Optimizer", list(OPTIMIZERS))
        self.shuffle = QCheckBox("New order each epoch")
        rows = form()
        add_row(rows, "Optimizer", self.optimizer)
        add_row(rows, "Learning rate", self.learning_rate)
        add_row(rows, "Mini-batch", self.batch_size)
        add_row(rows, "Epochs", self.epochs)
        add_row(rows, "Seed", self.seed)
        add_row(rows, "Loss", self.loss)
        add_row(rows, "Shuffle", self.shuffle)
        hint = QLabel("Click a neuron or a layer's name to see and change it.")
        hint.setProperty("role", "caption")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(rows)
        column.addWidget(hint)
        column.addStretch(1)
        self.learning_rate.chosen.connect(self._on_learning_rate)
        self.batch_size.chosen.connect(self._on_batch_size)
        self.epochs.chosen.connect(self._on_epochs)
        self.seed.chosen.connect(self._on_seed)
        self.loss.chosen.connect(self._on_loss)
        self.optimizer.chosen.connect(self._on_optimizer)
        self.shuffle.clicked.connect(self._on_shuffle)

    def show_project(self, project: Project) -> None:
        """Show the project's settings."""
        self.learning_rate.show_value(project.optimizer.learning_rate)
        self.batch_size.setMaximum(len(project.data))
        self.batch_size.show_value(project.batch_size)
        self.epochs.show_value(min(project.training.epochs, MAX_SPIN))
        self.seed.show_value(min(project.training.seed, MAX_SPIN))
        self.loss.show_value(project.loss)
        self.optimizer.show_value(project.optimizer.name)
        self.shuffle.setChecked(project.training.shuffle)

    def _on_learning_rate(self, value: float) -> None:
        self._session.set_learning_rate(value)

    def _on_batch_size(self, value: int) -> None:
        self._session.set_training("Change mini-batch", batch_size=value)

    def _on_epochs(self, value: int) -> None:
        self._session.set_training("Change epochs", epochs=value)

    def _on_seed(self, value: int) -> None:
        self._session.set_training("Change seed", seed=value)

    def _on_optimizer(self, name: str) -> None:
        self._session.set_optimizer(name)

    def _on_loss(self, name: str) -> None:
        self._session.set_loss(name)

    def _on_shuffle(self, checked: bool) -> None:
        self._session.set_training("Change shuffle", shuffle=checked)
