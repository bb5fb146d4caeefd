"""The help pages, the table of keys and the report of a problem, as a user opens them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.actions import ACTIONS
from ui.help.help_window import HelpWindow
from ui.help.pages import help_pages
from ui.main_window import MainWindow
from ui.problems import LOG_FILE

LEFT = Qt.MouseButton.LeftButton
LINK = re.compile(r"\]\((?P<target>[^)]+)\)")


@pytest.fixture
def help_window(window: MainWindow, qtbot: QtBot) -> HelpWindow:
    """The help, opened with its key."""
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.help is not None
    qtbot.waitExposed(window.help.help)
    return window.help.help


def titles(help_window: HelpWindow) -> list[str]:
    """The pages in the list."""
    return [help_window.titles.item(row).text() for row in range(help_window.titles.count())]


def test_every_page_has_a_title_and_its_links_lead_to_pages() -> None:
    pages = help_pages()
    ids = {page.id for page in pages}
    assert len(ids) == len(pages) >= 5
    for page in pages:
        assert page.markdown.startswith(f"# {page.title}\n") and page.title
        for link in LINK.finditer(page.markdown):
            assert link["target"] in ids, f"{page.id} links to {link['target']}"


def test_a_click_on_a_title_turns_to_the_page(help_window: HelpWindow, qtbot: QtBot) -> None:
    for row, title in enumerate(titles(help_window)):
        place = help_window.titles.visualItemRect(help_window.titles.item(row)).center()
        qtbot.mouseClick(help_window.titles.viewport(), LEFT, pos=place)
        assert help_window.browser.toPlainText().startswith(title)


def test_searching_leaves_the_pages_with_all_the_words(
    help_window: HelpWindow, qtbot: QtBot
) -> None:
    everything = titles(help_window)
    qtbot.keyClicks(help_window.search, "safe-mode settings")
    assert titles(help_window) == ["When something goes wrong"]
    assert help_window.browser.textCursor().selectedText() == "safe-mode"
    help_window.search.clear()
    qtbot.keyClicks(help_window.search, "xyzzy")
    assert titles(help_window) == [] and "xyzzy" in help_window.browser.toPlainText()
    help_window.search.clear()
    assert titles(help_window) == everything


def test_a_link_leads_to_its_page(help_window: HelpWindow, qtbot: QtBot) -> None:
    browser = help_window.browser
    assert browser.find("stepping and the timeline")
    browser.ensureCursorVisible()
    at: QRect = browser.cursorRect()
    qtbot.mouseClick(browser.viewport(), LEFT, pos=at.center() - QPoint(20, 0))
    assert browser.toPlainText().startswith("Stepping and the timeline")


def test_the_keys_are_those_of_all_actions(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    text = window.help.help.browser.toPlainText()
    assert text.startswith("Keyboard")
    for spec in ACTIONS:
        for keys in filter(None, spec.shortcut.split("; ")):
            assert keys in text and spec.tooltip in text


def test_no_two_actions_have_the_same_key() -> None:
    keys = [own for spec in ACTIONS if spec.shortcut for own in spec.shortcut.split("; ")]
    assert len(set(keys)) == len(keys)


def test_the_report_has_versions_and_log_but_no_data_and_no_home(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    lines = [f"line {number} in {tmp_path}" for number in range(500)]
    (tmp_path / LOG_FILE).write_text("\n".join(lines), encoding="utf-8")
    window.actions_by_id["report_problem"].trigger()
    report = window.help.report
    qtbot.mouseClick(report.copy_button, LEFT)
    copied = QApplication.clipboard().text()
    for wanted in ("Backlit", "PySide6", "NumPy", "25 – 20 relu", "line 499 in ~"):
        assert wanted in copied
    assert "line 299" not in copied and str(tmp_path) not in copied
    qtbot.keyClick(report, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.help.report is None)


def test_a_report_without_a_log_says_so(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_STATE_DIR", str(tmp_path / "nothing"))
    window.actions_by_id["report_problem"].trigger()
    assert "could not be read: No such file or directory" in window.help.report.text.toPlainText()


def test_a_crash_of_the_run_before_is_offered_once(window: MainWindow) -> None:
    window.help.tell_of_crash("")
    assert window.help.report is None
    window.help.tell_of_crash("Fatal Python error: Segmentation fault")
    assert "Segmentation fault" in window.help.report.text.toPlainText()
    assert "crash" in window.help.report.about.text()
