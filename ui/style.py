"""How everything looks: base style, palette, fonts and the application's style sheet."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from ui.resources import load_fonts
from ui.stylesheet import build_stylesheet, mixed
from ui.theme import BODY_SIZE, DARK, LIGHT, NUMBERS_FAMILY, WORDS_FAMILY, Theme

HEADING_SPACING = 106.0
"""Letter spacing of headings, per cent."""
_BASE_STYLE = "backlit_base_style"
_scale = 1.0


def current_scale() -> float:
    """How much larger than normal everything is drawn (1.6 in presentation mode)."""
    return _scale


def words_font(size: float = BODY_SIZE, weight: int = QFont.Weight.Normal) -> QFont:
    """Inter at ``size`` px, enlarged in presentation mode."""
    return _font(WORDS_FAMILY, QFont.StyleHint.SansSerif, size, weight)


def numbers_font(size: float = BODY_SIZE, weight: int = QFont.Weight.Normal) -> QFont:
    """JetBrains Mono at ``size`` px, enlarged in presentation mode; all digits equally wide."""
    font = _font(NUMBERS_FAMILY, QFont.StyleHint.Monospace, size, weight)
    font.setFixedPitch(True)
    # Ligatures would draw "-0.1" or "!=" with other widths than their characters have.
    font.setFeature(QFont.Tag.fromString("calt"), 0)
    return font


def heading_font(size: float = 11.0) -> QFont:
    """Letter-spaced capitals for the headings of cards."""
    font = words_font(size, QFont.Weight.DemiBold)
    font.setCapitalization(QFont.Capitalization.AllUppercase)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, HEADING_SPACING)
    return font


def _font(family: str, hint: QFont.StyleHint, size: float, weight: int) -> QFont:
    font = QFont(family)
    font.setStyleHint(hint)
    font.setPixelSize(max(1, round(size * _scale)))
    font.setWeight(QFont.Weight(weight))
    return font


def system_theme(app: QApplication) -> Theme:
    """Dark if the desktop is dark, else light."""
    return DARK if app.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT


def apply_theme(app: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """Give the whole application this theme, enlarged by ``scale``."""
    sheet = build_stylesheet(theme, scale)
    if app.styleSheet() == sheet:
        _lay_ground(app, theme, scale)
        return
    # Where a sheet takes the place of another, Qt hands every widget's new fonts and colours down
    # to all its children, over and over; without one in between it takes a quarter of the time.
    apply_bare(app, theme, scale)
    app.setStyleSheet(sheet)


def apply_bare(app: QApplication, theme: Theme, scale: float = 1.0) -> None:
    """The theme without its style sheet, in which many widgets are made twice as fast."""
    if app.styleSheet():
        app.setStyleSheet("")
    _lay_ground(app, theme, scale)


def _lay_ground(app: QApplication, theme: Theme, scale: float) -> None:
    global _scale
    _scale = scale
    load_fonts()
    # Below a style sheet a style no longer tells its name, so what was set is remembered.
    if app.property(_BASE_STYLE) != "Fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setProperty(_BASE_STYLE, "Fusion")
    app.setFont(words_font(BODY_SIZE))
    app.setPalette(build_palette(theme))
    # Qt tells the windows later, when below a style sheet their widgets no longer hear of it.
    for kind in (QEvent.Type.ApplicationFontChange, QEvent.Type.ApplicationPaletteChange):
        QCoreApplication.sendPostedEvents(None, kind)


def build_palette(theme: Theme) -> QPalette:
    """The theme as a palette: Base is the panel, Mid the line, PlaceholderText the muted text."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.background,
        role.WindowText: theme.text,
        role.Base: theme.panel,
        role.AlternateBase: theme.background,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.PlaceholderText: theme.muted,
        role.Text: theme.text,
        role.Button: theme.background,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_accent,
        role.Light: theme.panel,
        role.Midlight: theme.zero,
        role.Mid: theme.line,
        role.Dark: mixed(theme.line, theme.text, 0.3),
        role.Shadow: mixed(theme.line, theme.text, 0.5),
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
    }
    palette = QPalette()
    for each, colour in colours.items():
        palette.setColor(each, QColor(colour))
    faint = QColor(mixed(theme.panel, theme.muted, 0.6))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, faint)
    return palette
