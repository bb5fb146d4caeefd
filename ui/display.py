"""Is there a screen to open a window on?"""

from __future__ import annotations

import ctypes
import os
import socket
import sys


def missing_display() -> str | None:
    """None if a window can be opened, else one sentence that says why not."""
    if not sys.platform.startswith("linux"):
        return None
    if os.environ.get("QT_QPA_PLATFORM", "") not in ("", "xcb", "wayland"):
        return "No window: QT_QPA_PLATFORM asks for a display nobody sees."
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "No window: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    if not _answers(display):
        return f"No window: nothing answers at the display “{display}”."
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError:
        return "No window: the system library libxcb-cursor0 is missing (install it once)."
    return None


def _answers(display: str) -> bool:
    """Whether a local X server listens; a remote one is believed."""
    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return True
    number = number.partition(".")[0]
    for address in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(address)
            except OSError:
                continue
            return True
    return False
