"""The window: data on the left, the network in the middle, the inspector right, panels below."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from simulator.project import Project
from simulator.snapshot import Snapshot
from ui.actions import Actions
from ui.canvas.data_card import DataCard
from ui.desk.data_view import DataView
from ui.desk.desk import Desk
from ui.dialogs.imports import Imports
from ui.dialogs.training_tools import TrainingTools
from ui.editing import EditDesk
from ui.editor.network_card import NetworkCard
from ui.editor.network_desk import NetworkDesk
from ui.editor.view_desk import ViewDesk
from ui.exchange.exchange_desk import ExchangeDesk
from ui.figures.figure_desk import FigureDesk
from ui.figures.figure_dialog import Part
from ui.files.file_bar import FileBar
from ui.files.file_desk import FileDesk
from ui.files.new_projects import NewProjects
from ui.formula.desk import FormulaDesk
from ui.help.help_desk import HelpDesk
from ui.inspector.inspector_card import InspectorCard
from ui.inspector.room import InspectorRoom
from ui.lab import Lab
from ui.looks import Looks
from ui.menus import build_menus
from ui.notation_choice import NotationChoice
from ui.notice import NoticeBar
from ui.panel_docks import PanelDocks
from ui.predict.predict_desk import PredictDesk
from ui.preferences import Preferences
from ui.presentation import Presentation, Stage
from ui.session import Session
from ui.settings import LAYOUT_VERSION, Settings
from ui.theme import GRID
from ui.transport.phase_strip import PhaseStrip
from ui.transport.time_desk import TimeDesk
from ui.transport.timeline_bar import TimelineBar
from ui.transport.transport_bar import DEFAULT_SPEED, TransportBar

DEFAULT_SIZE = QSize(1440, 900)
SMALLEST_SIZE = QSize(960, 600)
FRAME = QSize(16, 40)
"""Of the screen is left for the frame of the desktop around the window and its title."""


class MainWindow(QMainWindow):
    """Shows one session; every widget gets projects and snapshots from here."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session = session
        self._settings = settings
        self._laid_out = False
        self._stop_message = ""
        self.actions_by_id = Actions(self)
        self.looks = Looks(settings, self.actions_by_id, self)
        self._build_widgets()
        build_menus(
            self.menuBar(),
            self.actions_by_id,
            self.docks.toggle_actions(),
            self._on_builtin,
            self.notation.menu,
            self.files.recent.menu,
        )
        self._connect()
        self.setMinimumSize(SMALLEST_SIZE)
        self.resize(first_size(self.screen().availableSize()))
        self._join_looks()
        self._show_project(session.project)
        self.transport.set_speed(settings.whole_number("speed", DEFAULT_SPEED, 0, 100))
        self._sized = settings.restore_geometry(self)
        notice = settings.notice or settings.store()
        if notice:
            self.show_notice(notice)

    def _build_widgets(self) -> None:
        theme, selection = self.looks.theme, self.session.selection
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
        self.room = InspectorRoom(right, self.inspector, self._settings, self)
        right.setChildrenCollapsible(False)
        columns = QSplitter(Qt.Orientation.Horizontal)
        for column, stretch in ((self.data_card, 0), (self.network_card, 1), (right, 0)):
            columns.addWidget(column)
            columns.setStretchFactor(columns.count() - 1, stretch)
        columns.setChildrenCollapsible(False)
        self.columns, self.right = columns, right
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
        self.file_bar = FileBar(theme)
        self.file_bar.place(self._add_bar("file", self.file_bar))
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
        self.files = FileDesk(self, self.actions_by_id, self._settings, theme)
        self.exchange = ExchangeDesk(self, self.actions_by_id)

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

    def _connect(self) -> None:
        session, actions = self.session, self.actions_by_id
        self.data_desk = Desk(session, self.data_card, self.docks, actions, self)
        self.data_view = DataView(
            *(session, self.data_card, self.network_card, self.data_desk, self),
        )
        self.edits = EditDesk(session, actions, self)
        self.network_desk = NetworkDesk(session, actions, self.network_card.view, self)
        for action_id, slot in (
            ("import_data", self.imports.show_import),
            ("paste_table", self.imports.paste_table),
            ("quit", self.close),
            ("run", session.toggle_running),
            ("cross_validate", self.tools.show_cross_validation),
            ("dropout_ensemble", self.tools.show_ensemble),
            ("clear_drawing", self.data_card.clear_drawing),
            ("all_paths", self.formula.show_paths),
            ("presentation", self.presentation.toggle),
            ("full_screen", self._on_full_screen),
            ("reset_layout", self._on_reset_layout),
        ):
            actions.connect(action_id, slot)
        fixed = (
            Part("network", "Network", self.network_card.view),
            Part("formula", "Formula", self.formula),
            Part("window", "Whole window", self),
        )
        self.figures = FigureDesk(fixed, self.docks, self.looks, actions, self)
        self.help = HelpDesk(session, actions, self.looks.theme, self)
        self.new_projects = NewProjects(self, actions)
        self.preferences = Preferences(self, self._settings, actions)
        self.time = TimeDesk(session, actions, self.transport, self.timeline, self)
        self.view_desk = ViewDesk(self.network_card, actions, self._settings, session.selection)
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
        self.transport.rate_limit_changed.connect(session.set_rate_limit)
        self.phase_strip.phase_chosen.connect(self._on_phase_chosen)
        self.network_card.source_changed.connect(self._on_source)
        self.notice.closed.connect(self._notice_bar.hide)
        self.presentation.changed.connect(actions["presentation"].setChecked)

    # Showing

    def _show_project(self, project: Project) -> None:
        for part in (self.transport, self.timeline, self.formula, self.inspector):
            part.show_project(project)
        self.network_card.show_project(project)
        self.docks.show_project(project)
        self.data_view.show_project(project)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.spec != self.session.project.network:
            return
        snapshot = self.predict.veiled(snapshot)
        bar = self.presentation.bar
        for part in (self.transport, bar, self.phase_strip, self.timeline, self.formula):
            part.show_snapshot(snapshot)
        self.inspector.show_snapshot(snapshot)
        self.network_card.show_snapshot(snapshot)
        self.docks.show_snapshot(snapshot)
        self.data_view.show_snapshot(snapshot)
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

    def _on_source(self, source: str) -> None:
        self.inspector.set_drawing(source == "drawing")

    def _on_builtin(self) -> None:
        self.open(self.sender().data())

    def open(self, source: str) -> None:
        """Open a project; one that cannot be opened leaves the present one open."""
        self.files.open(source)

    # Looks

    def _join_looks(self) -> None:
        self.looks.join(
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
            self.help,
            self.predict,
            self.files,
            self.presentation.bar,
        )
        self.looks.apply()
        self.looks.set_animated(self.network_card.set_animated)

    def _set_scale(self, scale: float) -> None:
        """Draw everything so much larger."""
        self.network_card.view.set_text_scale(scale)
        self.docks.set_bare(scale != 1.0)
        self.looks.set_scale(scale)

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
            # In a narrow window the network keeps what room there is.
            least, most = (0.22, 0.29), (0.16, 0.23)
            data, right = (
                max(min(usual, round(small * self.width())), round(large * self.width()))
                for usual, small, large in zip((250, 340), least, most, strict=True)
            )
            self.columns.setSizes([data, self.width() - data - right, right])
            self.docks.reset()
            if not self._settings.restore_docks(self):
                # Only when it is laid out does Qt give the docks another height.
                QTimer.singleShot(0, self, self.docks.set_height)
            self._show_bars()

    def restore_layout(self, state: QByteArray) -> None:
        """Put the docks where a layout says that is known to be whole."""
        self.restoreState(state, LAYOUT_VERSION)
        self._show_bars()

    def _show_bars(self) -> None:
        """The layout may come from a window that had other bars on show."""
        self._notice_bar.setVisible(bool(self.notice.text()))
        self.files.bar.restore()
        self.predict.restore()

    def show_at_start(self) -> None:
        """Show it; it fills a screen too small for its usual size, until someone sizes it."""
        cramped = first_size(self.screen().availableSize()) != DEFAULT_SIZE
        if cramped and not self._sized:
            self.showMaximized()
        else:
            self.show()

    # Leaving

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop training and wait for its thread, whatever else happens, if nothing is lost."""
        if not self.files.may_close():
            event.ignore()
            return
        try:
            self.presentation.leave()
            self._settings.set_whole_number("speed", self.transport.speed.value())
            self._settings.save_window(self)
        finally:
            self.session.shut_down()
            self.files.shut_down()
            self.exchange.shut_down()
            self.tools.shut_down()
            self.lab.shut_down()
            self.imports.shut_down()
            self.desk.shut_down()
            event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            QTimer.singleShot(0, self, self._on_window_state)

    def _on_window_state(self) -> None:
        self.actions_by_id["full_screen"].setChecked(self.isFullScreen())


def first_size(available: QSize) -> QSize:
    """How large a window first is on a screen with so much room for windows."""
    return DEFAULT_SIZE.boundedTo(available - FRAME).expandedTo(SMALLEST_SIZE)
