"""All keys at a glance."""

from __future__ import annotations

from ui.actions import ACTIONS
from ui.help.pages import Page

TITLE = "Keyboard"
ELSEWHERE = (
    ("Arrows", "Network: to the next neuron or layer · Canvas: to the next pixel"),
    ("Shift+arrows", "Canvas: move the drawing"),
    ("Space", "Canvas: light or clear the pixel · Plane: the tool at the cross"),
    ("0…9", "Canvas: the pixel's grey level · Samples: their class"),
    ("Delete", "Canvas: clear · Samples: delete"),
    ("Alt+Left, Right", "Samples: earlier or later"),
    ("Shift+arrows", "Network: add the next neuron or layer to the selection"),
    ("Ctrl+Up, Down", "Network: to the links into the neuron · Left, Right: to their ends"),
    ("Wheel on a chosen link", "Network: its weight by 0.1, with Shift by 0.01"),
    ("Alt+drag", "Network: select the links in a rectangle"),
    ("Esc", "Network: give up a gesture, else select nothing"),
    ("Tab", "To the next control"),
)


def keyboard_rows() -> list[tuple[str, str]]:
    """(keys, what they do) of every action that has keys, then of the canvas and the network."""
    rows = [
        (spec.shortcut.replace("; ", ", "), f"{spec.text.rstrip('…')}: {spec.tooltip}")
        for spec in ACTIONS
        if spec.shortcut
    ]
    return [*rows, *ELSEWHERE]


def keyboard_page() -> Page:
    """The table of all keys, as a page of the help."""
    rows = "".join(f"| {_as_code(keys)} | {text} |\n" for keys, text in keyboard_rows())
    return Page("keyboard", TITLE, f"# {TITLE}\n\n| Keys | What they do |\n|---|---|\n{rows}")


def _as_code(keys: str) -> str:
    return f"`{keys.replace('|', chr(92) + '|')}`"
