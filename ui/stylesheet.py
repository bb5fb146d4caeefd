"""The application's style sheet, written from the tokens of a theme."""

from __future__ import annotations

import re

from PySide6.QtGui import QColor

from ui.resources import tinted_file
from ui.theme import CARD_RADIUS, CONTROL_HEIGHT, NUMBERS_FAMILY, WORDS_FAMILY, Theme

_PIXELS = re.compile(r"(\d+(?:\.\d+)?)px")


def mixed(first: str, second: str, share: float) -> str:
    """The colour ``share`` of the way from ``first`` to ``second``, as #RRGGBB."""
    a, b = QColor(first).getRgb(), QColor(second).getRgb()
    parts = (round(x + (y - x) * share) for x, y in zip(a[:3], b[:3], strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def build_stylesheet(theme: Theme, scale: float = 1.0) -> str:
    """The whole style sheet; every length except a 1 px line grows with ``scale``."""
    names = {
        "background": theme.background,
        "panel": theme.panel,
        "line": theme.line,
        "text": theme.text,
        "muted": theme.muted,
        "accent": theme.accent,
        "on_accent": theme.on_accent,
        "zero": theme.zero,
        "negative": theme.negative,
        "hover": mixed(theme.background, theme.text, 0.06),
        "pressed": mixed(theme.background, theme.text, 0.12),
        "faint": mixed(theme.panel, theme.muted, 0.6),
        "segment": mixed(theme.panel, theme.text, 0.09),
        "edge": mixed(theme.line, theme.text, 0.18),
        "accent_hover": mixed(theme.accent, theme.text, 0.14),
        "accent_pressed": mixed(theme.accent, theme.text, 0.26),
        "accent_soft": mixed(theme.panel, theme.accent, 0.16),
        "words": f'"{WORDS_FAMILY}"',
        "numbers": f'"{NUMBERS_FAMILY}"',
        "inner": f"{CONTROL_HEIGHT - 2}px",
        "radius": f"{CARD_RADIUS}px",
    }
    sheet = _pictures(_BASE + _CONTROLS + _FIELDS + _WINDOWS + _LABELS, theme)
    for name, value in names.items():
        sheet = sheet.replace(f"@{name};", f"{value};").replace(f"@{name} ", f"{value} ")
    return _PIXELS.sub(lambda match: _grown(match, scale), sheet)


def _grown(match: re.Match[str], scale: float) -> str:
    length = float(match[1])
    return f"{length if length <= 1.0 else max(1, round(length * scale)):g}px"


def _pictures(sheet: str, theme: Theme) -> str:
    """Fill in ``@icon(name, token);``; a line whose icon is missing goes."""

    def fill(match: re.Match[str]) -> str:
        path = tinted_file(match[1], getattr(theme, match[2]))
        return "" if path is None else f'image: url("{path.as_posix()}");'

    return re.sub(r"@icon\(([\w-]+), (\w+)\);", fill, sheet)


_BASE = """
QMainWindow, QDialog, QMessageBox { background: @background; }
QMainWindow::separator { background: transparent; width: 8px; height: 8px; }
QMainWindow::separator:hover { background: @hover; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @hover; }
QSplitter::handle:horizontal { width: 8px; }
QSplitter::handle:vertical { height: 8px; }
QFrame[role="card"] { background: @panel; border: 1px solid @line; border-radius: @radius; }
QFrame[role="rule"] { background: @line; border: none; max-height: 1px; min-height: 1px; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 0;
    spacing: 0; }
QToolTip { background: @panel; color: @text; border: 1px solid @edge; padding: 5px 8px; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 10px; margin: 0; }
QScrollBar:horizontal { height: 10px; margin: 0; }
QScrollBar::handle { background: @edge; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; }
"""

_CONTROLS = """
QPushButton { background: @background; color: @text; border: 1px solid @line;
    border-radius: 6px; padding: 0 12px; min-height: @inner; font-weight: 500; }
QPushButton:hover { background: @hover; border-color: @edge; }
QPushButton:pressed { background: @pressed; }
QPushButton:checked { background: @accent_soft; border-color: @accent; }
QPushButton:disabled { color: @faint; background: @background; }
QPushButton:focus { border: 2px solid @accent; padding: 0 11px; min-height: 28px; }
QPushButton::menu-indicator { width: 14px; height: 14px; subcontrol-origin: border;
    subcontrol-position: center right; right: 8px; @icon(chevron-down, muted); }
QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton:flat:hover { background: @hover; }
QPushButton:flat:focus { border-color: @accent; }
QPushButton[role="primary"] { background: @accent; color: @on_accent; border-color: @accent;
    font-weight: 600; }
QPushButton[role="primary"]:hover { background: @accent_hover; border-color: @accent_hover; }
QPushButton[role="primary"]:pressed { background: @accent_pressed; }
QPushButton[role="primary"]:focus { border-color: @text; }
QPushButton[role="primary"]:disabled { background: @line; color: @faint; border-color: @line; }
QPushButton[role="segment"] { background: transparent; color: @muted; border: none;
    border-radius: 5px; padding: 0 10px; min-height: 24px; font-weight: 500; }
QPushButton[role="segment"]:hover { color: @text; }
QPushButton[role="segment"]:checked { background: @segment; color: @text; font-weight: 600; }
QPushButton[role="segment"]:disabled { color: @faint; }
QPushButton[role="segment"]:focus { border: 2px solid @accent; padding: 0 8px;
    min-height: 20px; }
QFrame[role="segments"] { background: @panel; border: 1px solid @line; border-radius: 7px; }
QToolButton { background: @background; color: @text; border: 1px solid @line;
    border-radius: 6px; padding: 0; min-width: 26px; min-height: 26px; font-weight: 500; }
QToolButton:hover { background: @hover; border-color: @edge; }
QToolButton:pressed { background: @pressed; }
QToolButton:checked { background: @accent_soft; border-color: @accent; }
QToolButton:disabled { color: @faint; }
QToolButton[autoRaise="true"] { background: transparent; border-color: transparent; }
QToolButton[autoRaise="true"]:hover { background: @hover; }
QToolButton[autoRaise="true"]:pressed { background: @pressed; }
QToolButton[autoRaise="true"]:checked { background: @accent_soft; }
QToolButton:focus, QToolButton[autoRaise="true"]:focus { border: 2px solid @accent; }
QToolButton::menu-indicator { image: none; width: 0; }
QSlider { min-height: 20px; border-radius: 6px; border: 1px solid transparent; }
QSlider:focus { border: 1px solid @accent; }
QSlider::groove:horizontal { background: @line; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; width: 14px; margin: -5px 0;
    border-radius: 7px; }
QSlider::groove:vertical { background: @line; width: 4px; border-radius: 2px; }
QSlider::handle:vertical { background: @accent; height: 14px; margin: 0 -5px;
    border-radius: 7px; }
QSlider::handle:hover { background: @accent_hover; }
QSlider::handle:disabled { background: @edge; }
QProgressBar { background: @zero; border: none; border-radius: 4px; min-height: 8px;
    max-height: 8px; }
QProgressBar::chunk { background: @accent; border-radius: 4px; }
QCheckBox, QRadioButton { spacing: 8px; min-height: 28px; }
QCheckBox::indicator, QTableView::indicator { width: 16px; height: 16px;
    border: 1px solid @muted; border-radius: 4px; background: @panel; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: @accent; }
QCheckBox::indicator:checked, QTableView::indicator:checked { background: @accent;
    border-color: @accent; @icon(check, on_accent); }
QTableView::indicator { width: 14px; height: 14px; }
"""

_FIELDS = """
QLineEdit, QComboBox, QAbstractSpinBox { background: @background; color: @text;
    border: 1px solid @line; border-radius: 6px; padding: 0 8px; min-height: @inner;
    selection-background-color: @accent; selection-color: @on_accent;
    placeholder-text-color: @muted; }
QAbstractSpinBox { font-family: @numbers; padding: 0 22px 0 8px; max-height: @inner;
    qproperty-alignment: 'AlignRight|AlignVCenter'; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: @edge; }
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { border: 1px solid @accent; }
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled { color: @faint; }
QLineEdit[wrong="true"], QAbstractSpinBox[wrong="true"] { border: 1px solid @negative; }
QComboBox { padding-right: 26px; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right;
    width: 26px; border: none; }
QComboBox::down-arrow { width: 14px; height: 14px; @icon(chevron-down, muted); }
QComboBox::down-arrow:hover, QComboBox::down-arrow:on { @icon(chevron-down, text); }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @edge; padding: 4px;
    outline: none; selection-background-color: @accent_soft; selection-color: @text; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: @accent_soft; color: @text; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border;
    width: 22px; border: none; background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 1px 1px 0 0;
    border-top-right-radius: 5px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 1px 1px 0;
    border-bottom-right-radius: 5px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: @hover; }
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed {
    background: @pressed; }
QAbstractSpinBox::up-arrow { width: 12px; height: 12px; @icon(chevron-up, muted); }
QAbstractSpinBox::up-arrow:hover { @icon(chevron-up, text); }
QAbstractSpinBox::up-arrow:off, QAbstractSpinBox::up-arrow:disabled {
    @icon(chevron-up, line); }
QAbstractSpinBox::down-arrow { width: 12px; height: 12px; @icon(chevron-down, muted); }
QAbstractSpinBox::down-arrow:hover { @icon(chevron-down, text); }
QAbstractSpinBox::down-arrow:off, QAbstractSpinBox::down-arrow:disabled {
    @icon(chevron-down, line); }
QTextEdit, QPlainTextEdit, QListView, QTreeView { background: @panel; color: @text;
    border: 1px solid @line; border-radius: 6px; placeholder-text-color: @muted; }
QListWidget[role="choices"] { outline: none; }
QListWidget[role="choices"]:focus { border: 1px solid @accent; }
QListWidget[role="choices"]::item { padding: 2px 8px; border-radius: 5px; color: @text; }
QListWidget[role="choices"]::item:selected { background: @accent_soft; color: @text; }
QTableView { background: @panel; alternate-background-color: @background; color: @text;
    border: none; gridline-color: @line; font-family: @numbers; outline: none;
    selection-background-color: @accent_soft; selection-color: @text; }
QTableView::item { padding: 0 6px; }
QTableView::item:focus { border: 1px solid @accent; }
QHeaderView { background: @panel; border: none; }
QHeaderView::section { background: @panel; color: @muted; border: none;
    border-bottom: 1px solid @line; padding: 4px 6px; font-size: 11px; }
QHeaderView::section:vertical { border-bottom: none; }
QTableCornerButton::section { background: @panel; border: none; }
"""

_WINDOWS = """
QMenuBar { background: @panel; color: @muted; border-bottom: 1px solid @line;
    padding: 2px 6px; spacing: 0; }
QMenuBar::item { background: transparent; padding: 5px 9px; border-radius: 5px; }
QMenuBar::item:selected { background: @hover; color: @text; }
QMenu { background: @panel; color: @text; border: 1px solid @edge; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 5px; min-width: 120px; }
QMenu::item:selected { background: @accent_soft; color: @text; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QMenu::icon { padding-left: 10px; }
QMenu::indicator { width: 16px; height: 16px; padding-left: 10px; }
QMenu::indicator:checked { @icon(check, accent); }
QMenu::right-arrow { width: 14px; height: 14px; padding-right: 8px;
    @icon(chevron-right, muted); }
QTabWidget::pane { border: none; }
QTabBar { background: transparent; border: none; qproperty-drawBase: 0;
    qproperty-expanding: 0; qproperty-elideMode: ElideNone; qproperty-usesScrollButtons: 1; }
QTabBar::tab { background: transparent; color: @muted; border: none;
    border-bottom: 2px solid transparent; padding: 6px 2px 5px 2px; margin: 0 8px 2px 8px;
    min-height: 18px; font-weight: 500; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:focus { color: @accent; }
QTabBar::close-button { @icon(x, muted); }
QTabBar QToolButton { background: @panel; border: 1px solid @line; min-width: 20px;
    min-height: 20px; }
QDockWidget { color: @muted; font-size: 11px; font-weight: 600; }
QDockWidget::title { background: transparent; padding: 6px 8px; text-align: left; }
QStatusBar { background: @panel; color: @muted; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QMessageBox QLabel { min-width: 280px; }
"""

_LABELS = """
QLabel { background: transparent; }
QLabel[role="heading"] { color: @muted; font-size: 11px; font-weight: 600; }
QLabel[role="caption"] { color: @muted; font-size: 11px; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="number"] { font-family: @numbers; }
QLabel[role="equation"] { font-family: @numbers; font-size: 15px; }
QLabel[role="result"] { font-family: @numbers; color: @accent; font-weight: 600; }
"""
