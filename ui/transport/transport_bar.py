"""Reset, back, run, step; how far a step goes; how fast a run is."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from simulator.project import Project
from simulator.snapshot import RunState, Snapshot
from ui.actions import Actions
from ui.resources import icon
from ui.theme import BODY_SIZE, CONTROL_HEIGHT, GRID, Theme
from ui.time_travel import STEPS
from ui.widgets.labels import ElidedLabel
from ui.widgets.segmented import SegmentedControl

GRAINS = tuple(STEPS)
OPTIMIZER_TITLES = {"sgd": "SGD", "rmsprop": "RMSprop", "adamw": "AdamW"}
"""Optimizers that are not written with one capital."""
_WIDE, _NARROW, _NARROWEST = 1360, 1120, 900
_SLIDER_STEPS = 100
_SLOWEST = 1.0
_FASTEST_LIMIT = 1000.0
DEFAULT_SPEED = 76
"""Slider position at the first start: about 200 updates a second, so that the digits take some
twelve seconds to learn and a class sees how; as fast as possible it is over in one."""


class TransportBar(QWidget):
    """``rate_limit_changed`` carries updates per second, or None for as fast as possible."""

    rate_limit_changed = Signal(object)

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._theme = theme
        self._running: bool | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID + 4, GRID, GRID + 4, GRID)
        layout.setSpacing(GRID)
        for action_id in ("reset", "back"):
            layout.addWidget(self._button(action_id))
        self.run_button = QPushButton(" Run")
        self.run_button.setObjectName("run_button")
        self.run_button.setProperty("role", "primary")
        self.run_button.setFixedHeight(CONTROL_HEIGHT)
        self.run_button.setMinimumWidth(96)
        self.run_button.clicked.connect(self._on_run_clicked)
        layout.addWidget(self.run_button)
        layout.addWidget(self._button("step"))
        self.run_to = QToolButton()
        self.run_to.setObjectName("run_to_button")
        self.run_to.setToolTip("Run to…")
        self.run_to.setAccessibleName("Run to")
        self.run_to.setIconSize(QSize(18, 18))
        self.run_to.setFixedSize(CONTROL_HEIGHT + 4, CONTROL_HEIGHT)
        self.run_to.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        layout.addWidget(self.run_to)
        self.breakpoints = self._button("breakpoints")
        self.breakpoints.hide()
        layout.addWidget(self.breakpoints)
        layout.addSpacing(GRID)
        self.grain = SegmentedControl(list(GRAINS))
        self.grain.setAccessibleName("How far a step goes")
        self.grain.setToolTip("How far a step goes")
        layout.addWidget(self.grain)
        layout.addSpacing(GRID)
        self._speed_word = QLabel("Speed")
        layout.addWidget(self._speed_word)
        # Not one that keeps its keys: those of a presenter's remote always step.
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setRange(0, _SLIDER_STEPS)
        self.speed.setToolTip("Updates a second; at the right end as many as the computer can")
        self.speed.setMinimumWidth(48)
        self.speed.setMaximumWidth(104)
        self.speed.setAccessibleName("Speed")
        self.speed.valueChanged.connect(self._on_speed)
        layout.addWidget(self.speed)
        self._speed_text = QLabel("")
        self._speed_text.setProperty("role", "number")
        self._speed_text.setFixedWidth(56)
        layout.addWidget(self._speed_text)
        layout.addStretch(1)
        self._settings = ElidedLabel(size=BODY_SIZE)
        self._settings.setObjectName("settings_summary")
        layout.addWidget(self._settings)
        self.notation = QPushButton()
        self.notation.setObjectName("notation_button")
        self.notation.setToolTip("How symbols and signs are written: yours or a lecture's")
        self.notation.setFixedHeight(CONTROL_HEIGHT)
        self.notation.hide()
        layout.addWidget(self.notation)
        self.predict = QPushButton(actions["predict"].text())
        self.predict.setObjectName("predict_button")
        self.predict.setCheckable(True)
        self.predict.setFixedHeight(CONTROL_HEIGHT)
        self.predict.setToolTip(actions["predict"].toolTip())
        self.predict.clicked.connect(actions["predict"].trigger)
        actions["predict"].toggled.connect(self.predict.setChecked)
        layout.addWidget(self.predict)
        layout.addWidget(self._button("toggle_theme"))
        self.apply_theme(theme)

    def _button(self, action_id: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[action_id])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(18, 18))
        button.setFixedSize(CONTROL_HEIGHT + 4, CONTROL_HEIGHT)
        button.setAccessibleName(self._actions[action_id].text())
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The slider's name and number give way; its tooltip says what it is."""
        super().resizeEvent(event)
        self._speed_word.setVisible(self.width() >= _WIDE)
        self._speed_text.setVisible(self.width() >= _NARROW)
        self._write_notation()

    def minimumSizeHint(self) -> QSize:
        """As narrow as when all has given way that may: a bar without room shows nothing."""
        return super().minimumSizeHint().boundedTo(QSize(_NARROWEST, CONTROL_HEIGHT + 2 * GRID))

    def set_run_to_menu(self, menu: QMenu) -> None:
        """Offer this menu of what a run can go to."""
        self.run_to.setMenu(menu)

    def show_breakpoints(self, count: int) -> None:
        """Show that runs may pause by themselves, while they may."""
        self.breakpoints.setVisible(count > 0)
        words = "1 breakpoint" if count == 1 else f"{count} breakpoints"
        self.breakpoints.setToolTip(f"{words} on: runs pause there (Ctrl+Shift+B)")

    def set_notation_menu(self, menu: QMenu) -> None:
        """Offer this menu of notations at the right."""
        self.notation.setMenu(menu)
        self.notation.show()

    def show_notation(self, title: str) -> None:
        """Say which notation the window is written in."""
        self.notation.setAccessibleName(f"Notation: {title}")
        self._write_notation()

    def _write_notation(self) -> None:
        name = self.notation.accessibleName().split(" (")[0]
        if self.width() < _NARROW:
            name = name.partition(": ")[2]
        # The blanks keep the text off the arrow.
        self.notation.setText(f"{name}    ")

    def set_speed(self, value: int) -> None:
        """Move the slider, 0 (one update a second) to 100 (as fast as possible)."""
        self.speed.setValue(value)
        self._on_speed(value)

    @property
    def grain_name(self) -> str:
        """The chosen size of a step, one of :data:`GRAINS`."""
        return GRAINS[self.grain.current()]

    def apply_theme(self, theme: Theme) -> None:
        """Tint the icons."""
        self._theme = theme
        self.run_to.setIcon(icon("fast-forward", theme))
        self._running = None
        self._show_running(False)

    def show_project(self, project: Project) -> None:
        """Print the training settings."""
        training, name = project.training, project.optimizer.name
        parts = (
            OPTIMIZER_TITLES.get(name, name.capitalize()),
            f"rate {project.optimizer.learning_rate:g}",
            f"batch {project.batch_size:,}",
            f"seed {training.seed}",
        )
        self._settings.setText(*(" · ".join(parts[:count]) for count in (4, 3, 2, 0)))
        self._settings.hint = (
            "Optimizer, learning rate, mini-batch and seed: change them in the inspector, "
            "with a click beside the network"
        )

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Run becomes Pause while running."""
        self._show_running(snapshot.state is RunState.RUNNING)

    def _show_running(self, running: bool) -> None:
        if running == self._running:
            return
        self._running = running
        # The blank keeps the text off the icon, which a style sheet cannot.
        self.run_button.setText(" Pause" if running else " Run")
        name = "pause" if running else "play"
        self.run_button.setIcon(icon(name, self._theme, colour=self._theme.on_accent))
        tip = "Stop after this iteration (F5)" if running else "Train until paused (F5)"
        self.run_button.setToolTip(tip)

    def _on_run_clicked(self) -> None:
        self._actions["run"].trigger()

    def _on_speed(self, value: int) -> None:
        limit = None
        if value < _SLIDER_STEPS:
            share = value / (_SLIDER_STEPS - 1)
            limit = _SLOWEST * (_FASTEST_LIMIT / _SLOWEST) ** share
        self._speed_text.setText("full" if limit is None else _per_second(limit))
        self.rate_limit_changed.emit(limit)


def _per_second(limit: float) -> str:
    digits = 1 if limit < 10 else 0
    rounded = round(limit, digits) if math.isfinite(limit) else limit
    return f"{rounded:.{digits}f} /s"
