"""What an import would give, in words, and what is chosen for the project it goes into."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from simulator.data.outcome import Outcome
from simulator.data.scaling import SCALINGS
from simulator.project import Project
from simulator.project.adapting import suggested_hidden
from ui.resources import icon
from ui.style import current_scale
from ui.theme import GRID, Theme

WARNINGS_HEIGHT = 72
SCALING_TEXTS = {
    "none": "Not",
    "standardize": "To mean 0, deviation 1",
    "min_max": "To 0 … 1",
}


class OutcomeView(QWidget):
    """A summary, or the reason why it cannot be, and below it all warnings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary, self.warnings = QLabel(), QLabel()
        self.summary.setProperty("role", "title")
        for label in (self.summary, self.warnings):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.warnings.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sign = QLabel()
        self.area = QScrollArea()
        self.area.setWidget(self.warnings)
        self.area.setWidgetResizable(True)
        self.area.setFixedHeight(round(WARNINGS_HEIGHT * current_scale()))
        lines = QVBoxLayout()
        lines.setSpacing(GRID // 2)
        lines.addWidget(self.summary)
        lines.addWidget(self.area)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(GRID)
        outer.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(lines, 1)

    def apply_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self.sign.setPixmap(icon("triangle-alert", theme, colour=theme.negative).pixmap(18, 18))

    def say(self, sentence: str, wrong: bool = False) -> None:
        """Show one sentence, with a sign if something is wrong."""
        self._show(sentence, (), wrong)

    def show_outcome(self, outcome: Outcome) -> None:
        """Show what would come of the import."""
        sentence = outcome.problem or outcome.summary
        self._show(sentence, outcome.warnings, bool(outcome.problem or outcome.warnings))

    def _show(self, sentence: str, warnings: tuple[str, ...], sign: bool) -> None:
        self.summary.setText(sentence)
        self.summary.setAccessibleName(sentence)
        self.warnings.setText("\n".join(warnings))
        self.warnings.setAccessibleName(self.warnings.text())
        self.area.setVisible(bool(warnings))
        self.sign.setVisible(sign)


class ProjectChoices(QWidget):
    """Which hidden layers the project has with the new data, and how the inputs are scaled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hidden, self.scaling = QComboBox(), QComboBox()
        self.hidden.setAccessibleName("Hidden layers")
        self.hidden.addItems(["As now", "Suggested"])
        self.hidden.setItemData(
            1, "A new network with an optimizer for so many samples", Qt.ItemDataRole.ToolTipRole
        )
        self.scaling.setAccessibleName("Scale inputs")
        for kind, sentence in SCALINGS.items():
            self.scaling.addItem(SCALING_TEXTS[kind], kind)
            place = self.scaling.count() - 1
            self.scaling.setItemData(place, sentence, Qt.ItemDataRole.ToolTipRole)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        for control in (self.hidden, self.scaling):
            control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            label = QLabel(control.accessibleName())
            label.setProperty("role", "muted")
            label.setBuddy(control)
            line.addWidget(label)
            line.addWidget(control)
            line.addSpacing(GRID)
        line.addStretch(1)

    @property
    def keeps_hidden(self) -> bool:
        """Whether the hidden layers stay as they are."""
        return self.hidden.currentIndex() == 0

    @property
    def kind_of_scaling(self) -> str:
        """A key of :data:`simulator.data.scaling.SCALINGS`."""
        return str(self.scaling.currentData())

    def set_scaling(self, kind: str) -> None:
        """Choose how the inputs are scaled."""
        self.scaling.setCurrentIndex(self.scaling.findData(kind))

    def show_project(self, project: Project, inputs: int) -> None:
        """Say which hidden layers there are, and would be for so many inputs; 0 if unknown."""
        self.setEnabled(inputs > 0)
        sizes = (project.network.sizes[1:-1], suggested_hidden(inputs))
        for place, (text, own) in enumerate(zip(("As now", "Suggested"), sizes, strict=True)):
            units = ", ".join(f"{size:,}" for size in own) or "none"
            self.hidden.setItemText(place, f"{text}: {units}" if inputs else text)
