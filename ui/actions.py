"""Every action once: id, text, icon, shortcut, tooltip.  Menus, toolbars and the README use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.resources import icon
from ui.theme import Theme


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as users meet it; ``icon`` is a file in ``resources/icons``."""

    id: str
    text: str
    tooltip: str
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False


ACTIONS = (
    ActionSpec("open", "Open…", "Open a project file", "Ctrl+O", "folder-open"),
    ActionSpec("import_data", "Import data…", "Train on your own data", "Ctrl+I", "download"),
    ActionSpec("paste_table", "Paste table…", "Import cells copied in a spreadsheet"),
    ActionSpec("quit", "Quit", "Close Backlit", "Ctrl+Q"),
    ActionSpec("undo", "Undo", "Take the last change back", "Ctrl+Z", "undo-2"),
    ActionSpec("redo", "Redo", "Make the change again", "Ctrl+Shift+Z", "redo-2"),
    ActionSpec("run", "Run", "Train until paused", "F5", "play"),
    ActionSpec(
        "step", "Step", "One step forward, of the size chosen beside", "F10", "step-forward"
    ),
    ActionSpec(
        "back", "Step back", "One step back, of the size chosen beside", "Shift+F10", "step-back"
    ),
    ActionSpec("step_phase", "Next phase", "One operation forward", "PgDown"),
    ActionSpec("step_back", "Previous phase", "One operation back", "PgUp"),
    ActionSpec("step_sample", "Next sample", "To the next sample of the mini-batch", "F8"),
    ActionSpec("step_sample_back", "Previous sample", "To the sample before", "Shift+F8"),
    ActionSpec("step_iteration", "Next iteration", "To the next update of the weights", "F6"),
    ActionSpec("step_iteration_back", "Previous iteration", "To the update before", "Shift+F6"),
    ActionSpec("step_epoch", "Next epoch", "Once through all samples", "F7"),
    ActionSpec("step_epoch_back", "Previous epoch", "To the end of the epoch before", "Shift+F7"),
    ActionSpec(
        "newest", "Newest iteration", "To where training has come", "Ctrl+End", "skip-forward"
    ),
    ActionSpec("bookmark", "Add bookmark…", "Give this moment a name", "Ctrl+B", "bookmark"),
    ActionSpec(
        *("breakpoints", "Breakpoints…", "Pause a run where something happens"),
        *("Ctrl+Shift+B", "octagon-pause"),
    ),
    ActionSpec(
        "reset", "Reset", "Back to iteration 0 with the same start weights", "Ctrl+R", "skip-back"
    ),
    ActionSpec(
        "new_weights", "New weights", "Draw other start weights (the next seed)", "Ctrl+N", "dices"
    ),
    ActionSpec(
        "cross_validate", "Cross-validate…", "How well such networks do on samples they never saw"
    ),
    ActionSpec(
        *("predict", "Predict first", "Guess each number before it is shown", "Ctrl+Shift+P"),
        *("", True),
    ),
    ActionSpec(
        *("hand_calculation", "Hand calculation…", "Follow what you calculated on paper"),
        "Ctrl+H",
    ),
    ActionSpec("worksheet", "Worksheet…", "Print this iteration to calculate it by hand", "Ctrl+P"),
    ActionSpec("keep_run", "Keep this run", "Keep its curves, to compare the next", "Ctrl+K"),
    ActionSpec(
        *("keep_and_restart", "Keep and restart", "Keep this run and go back to iteration 0"),
        "Ctrl+Shift+K",
    ),
    ActionSpec("compare_seeds", "Compare seeds…", "The same project from several start weights"),
    ActionSpec("dropout_ensemble", "Dropout ensemble…", "All networks that dropout makes of this"),
    ActionSpec(
        "add_layer", "Add hidden layer", "A new layer behind the selected one", "Ctrl++", "plus"
    ),
    ActionSpec(
        "remove_layer", "Remove layer", "Remove the selected hidden layer", "Ctrl+-", "trash-2"
    ),
    ActionSpec(
        "add_drawing", "Add drawing…", "Add the drawing to the samples", "Ctrl+Return", "list-plus"
    ),
    ActionSpec("unpack", "Unpack the picture…", "How the picture becomes the input vector"),
    ActionSpec("grid", "Grid…", "How many rows and columns there are to draw on"),
    ActionSpec("clear_drawing", "Clear drawing", "Empty the canvas", "Ctrl+E", "eraser"),
    ActionSpec("theme_system", "As the system", "Light or dark as the desktop", checkable=True),
    ActionSpec("theme_light", "Light", "Dark text on light", checkable=True),
    ActionSpec("theme_dark", "Dark", "Light text on dark", checkable=True),
    ActionSpec("toggle_theme", "Light or dark", "Switch between light and dark", "Ctrl+D", "moon"),
    ActionSpec("all_paths", "All paths", "Light every path from the loss to the chosen link", "P"),
    ActionSpec(
        "follow", "Panels follow the step", "Show the panel of the current phase", checkable=True
    ),
    ActionSpec("animate", "Animate the flow", "Let values flow along the links", checkable=True),
    ActionSpec(
        *("presentation", "Presentation", "Larger type, one panel at a time", "Shift+F11"),
        *("presentation", True),
    ),
    ActionSpec("full_screen", "Full screen", "Use the whole screen", "F11", "maximize", True),
    ActionSpec("reset_layout", "Reset layout", "Put all panels back in their places"),
    ActionSpec("keys", "Keyboard", "All keys at a glance", "F1", "keyboard"),
    ActionSpec("about", "About Backlit", "Version and licences", "", "info"),
)


class Actions:
    """The QActions of one window, by id."""

    def __init__(self, parent: QWidget) -> None:
        self._specs = {spec.id: spec for spec in ACTIONS}
        self._actions: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, parent)
            action.setObjectName(spec.id)
            action.setCheckable(spec.checkable)
            if spec.shortcut:
                action.setShortcut(QKeySequence(spec.shortcut))
            action.setToolTip(_tooltip(spec))
            action.setStatusTip(spec.tooltip)
            parent.addAction(action)
            self._actions[spec.id] = action

    def __getitem__(self, action_id: str) -> QAction:
        return self._actions[action_id]

    def connect(self, action_id: str, slot: Callable[[], object]) -> None:
        """Have an action call ``slot``, a bound method of a QObject, without arguments."""
        self._actions[action_id].triggered.connect(slot)

    def apply_theme(self, theme: Theme) -> None:
        """Tint all icons."""
        for spec in ACTIONS:
            if spec.icon:
                self._actions[spec.id].setIcon(icon(spec.icon, theme))


def _tooltip(spec: ActionSpec) -> str:
    return f"{spec.tooltip} ({spec.shortcut})" if spec.shortcut else spec.tooltip
