"""What desktops are told about Backlit: entry, type of its files, icons, macOS bundle, version."""

from __future__ import annotations

import configparser
import plistlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image

from simulator.document import save_document
from simulator.project import load_project
from ui.__main__ import _commands, _parser

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
TYPE = "application/x-backlit"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


@pytest.fixture
def packaging(monkeypatch):
    """Its modules can be imported by name, as when it runs."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))


@pytest.fixture
def entry():
    """The desktop entry."""
    parser = configparser.RawConfigParser(delimiters=("=",), strict=True)
    parser.optionxform = str
    parser.read(LINUX / "backlit.desktop", encoding="utf-8")
    return parser


def test_the_desktop_entry_has_what_the_specification_asks_for(entry):
    main = entry["Desktop Entry"]
    assert main["Type"] == "Application"
    assert main["Name"] == "Backlit"
    assert main["Exec"] == "backlit %f"
    assert main["Terminal"] == "false"
    assert main["Icon"] == "backlit"
    for key in ("Categories", "MimeType", "Keywords", "Actions"):
        assert re.fullmatch(r"([^;\n]+;)+", main[key]), key
    assert main["MimeType"] == f"{TYPE};"


def test_the_window_belongs_to_the_entry(entry):
    """A dock finds the entry of a window by the name of its file."""
    code = "from ui.app import make_application; print(make_application().desktopFileName())"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["backlit"] == [entry["Desktop Entry"]["StartupWMClass"]]


def test_actions_of_the_entry_are_commands(entry):
    commands = _commands(_parser())
    for action in entry["Desktop Entry"]["Actions"].strip(";").split(";"):
        program, command = entry[f"Desktop Action {action}"]["Exec"].split()
        assert program == "backlit" and command in commands
        assert entry[f"Desktop Action {action}"]["Name"]


def test_a_document_is_known_by_its_name_and_by_its_first_bytes(tmp_path):
    kind = ElementTree.parse(LINUX / "backlit.xml").getroot().find(f"{MIME}mime-type")
    assert kind.get("type") == TYPE
    assert kind.find(f"{MIME}glob").get("pattern") == "*.backlit"
    path = tmp_path / "xor.backlit"
    save_document(path, load_project("xor"))
    content = path.read_bytes()
    matches = list(kind.iter(f"{MIME}match"))
    assert len(matches) == 2
    for match in matches:
        wanted = match.get("value").encode().decode("unicode_escape").encode("latin-1")
        offset = int(match.get("offset"))
        assert content[offset : offset + len(wanted)] == wanted


def test_icons_have_every_size(packaging, qapp, tmp_path):
    import icons

    icons.make_icons(ROOT / "resources" / "icons", tmp_path)
    for size in icons.HICOLOR:
        with Image.open(tmp_path / f"hicolor/{size}x{size}/apps/backlit.png") as picture:
            assert picture.size == (size, size)
            assert picture.getpixel((0, 0))[3] < 128 < picture.getpixel((size // 2, size // 2))[3]
    with Image.open(tmp_path / "backlit.ico") as picture:
        assert picture.info["sizes"] == {(size, size) for size in icons.ICO}
    with Image.open(tmp_path / "backlit.icns") as picture:
        assert {width * scale for width, _, scale in picture.info["sizes"]} >= {32, 256, 1024}
    assert (tmp_path / "hicolor/scalable/apps/backlit.svg").is_file()


def test_the_smallest_icon_is_sharp(packaging, qapp, tmp_path):
    """At 16 pixels the letter is drawn in whole pixels: bright ones and dark ones only."""
    import icons

    icons.make_icons(ROOT / "resources" / "icons", tmp_path)
    with Image.open(tmp_path / "hicolor/16x16/apps/backlit.png") as picture:
        greens = [picture.getpixel((x, y))[1] for x in range(3, 13) for y in range(3, 13)]
    assert {green > 220 or green < 110 for green in greens} == {True}
    assert 30 < sum(green > 220 for green in greens) < 70


def test_macos_is_told_what_it_opens(packaging):
    from document_types import DOCUMENT_TYPE, PLIST

    read = plistlib.loads(plistlib.dumps(PLIST))
    assert read["NSHighResolutionCapable"] is True
    assert read["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [DOCUMENT_TYPE]
    exported = read["UTExportedTypeDeclarations"][0]
    assert exported["UTTypeIdentifier"] == DOCUMENT_TYPE
    assert exported["UTTypeTagSpecification"]["public.filename-extension"] == ["backlit"]
    assert exported["UTTypeTagSpecification"]["public.mime-type"] == [TYPE]


@pytest.mark.parametrize(
    ("version", "numbers"), [("0.1.0", "(0, 1, 0, 0)"), ("12.3.4.dev1", "(12, 3, 4, 0)")]
)
def test_windows_is_told_the_version(packaging, tmp_path, version, numbers):
    import windows_version

    windows_version.write(tmp_path / "version.txt", version)
    text = (tmp_path / "version.txt").read_text(encoding="utf-8")
    assert f"filevers={numbers}" in text and f'"ProductVersion", "{version}"' in text
    compile(text, "version.txt", "eval")  # PyInstaller evaluates it
