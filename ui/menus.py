"""The menu bar: which action stands where."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from simulator.project import builtin_title, catalog
from ui.actions import Actions

SEPARATOR = None
MENUS = {
    "Edit": (
        *("undo", "redo", SEPARATOR, "copy_picture", SEPARATOR, "clear_drawing"),
        *(SEPARATOR, "settings"),
    ),
    "Data": ("add_drawing", "unpack", "grid", "draw_parts"),
    "Network": (
        *("add_layer", "remove_layer", "add_neuron", "remove_neuron", SEPARATOR),
        *("edit_value", "rename_layer", "delete_selected", SEPARATOR),
        *("move_earlier", "move_later", SEPARATOR),
        *("select_all", "copy_layers", "paste_layers", "duplicate_layers", SEPARATOR),
        *("draw_link", "cut_bundle", "connect_fully", SEPARATOR, "freeze", "initialise_again"),
        *(SEPARATOR, "network_menu", "tidy_layout", SEPARATOR, "new_weights", "all_paths"),
    ),
    "Training": (
        *("run", "reset", SEPARATOR, "step", "back", SEPARATOR, "step_phase", "step_back"),
        *("step_sample", "step_sample_back", "step_iteration", "step_iteration_back"),
        *("step_epoch", "step_epoch_back", SEPARATOR, "newest", "bookmark", "breakpoints"),
        *(SEPARATOR, "predict", "hand_calculation", "worksheet"),
        *(SEPARATOR, "cross_validate", "dropout_ensemble"),
        *(SEPARATOR, "keep_run", "keep_and_restart", "compare_seeds"),
    ),
}
IMPORTS = (
    *("import_data", "paste_table", SEPARATOR),
    *("import_model", "load_structure", "load_weights"),
)
EXPORTS = (
    *("export_model", SEPARATOR, "save_picture", SEPARATOR),
    *("export_structure", "export_weights"),
)
THEMES = ("theme_system", "theme_light", "theme_dark")


def build_menus(
    bar: QMenuBar,
    actions: Actions,
    panel_toggles: Sequence[QAction],
    open_builtin: Callable[[], None],
    notation: QMenu,
    recent: QMenu | None = None,
) -> None:
    """Fill the menu bar; ``open_builtin`` finds the project's name in its sender's data."""
    files = bar.addMenu("File")
    _fill(files, actions, ("new_project", "open"))
    if recent is not None:
        files.addMenu(recent)
    _add_builtin(files.addMenu("Open built-in project"), open_builtin)
    files.addSeparator()
    _fill(files, actions, ("save", "save_as", "save_copy", "revert", SEPARATOR))
    _fill(files.addMenu("Import"), actions, IMPORTS)
    _fill(files.addMenu("Export"), actions, EXPORTS)
    _fill(files, actions, (SEPARATOR, "print_picture", SEPARATOR, "quit"))
    for title, ids in MENUS.items():
        _fill(bar.addMenu(title), actions, ids)
    view = bar.addMenu("View")
    appearance = view.addMenu("Appearance")
    group = QActionGroup(bar)
    for action_id in THEMES:
        group.addAction(actions[action_id])
    _fill(appearance, actions, THEMES)
    panels = view.addMenu("Panels")
    panels.addActions(list(panel_toggles))
    view.addMenu(notation)
    view.addSeparator()
    _fill(view, actions, ("zoom_in", "zoom_out", "zoom_fit", "zoom_selection", SEPARATOR))
    _fill(view, actions, ("bottom_up", "inputs_picture", SEPARATOR))
    _fill(view, actions, ("follow", "animate", "presentation", "full_screen", "reset_layout"))
    _fill(bar.addMenu("Help"), actions, ("help", "keys", SEPARATOR, "report_problem", "about"))


def _fill(menu: QMenu, actions: Actions, ids: Sequence[str | None]) -> None:
    for action_id in ids:
        if action_id is SEPARATOR:
            menu.addSeparator()
        else:
            menu.addAction(actions[action_id])


def _add_builtin(menu: QMenu, open_builtin: Callable[[], None]) -> None:
    for title, names in catalog().items():
        group = menu.addMenu(title) if len(names) > 1 else menu
        for name in names:
            entry = group.addAction(builtin_title(name))
            entry.setData(name)
            entry.triggered.connect(open_builtin)
