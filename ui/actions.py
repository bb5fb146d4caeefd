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
    """An action as users meet it; ``icon`` is a file in ``resources/icons``.

    ``shortcut`` may name several, with "; " between them.
    """

    id: str
    text: str
    tooltip: str
    shortcut: str = ""
    icon: str = ""
    checkable: bool = False


ACTIONS = (
    ActionSpec("new_project", "New project…", "Begin with a grid or points", "Ctrl+Shift+N"),
    ActionSpec("open", "Open…", "Open a project file", "Ctrl+O", "folder-open"),
    ActionSpec("save", "Save", "Keep the project and its training", "Ctrl+S", "save"),
    ActionSpec("save_as", "Save as…", "Keep it in another file from now on", "Ctrl+Shift+S"),
    ActionSpec("save_copy", "Save a copy…", "Keep a copy; what is open stays what it is"),
    ActionSpec("revert", "Revert to saved…", "Open the file again as it was saved"),
    ActionSpec("load_structure", "Network structure (JSON)…", "Take the layers of another network"),
    ActionSpec("load_weights", "Weights (npz)…", "Give the network weights from a file"),
    ActionSpec("export_structure", "Network structure (JSON)…", "The layers, without weights"),
    ActionSpec("export_weights", "Weights (npz)…", "The weights alone, for NumPy"),
    ActionSpec("export_model", "Model, script or table…", "For Keras, ONNX, Python, spreadsheets"),
    ActionSpec("import_model", "Keras model…", "Take the network of a .keras file"),
    ActionSpec(
        "save_picture", "Picture…", "The network or a panel as SVG, PDF or PNG", "Ctrl+Alt+S"
    ),
    ActionSpec("copy_picture", "Copy picture", "The network to the clipboard", "Ctrl+Alt+C"),
    ActionSpec("print_picture", "Print network…", "The network on paper", "Ctrl+Alt+P"),
    ActionSpec("import_data", "Import data…", "Train on your own data", "Ctrl+I", "download"),
    ActionSpec("paste_table", "Paste table…", "Import cells copied in a spreadsheet"),
    ActionSpec("quit", "Quit", "Close Backlit", "Ctrl+Q"),
    ActionSpec("settings", "Settings…", "How Backlit looks and what it does by itself", "Ctrl+,"),
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
        *("add_layer", "Add hidden layer", "A new layer behind the selected one"),
        *("Ctrl+L; Ins", "plus"),
    ),
    ActionSpec(
        *("remove_layer", "Remove layer", "Remove the selected hidden layer"),
        *("Ctrl+Shift+L", "trash-2"),
    ),
    ActionSpec("add_neuron", "Add neuron", "One more in the selected layer", "+"),
    ActionSpec("remove_neuron", "Remove last neuron", "One fewer in the selected layer", "-"),
    ActionSpec(
        *("delete_selected", "Remove", "Remove what is selected in the network"),
        *("Del; Backspace", "trash-2"),
    ),
    ActionSpec("edit_value", "Type the weight…", "Type the weight or bias", "Return; Enter"),
    ActionSpec("rename_layer", "Rename layer…", "Type another name for the layer", "F2", "pencil"),
    ActionSpec(
        *("move_earlier", "Move layer towards input", "In front of the layer before it"),
        "Alt+Left",
    ),
    ActionSpec(
        *("move_later", "Move layer towards output", "Behind the layer after it"), "Alt+Right"
    ),
    ActionSpec("select_all", "Select all neurons", "Of the selected layer, else all", "Ctrl+A"),
    ActionSpec("copy_layers", "Copy layers", "The selected ones, with weights", "Ctrl+C", "copy"),
    ActionSpec("paste_layers", "Paste layers", "Behind the selected layer", "Ctrl+V"),
    ActionSpec(
        "duplicate_layers", "Duplicate layers", "Copies behind the selected ones", "Ctrl+Shift+D"
    ),
    ActionSpec("draw_link", "Link what is selected", "Between two neurons or two layers", "L"),
    ActionSpec("cut_bundle", "Cut all links between two layers", "Of the chosen link or layers"),
    ActionSpec("connect_fully", "Make fully connected", "Draw all links, also those once cut"),
    ActionSpec("freeze", "Freeze", "Training leaves what is selected as it is", "F", "lock"),
    ActionSpec("initialise_again", "Initialise again", "Draw the selected weights anew"),
    ActionSpec("tidy_layout", "Tidy layout", "Put dragged layers back in their places"),
    ActionSpec("network_menu", "Menu of the selection", "What can be done to it", "Ctrl+M"),
    ActionSpec(
        "add_drawing", "Add drawing…", "Add the drawing to the samples", "Ctrl+Return", "list-plus"
    ),
    ActionSpec("unpack", "Unpack the picture…", "How the picture becomes the input vector"),
    ActionSpec("grid", "Grid…", "How many rows and columns there are to draw on"),
    ActionSpec(
        "draw_parts", "Draw the parts by chance", "Forget which part the data say a sample is"
    ),
    ActionSpec("clear_drawing", "Clear drawing", "Empty the canvas", "Ctrl+E", "eraser"),
    ActionSpec("zoom_in", "Zoom in", "See the network larger", "Ctrl++"),
    ActionSpec("zoom_out", "Zoom out", "See more of the network", "Ctrl+-"),
    ActionSpec("zoom_fit", "Zoom to fit", "See all of the network", "Ctrl+0"),
    ActionSpec(
        "zoom_selection", "Zoom to selection", "See what is selected from near", "Ctrl+Shift+0"
    ),
    ActionSpec(
        *("bottom_up", "Network from bottom to top", "Layers as rows, the input lowest"),
        checkable=True,
    ),
    ActionSpec(
        *("inputs_picture", "Inputs as a picture", "Pixels in their places, not in a column"),
        checkable=True,
    ),
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
    ActionSpec("help", "Backlit help", "How everything works, to read and search", "F1"),
    ActionSpec("keys", "Keyboard", "All keys at a glance", "Ctrl+F1", "keyboard"),
    ActionSpec("report_problem", "Report a problem…", "Versions and log, to copy for us"),
    ActionSpec("about", "About Backlit", "Version and licences", "", "info"),
)


class Actions:
    """The QActions of one window, by id."""

    def __init__(self, parent: QWidget) -> None:
        self._actions: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(spec.text, parent)
            action.setObjectName(spec.id)
            action.setCheckable(spec.checkable)
            if spec.shortcut:
                action.setShortcuts(QKeySequence.listFromString(spec.shortcut))
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
    keys = spec.shortcut.replace("; ", " or ")
    return f"{spec.tooltip} ({keys})" if keys else spec.tooltip
