"""The window: data on the left, the network in the middle, the inspector right, panels below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from simulator.project import Project, ProjectError
from simulator.snapshot import RunState, Snapshot
from ui.actions import Actions
from ui.canvas.changed_most import NeuronChange
from ui.canvas.data_card import DataCard
from ui.desk.desk import Desk
from ui.dialogs.about import show_about
from ui.dialogs.imports import Imports
from ui.dialogs.keyboard import show_keyboard
from ui.dialogs.training_tools import TrainingTools
from ui.editor.network_card import NetworkCard
from ui.formula.desk import FormulaDesk
from ui.inspector.inspector_card import InspectorCard
from ui.lab import Lab
from ui.menus import build_menus
from ui.notation_choice import NotationChoice
from ui.notice import NoticeBar
from ui.panel_docks import PanelDocks
from ui.predict.predict_desk import PredictDesk
from ui.presentation import Presentation, Stage
from ui.session import Session
from ui.settings import Settings
from ui.style import apply_theme, system_theme
from ui.theme import DARK, GRID, LIGHT, Theme
from ui.transport.phase_strip import PhaseStrip
from ui.transport.time_desk import TimeDesk
from ui.transport.timeline_bar import TimelineBar
from ui.transport.transport_bar import DEFAULT_SPEED, TransportBar

DEFAULT_SIZE = (1440, 900)


class MainWindow(QMainWindow):
    """Shows one session; every widget gets projects and snapshots from here."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session = session
        self._settings = settings
        self._theme = self._chosen_theme()
        apply_theme(QApplication.instance(), self._theme)
        self._data_on_show: object = None
        self._project_on_show: tuple[str, str] | None = None
        self._laid_out = False
        self._scale = 1.0
        self._stop_message = ""
        self._stepped_to: tuple[int, int] | None = None
        self.actions_by_id = Actions(self)
        self._build_widgets()
        build_menus(
            self.menuBar(),
            self.actions_by_id,
            self.docks.toggle_actions(),
            self._on_builtin,
            self.notation.menu,
        )
        self._check_actions()
        self._connect()
        self.setMinimumSize(960, 640)
        self.resize(*DEFAULT_SIZE)
        self._apply_theme()
        self._show_project(session.project)
        self.transport.set_speed(settings.whole_number("speed", DEFAULT_SPEED, 0, 100))
        settings.restore_geometry(self)

    def _build_widgets(self) -> None:
        theme, selection = self._theme, self.session.selection
        self.notation = NotationChoice(self._settings, self)
        self.transport = TransportBar(self.actions_by_id, theme)
        self.transport.set_notation_menu(self.notation.menu)
        self._on_notation()
        self.phase_strip = PhaseStrip(theme)
        self.notice = NoticeBar(theme)
        self.data_card = DataCard(theme)
        self.network_card = NetworkCard(selection, theme)
        self.desk = FormulaDesk(self.session, self.notation, self._settings, theme)
        self.formula = self.desk.card
        self.inspector = InspectorCard(self.session, self.actions_by_id, self._settings)
        self.timeline = TimelineBar(self.session.time, self.actions_by_id, theme)
        self.tools = TrainingTools(self.session, theme, self)
        self.imports = Imports(self.session, theme, self)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.formula)
        right.addWidget(self.inspector)
        right.setSizes([300, 120])
        right.setChildrenCollapsible(False)
        columns = QSplitter(Qt.Orientation.Horizontal)
        for column, stretch in ((self.data_card, 0), (self.network_card, 1), (right, 0)):
            columns.addWidget(column)
            columns.setStretchFactor(columns.count() - 1, stretch)
        columns.setChildrenCollapsible(False)
        self._columns = columns
        for splitter in (columns, right):
            splitter.setHandleWidth(GRID)
        self.data_card.setMinimumWidth(220)
        right.setMinimumWidth(280)
        middle = QWidget()
        middle.setObjectName("middle")
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, 0)
        layout.addWidget(columns)
        self.setCentralWidget(middle)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.docks = PanelDocks(self, selection, theme)
        transport = self._add_bar("transport", self.transport)
        self.addToolBarBreak()
        self._add_bar("phases", self.phase_strip)
        self.addToolBarBreak()
        self._notice_bar = self._add_bar("notice", self.notice)
        self._notice_bar.hide()
        self.addToolBarBreak()
        self.predict = PredictDesk(
            *(self.session, self.notation, self.network_card.view, self.actions_by_id),
            *(theme, self),
        )
        self.predict.place(self._add_bar("predict", self.predict.bar))
        timeline = self._add_bar("timeline", self.timeline, Qt.ToolBarArea.BottomToolBarArea)
        self.lab = Lab(
            *(self.session, self.docks, self.network_card.view, self.notice),
            *(self.actions_by_id, self),
        )
        panels = tuple(self.docks.dock(panel.panel_id) for panel in self.docks.panels)
        stage = Stage(
            *(columns, self.network_card, right, (self.data_card, self.inspector)),
            *((transport, timeline), panels),
        )
        self.presentation = Presentation(self, stage, self.actions_by_id, self._set_scale)

    def _add_bar(self, name: str, widget: QWidget, area: object = None) -> QWidget:
        bar = self.addToolBar(name)
        bar.setObjectName(f"bar_{name}")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.toggleViewAction().setEnabled(False)
        bar.addWidget(widget)
        if area is not None:
            self.addToolBar(area, bar)
        return bar

    def _check_actions(self) -> None:
        """Let the checkable actions show what is stored."""
        for name in ("follow", "animate"):
            self.actions_by_id[name].setChecked(self._settings.flag(name, True))
        self.network_card.set_animated(self._settings.flag("animate", True))
        theme = self._settings.text("theme", "system")
        self.actions_by_id[f"theme_{theme}"].setChecked(True)

    def _connect(self) -> None:
        session, actions = self.session, self.actions_by_id
        self.data_desk = Desk(session, self.data_card, self.docks, actions, self)
        self.data_desk.drawing.changed_most.connect(self._on_changed_most)
        for action_id, slot in (
            ("open", self._on_open),
            ("import_data", self.imports.show_import),
            ("paste_table", self.imports.paste_table),
            ("quit", self.close),
            ("undo", session.undo_stack.undo),
            ("redo", session.undo_stack.redo),
            ("run", session.toggle_running),
            ("reset", session.reset),
            ("new_weights", session.new_weights),
            ("cross_validate", self.tools.show_cross_validation),
            ("dropout_ensemble", self.tools.show_ensemble),
            ("add_layer", self._on_add_layer),
            ("remove_layer", self._on_remove_layer),
            ("clear_drawing", self.data_card.clear_drawing),
            ("all_paths", self.formula.show_paths),
            ("theme_system", self._on_theme_chosen),
            ("theme_light", self._on_theme_chosen),
            ("theme_dark", self._on_theme_chosen),
            ("toggle_theme", self._on_toggle_theme),
            ("follow", self._on_view_flags),
            ("animate", self._on_view_flags),
            ("presentation", self.presentation.toggle),
            ("full_screen", self._on_full_screen),
            ("reset_layout", self._on_reset_layout),
            ("keys", self._on_keys),
            ("about", self._on_about),
        ):
            actions.connect(action_id, slot)
        self.time = TimeDesk(session, actions, self.transport, self.timeline, self)
        for action_id in (
            *("run", "step", "step_phase", "step_sample", "step_iteration", "step_epoch"),
        ):
            actions[action_id].triggered.connect(self._on_training_action)
        self.desk.join(self.network_card, self.inspector, self.docks, self.phase_strip)
        self.notation.changed.connect(self._on_notation)
        self.notation.refused.connect(self.show_notice)
        session.project_changed.connect(self._show_project)
        session.snapshot_changed.connect(self._show_snapshot)
        session.refused.connect(self.show_notice)
        session.selection.changed.connect(self._on_selection)
        session.undo_stack.canUndoChanged.connect(actions["undo"].setEnabled)
        session.undo_stack.canRedoChanged.connect(actions["redo"].setEnabled)
        session.undo_stack.undoTextChanged.connect(self._on_undo_text)
        session.undo_stack.redoTextChanged.connect(self._on_redo_text)
        actions["undo"].setEnabled(False)
        actions["redo"].setEnabled(False)
        self.transport.rate_limit_changed.connect(session.set_rate_limit)
        self.phase_strip.phase_chosen.connect(self._on_phase_chosen)
        self.data_card.drawn.connect(self._on_drawn)
        self.network_card.source_changed.connect(self._on_source)
        self.notice.closed.connect(self._notice_bar.hide)
        self.presentation.changed.connect(actions["presentation"].setChecked)
        QApplication.styleHints().colorSchemeChanged.connect(self._on_system_theme)

    # Showing

    def _show_project(self, project: Project) -> None:
        data = project.data
        self.setWindowTitle(f"{project.title or project.name} — Backlit")
        for part in (self.transport, self.timeline, self.formula, self.inspector):
            part.show_project(project)
        self.network_card.show_project(project)
        self.docks.show_project(project)
        if data is not self._data_on_show:
            self._data_on_show = data
            self._show_data(project)
        parts = project.prepared
        self.data_card.set_parts(parts.validation.rows, parts.test.rows)
        self._on_selection()

    def _show_data(self, project: Project) -> None:
        data = project.data
        picture = data.picture
        images = None
        shape = None
        if picture is not None:
            images = picture.pack_all(data.inputs)
            shape = (picture.rows, picture.columns)
        classes = data.target_classes
        if classes is None:
            labels = [str(n + 1) for n in range(len(data))]
        else:
            labels = [data.class_name(int(number)) for number in classes]
        names = [data.class_name(n) for n in range(data.n_outputs)]
        if data.n_outputs == 1:
            names = ["y"]
        same = (project.name, project.title) == self._project_on_show
        self._project_on_show = (project.name, project.title)
        drawn = self.data_card.drawing().shape
        self.data_card.set_data(images, data.inputs, labels, names, shape, data.input_names, same)
        if picture is not None:
            self.data_card.set_indices(picture.index)
        if not same or self.data_card.drawing().shape != drawn:
            self.data_card.show_sample(min(2, len(data) - 1))
        else:
            self._send_drawing(self.data_card.drawing())
            self.data_desk.show_current()

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.spec != self.session.project.network:
            return
        snapshot = self.predict.veiled(snapshot)
        for part in (self.transport, self.phase_strip, self.timeline, self.formula):
            part.show_snapshot(snapshot)
        self.inspector.show_snapshot(snapshot)
        self.network_card.show_snapshot(snapshot)
        self.docks.show_snapshot(snapshot)
        probe = snapshot.probe
        self.data_card.set_prediction(None if probe is None else probe.prediction)
        stepping = snapshot.trace is not None and snapshot.cursor is not None
        if stepping and (snapshot.trace.iteration, snapshot.cursor) != self._stepped_to:
            self._stepped_to = (snapshot.trace.iteration, snapshot.cursor)
            self.network_card.set_source("training")
        self.data_card.set_training_sample(
            int(snapshot.trace.samples[snapshot.row]) if stepping else None
        )
        if self.actions_by_id["follow"].isChecked():
            self.docks.follow(snapshot.phase)
        if snapshot.message != self._stop_message:
            self._stop_message = snapshot.message
            if snapshot.message:
                self.show_notice(snapshot.message)
            else:
                self._notice_bar.hide()

    def show_notice(self, sentence: str) -> None:
        """Show a sentence above the network until it is closed."""
        if self.notice.text() != sentence or not self._notice_bar.isVisible():
            self.notice.set_text(sentence)
            self._notice_bar.show()

    # Answering

    def _on_training_action(self) -> None:
        self.network_card.set_source("training")
        self._notice_bar.hide()

    def _on_phase_chosen(self, index: int) -> None:
        self.network_card.set_source("training")
        self.session.step_to_phase(index)

    def _on_drawn(self, values: object) -> None:
        self._send_drawing(values)
        if self.session.state is not RunState.RUNNING:
            self.network_card.set_source("drawing")

    def _send_drawing(self, values: object) -> None:
        picture = self.session.project.data.picture
        self.session.set_drawing(values if picture is None else picture.unpack(values))

    def _on_changed_most(self, change: NeuronChange | None) -> None:
        neuron = None if change is None else (change.layer, change.neuron)
        self.network_card.view.mark_changed(neuron)
        self.data_card.show_change(*(("",) if change is None else change.wordings))

    def _on_source(self, source: str) -> None:
        self.inspector.set_drawing(source == "drawing")

    def _on_selection(self) -> None:
        layer, depth = self.session.selection.layer, self.session.project.network.depth
        self.actions_by_id["add_layer"].setEnabled(layer is None or layer < depth)
        self.actions_by_id["remove_layer"].setEnabled(layer is not None and 0 < layer < depth)

    def _on_add_layer(self) -> None:
        layer = self.session.selection.layer
        self.session.insert_layer(
            self.session.project.network.depth - 1 if layer is None else layer
        )

    def _on_remove_layer(self) -> None:
        layer = self.session.selection.layer
        if layer is not None:
            self.session.remove_layer(layer)

    def _on_undo_text(self, text: str) -> None:
        self.actions_by_id["undo"].setText(f"Undo {text.lower()}".strip())

    def _on_redo_text(self, text: str) -> None:
        self.actions_by_id["redo"].setText(f"Redo {text.lower()}".strip())

    def _on_builtin(self) -> None:
        self.open(self.sender().data())

    def _on_open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Open project", "", "Backlit projects (*.json);;All files (*)"
        )
        if path:
            self.open(path)

    def open(self, source: str) -> None:
        """Open a project; one that cannot be opened leaves the present one open."""
        try:
            self.session.open(source)
        except ProjectError as problem:
            QMessageBox.warning(self, "The project was not opened", str(problem))

    def _on_keys(self) -> None:
        show_keyboard(self)

    def _on_about(self) -> None:
        show_about(self)

    # Looks

    def _chosen_theme(self) -> Theme:
        chosen = self._settings.text("theme", "system")
        if chosen == "light":
            return LIGHT
        if chosen == "dark":
            return DARK
        return system_theme(QApplication.instance())

    def _on_theme_chosen(self) -> None:
        for name in ("system", "light", "dark"):
            if self.actions_by_id[f"theme_{name}"].isChecked():
                self._settings.set_text("theme", name)
        self._theme = self._chosen_theme()
        self._apply_theme()

    def _on_toggle_theme(self) -> None:
        other = "light" if self._theme.name == "dark" else "dark"
        self.actions_by_id[f"theme_{other}"].setChecked(True)
        self._on_theme_chosen()

    def _on_system_theme(self) -> None:
        if self._settings.text("theme", "system") == "system":
            self._theme = self._chosen_theme()
            self._apply_theme()

    def _apply_theme(self) -> None:
        apply_theme(QApplication.instance(), self._theme, self._scale)
        self.actions_by_id.apply_theme(self._theme)
        for part in (
            self.transport,
            self.phase_strip,
            self.timeline,
            self.notice,
            self.data_card,
            self.network_card,
            self.formula,
            self.docks,
            self.data_desk.drawing,
            self.tools,
            self.imports,
            self.predict,
            self.presentation.bar,
        ):
            part.apply_theme(self._theme)

    def _set_scale(self, scale: float) -> None:
        """Draw everything so much larger."""
        self._scale = scale
        self.network_card.view.set_text_scale(scale)
        self.docks.set_bare(scale != 1.0)
        self._apply_theme()

    def _on_view_flags(self) -> None:
        for name in ("follow", "animate"):
            self._settings.set_flag(name, self.actions_by_id[name].isChecked())
        self.network_card.set_animated(self.actions_by_id["animate"].isChecked())

    def _on_notation(self) -> None:
        self.transport.show_notation(self.notation.notation.title)

    def _on_full_screen(self) -> None:
        if self.actions_by_id["full_screen"].isChecked():
            self.showFullScreen()
        else:
            self.showNormal()

    def _on_reset_layout(self) -> None:
        self.docks.reset()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay the docks out at the first show, when the window has its size."""
        super().showEvent(event)
        if not self._laid_out:
            self._laid_out = True
            data, right = max(250, round(0.16 * self.width())), max(340, round(0.23 * self.width()))
            self._columns.setSizes([data, self.width() - data - right, right])
            self.docks.reset()
            if not self._settings.restore_docks(self):
                # Only when it is laid out does Qt give the docks another height.
                QTimer.singleShot(0, self.docks.set_height)
            # The stored layout may come from a window that closed with a notice on show.
            self._notice_bar.setVisible(bool(self.notice.text()))

    # Leaving

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop training and wait for its thread, whatever else happens."""
        try:
            self.presentation.leave()
            self._settings.set_whole_number("speed", self.transport.speed.value())
            self._settings.save_window(self)
        finally:
            self.session.shut_down()
            self.tools.shut_down()
            self.lab.shut_down()
            self.imports.shut_down()
            self.desk.shut_down()
            event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            QTimer.singleShot(0, self._on_window_state)

    def _on_window_state(self) -> None:
        self.actions_by_id["full_screen"].setChecked(self.isFullScreen())
