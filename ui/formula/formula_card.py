"""The Formula card: what is computed now, and why any number is what it is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QWidget

from simulator.explain import explain_quantity, title_of
from simulator.explanation import Explanation
from simulator.project import Project
from simulator.quantity import Kind, Quantity
from simulator.snapshot import Snapshot
from simulator.trace import Trace
from ui.editor.hover import Target
from ui.formula import content, places
from ui.formula.blocks import Asked, Block, Crumb, Made, PathPlace, SampleRow, Words
from ui.formula.content import View
from ui.formula.copy_menu import CopyMenu
from ui.formula.moment import CLICK_HINT, Moment
from ui.formula.paths_page import PathsPage, leads_to, paths_page
from ui.formula.renderer import FormulaRenderer
from ui.formula.sheet import Sheet
from ui.formula.tools import FormulaTools
from ui.formula.trail import Trail
from ui.resources import icon
from ui.selection import Selection
from ui.settings import Settings
from ui.style import current_scale
from ui.theme import GRID, Theme
from ui.widgets.card import Card
from ui.writing import Writing

NOT_YET = "Not computed yet: step on (F10)."
OF_TRAINING = "These are the numbers of the training step; the network shows the drawing."
NO_SUCH = "This iteration has no such number."
_SAID_MILLISECONDS = 2500
_BACK_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Back)


class FormulaCard(Card):
    """Explains the current phase; a number that is asked opens a page of its own on top.

    Signals
    -------
    pointed(Target | None) : a number of this neuron or link is pointed at.
    paths_lit(list[LitLink] | None) : links on the paths to be lit in the network, None for none.
    row_chosen(int) : a sample of the mini-batch, from 0, is to be shown.
    update_wanted(Made) : the user wants to go to the update that made a parameter.
    """

    pointed = Signal(object)
    row_chosen = Signal(int)
    paths_lit = Signal(object)
    update_wanted = Signal(object)

    def __init__(
        self,
        selection: Selection,
        renderer: FormulaRenderer,
        settings: Settings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Formula", parent)
        self._settings = settings
        self._theme = theme
        self._writing = Writing()
        self._moment = Moment(selection)
        self._place: object = None
        self._explanation: Explanation | None = None
        self._paths: PathsPage | None = None
        self._pinned: int | None = None
        self._trail = Trail()
        self._wanted = View.SUM
        self._shown: object = None
        self._build(renderer)
        selection.changed.connect(self._on_selection)
        self._show_hint(self._moment.hint())

    def _build(self, renderer: FormulaRenderer) -> None:
        self.back_button = self._tool("arrow-left", "Back to the number before (Backspace)")
        self.forward_button = self._tool("arrow-right", "Forward again (Alt+Right)")
        self.copy_button = self._tool("copy", "Copy the formula")
        self.back_button.clicked.connect(self._on_back)
        self.forward_button.clicked.connect(self._on_forward)
        self.tools = FormulaTools(self._settings)
        self.tools.view_chosen.connect(self._on_view)
        self.tools.digits_changed.connect(self._refresh)
        self.sheet = Sheet(renderer, self._theme)
        self.sheet.name_of = self._name_of
        self.sheet.installEventFilter(self)
        self.sheet.asked.connect(self._on_asked)
        self.sheet.pointed.connect(self._on_pointed)
        self.sheet.reached.connect(self._on_reached)
        self.menu = CopyMenu(self.sheet, self)
        self.menu.said.connect(self._say)
        self.copy_button.setMenu(self.menu)
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName("Formula")
        self.area.setWidget(self.sheet)
        self.body.addWidget(self.tools)
        self.body.addWidget(self.area, 1)
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(_SAID_MILLISECONDS)
        self._said.timeout.connect(self._write_caption)
        self.apply_theme(self._theme)

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (")[0])
        self.add_header_widget(button)
        return button

    # What to show

    def apply_theme(self, theme: Theme) -> None:
        """Repaint in other colours."""
        self._theme = theme
        for button in (self.back_button, self.forward_button, self.copy_button):
            side, edge = (round(length * current_scale()) for length in (28, 16))
            button.setIcon(icon(button.objectName(), theme, edge))
            button.setIconSize(QSize(edge, edge))
            button.setFixedSize(side, side)
        self.sheet.apply_theme(theme)

    def set_writing(self, writing: Writing) -> None:
        """Write symbols and signs like this."""
        self._writing = writing
        self._refresh()

    def show_project(self, project: Project) -> None:
        """Take over the project of the equations."""
        self._moment.newest_project = project
        self._refresh()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Explain the current phase; a step closes the pages on top of it."""
        self._moment.snapshot = snapshot
        if self._moment.place != self._place:
            self._place = self._moment.place
            self._trail.clear()
        self._refresh()

    def ask(self, quantity: Quantity) -> None:
        """Open a page on how a number came about."""
        trace = self._moment.trace
        if trace is None or not places.has(trace.spec, quantity):
            return
        self._wanted = View.SUM
        if quantity == self._moment.root():
            self._trail.clear()
        else:
            self._trail.open(quantity)
        self._refresh()

    def choose_link(self, link: Target | None) -> None:
        """A link was chosen in the network, or (None) is no longer."""
        self._moment.link = link
        self._trail.clear()
        self._wanted = View.SUM if self._wanted is View.PATHS else self._wanted
        self._refresh()

    def click(self, target: Target | None) -> None:
        """Something was clicked in the network: show the origin of its number."""
        quantity = None if target is None else self._moment.at(target)
        if quantity is not None:
            self.ask(quantity)

    def show_paths(self) -> None:
        """Light all paths to the weight on show, or to the chosen link's; once more: no longer."""
        if self._paths is not None:
            self._wanted = View.SUM
            self._refresh()
            return
        explained = None if self._explanation is None else self._explanation.quantity
        if explained is None or not leads_to(explained):
            link = self._moment.link
            explained = None if link is None else self._moment.at(link)
        if explained is None or not leads_to(explained):
            self._say("click a link first")
        else:
            self.ask(replace(explained, kind=Kind.GRADIENT))
            self._wanted = View.PATHS
            self._refresh()

    def set_drawing(self, drawing: bool) -> None:
        """Whether the network shows the drawing; what is explained is the training step."""
        self._moment.drawing = drawing
        self._shown = None
        self._refresh()

    def light(self, target: Target | None) -> None:
        """Tint the numbers of a neuron or link that is pointed at in the network."""
        snapshot = self._moment.snapshot
        if target is None or snapshot is None:
            self.sheet.light(())
            return
        self.sheet.light(
            piece.asked
            for piece in self.sheet.numbers()
            if isinstance(piece.asked, Quantity)
            and places.target_of(piece.asked, snapshot.spec) == target
        )

    @property
    def explanation(self) -> Explanation | None:
        """What is on show; None with a hint."""
        return self._explanation

    # Inside

    def _refresh(self) -> None:
        moment, trail = self._moment, self._trail
        snapshot, trace = moment.snapshot, moment.trace
        if snapshot is None or trace is None:
            trail.clear()
            self._show_hint(moment.hint())
            return
        quantity = trail.current or moment.root()
        if quantity is None:
            self._show_hint(f"{moment.hint()} {CLICK_HINT}")
            return
        digits = self.tools.digits.value()
        key = (id(trace), snapshot.cursor, quantity, trail.way, trail.can_go_forward)
        key += (self._wanted, digits, self._writing, moment.project)
        if key == self._shown:
            return
        self._shown = key
        if not places.is_computed(snapshot, quantity):
            self._show_only(title_of(quantity, moment.project), NOT_YET)
            return
        try:
            explanation = explain_quantity(
                trace, moment.project, quantity, self._writing.notation, digits
            )
        except KeyError:
            self._show_only(title_of(quantity, moment.project), NO_SUCH)
            return
        self._show(explanation, trace)

    def _show(self, explanation: Explanation, trace: Trace) -> None:
        self._explanation = self.menu.explanation = explanation
        quantity, digits = explanation.quantity, self.tools.digits.value()
        offered = content.views_of(explanation)
        if quantity.kind is Kind.GRADIENT and leads_to(quantity):
            offered.append(View.PATHS)
        view = self._wanted if self._wanted in offered else View.SUM
        self.tools.show_views(offered, view)
        self.tools.show()
        self.copy_button.setEnabled(True)
        page = None
        if view is View.PATHS:
            page = paths_page(trace, self._moment.project, explanation, self._writing, digits)
            blocks: tuple[Block, ...] = page.blocks
        else:
            blocks = content.blocks_of(explanation, view, digits)
            blocks += tuple(content.origin(explanation, trace))
        self._put(blocks)
        self._light_paths(page)

    def _show_only(self, title: str, text: str) -> None:
        """Words in place of an explanation."""
        self._explanation = self.menu.explanation = None
        self.tools.hide()
        self.copy_button.setEnabled(False)
        self._put(((Words(content.capitalized(title), "title"),) if title else ()) + (Words(text),))
        self._light_paths(None)

    def _show_hint(self, text: str) -> None:
        if self._shown != (text,):
            self._shown = (text,)
            self._show_only("", text)

    def _put(self, blocks: tuple[Block, ...]) -> None:
        """Show these below the way that led here."""
        trail, snapshot = self._trail, self._moment.snapshot
        if trail.way and snapshot is not None:
            first = "this step" if snapshot.phase is not None else "selection"
            signs = [self._writing.of_quantity(own, snapshot.spec) for own in trail.way]
            blocks = (content.crumbs([first, *signs]), *blocks)
        if self._moment.drawing and self._explanation is not None:
            blocks = (*blocks, Words(OF_TRAINING))
        if blocks != self.sheet.blocks:
            self.sheet.set_blocks(blocks)
            self.area.verticalScrollBar().setValue(0)
        self.back_button.setVisible(trail.can_go_back)
        self.forward_button.setVisible(trail.can_go_forward)
        self._write_caption()
        self._on_pointed(None)

    def _light_paths(self, page: PathsPage | None) -> None:
        if page is None and self._paths is None:
            return
        self._paths, self._pinned = page, None
        lit = None if page is None or page.paths is None else page.links()
        self.paths_lit.emit(lit)

    def _write_caption(self) -> None:
        explanation, snapshot = self._explanation, self._moment.snapshot
        text = ""
        if explanation is not None and snapshot is not None:
            text = places.caption_of(explanation.quantity, snapshot.spec)
        self.set_caption(text)

    def _say(self, text: str) -> None:
        """A confirmation in place of the caption, for a moment."""
        self.set_caption(text)
        self._said.start()

    def _name_of(self, asked: Asked) -> str:
        return content.name_of(asked, self._moment.project)

    # Answering

    def _on_asked(self, asked: Asked) -> None:
        if isinstance(asked, Quantity):
            self.ask(asked)
        elif isinstance(asked, Crumb):
            self._trail.go_to(asked.place)
            self._refresh()
        elif isinstance(asked, SampleRow):
            self.row_chosen.emit(asked.row)
        elif isinstance(asked, Made):
            self.update_wanted.emit(asked)
        elif isinstance(asked, PathPlace):
            self._pinned = None if asked.place == self._pinned else asked.place
            self._on_pointed(asked)

    def _on_pointed(self, asked: Asked | None) -> None:
        """Point out in the network what a number belongs to; at rest what this page is about."""
        snapshot = self._moment.snapshot
        if self._paths is not None and self._paths.paths is not None:
            alone = asked.place if isinstance(asked, PathPlace) else self._pinned
            self.paths_lit.emit(self._paths.links(alone))
        quantity = asked if isinstance(asked, Quantity) else self._trail.current
        target = None
        if quantity is not None and snapshot is not None:
            target = places.target_of(quantity, snapshot.spec)
        self.pointed.emit(target)

    def _on_reached(self, rect: QRect) -> None:
        middle = rect.center()
        self.area.ensureVisible(middle.x(), middle.y(), rect.width(), rect.height() + GRID)

    def _on_selection(self) -> None:
        """A neuron of another layer than the phase's opens a page; of the same, its equation."""
        self._trail.clear()
        beside = self._moment.beside_phase()
        if beside is not None:
            self._trail.open(beside)
        self._refresh()

    def _on_view(self, view: View) -> None:
        self._wanted = view
        self._refresh()

    def _on_back(self) -> None:
        self._trail.back()
        self._refresh()

    def _on_forward(self) -> None:
        self._trail.forward()
        self._refresh()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._explanation is not None:
            self.menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._answer_key(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the card's keys before the scroll area does."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._answer_key(event)
        return False

    def _answer_key(self, event: QKeyEvent) -> bool:
        key, alt = Qt.Key(event.key()), Qt.KeyboardModifier.AltModifier
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        alone = modifiers == Qt.KeyboardModifier.NoModifier
        if (key in _BACK_KEYS and alone) or (key == Qt.Key.Key_Left and modifiers == alt):
            self._on_back()
        elif key == Qt.Key.Key_Right and modifiers == alt:
            self._on_forward()
        elif key == Qt.Key.Key_Escape and alone and self._trail.can_go_back:
            self._trail.clear()
            self._refresh()
        else:
            return False
        return True

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Hide:
            self.pointed.emit(None)
        return super().event(event)
