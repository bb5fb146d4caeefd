"""What the executable is made of: the parts of Python and Qt it needs and those it does not.

PyInstaller follows imports and takes along whatever they might need. A good half of that is for
things Backlit never does (databases, QML, TLS, bare framebuffers), so it is named here, with the
reason. ``keep`` is asked for each file PyInstaller has found.
"""

from __future__ import annotations

from pathlib import PurePosixPath

LOADED_BY_NAME = ("h5py",)
"""Modules that no import statement names."""

DATA_OF = ("latex2mathml", "ziafont", "ziamath")
"""Packages that read files of their own: tables of symbols, fonts."""

UNUSED_MODULES = (
    # Developing and measuring
    "IPython",
    "doctest",
    "lib2to3",
    "numpy.f2py",
    "pdb",
    "pip",
    "pydoc_data",
    "pytest",
    "setuptools",
    "test",
    "unittest.mock",
    # Other toolkits, terminals and databases
    "curses",
    "readline",
    "sqlite3",
    "tkinter",
    # Backlit never speaks to a network; hashlib has SHA-256 without OpenSSL.
    "_hashlib",
    "_ssl",
    "ssl",
    # What pyqtgraph can show in three dimensions and in Jupyter
    "OpenGL",
    "matplotlib",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "pyqtgraph.opengl",
    # Formats of pictures that the importer does not read, and what draws text or windows in Pillow
    "PIL.AvifImagePlugin",
    "PIL.ImageCms",
    "PIL.ImageFont",
    "PIL.ImageTk",
    "PIL._avif",
    "PIL._imagingcms",
    "PIL._imagingft",
    "PIL._imagingtk",
    "PySide6.QtQml",
    "PySide6.QtSql",
    "PySide6.QtTest",
)

PLUGINS = {
    "iconengines": {"qsvgicon"},
    "imageformats": {"qgif", "qico", "qjpeg", "qsvg"},
    # xcb and Wayland for a desktop, offscreen for pictures and the self-test.
    "platforms": {"qxcb", "qwayland", "qoffscreen", "qwindows", "qcocoa"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    "platformthemes": {"qxdgdesktopportal"},
    "printsupport": {"cupsprintersupport"},
    "styles": {"qmodernwindowsstyle", "qmacstyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-shell-integration": {"xdg-shell"},
}
"""The plugins of Qt that ship, by folder; a folder that is not named stays behind."""

UNUSED_QT = (
    "EglFSDeviceIntegration",
    "EglFsKmsGbmSupport",
    "EglFsKmsSupport",
    "Pdf",
    "Qml",
    "QmlMeta",
    "QmlModels",
    "QmlWorkerScript",
    "Quick",
    "Test",
    "VirtualKeyboard",
    "WaylandEglClientHwIntegration",
    "WlShellIntegration",
)
"""Libraries that only plugins which stay behind would load."""

SHIPPED_SYSTEM_LIBRARIES = (
    "libxcb-cursor",
    "libxcb-icccm",
    "libxcb-image",
    "libxcb-keysyms",
    "libxcb-render-util",
    "libxcb-util",
    "libxkbcommon-x11",
    "libxkbcommon",
    # Python's own modules
    "libbz2",
    "libffi",
    "liblzma",
    "libexpat",
    "libzstd",
)
"""Libraries of the Linux this was built on that go along, since a desktop may lack them. All others
are there with any desktop, and must fit its drivers and its daemons."""


def keep(destination: str, linux: bool) -> bool:
    """Whether the file that PyInstaller would put at ``destination`` ships."""
    path = PurePosixPath(destination.replace("\\", "/"))
    parts, name = path.parts, path.name
    if "translations" in parts or "examples" in parts or "tests" in parts:
        return False
    if "plugins" in parts:
        folder = parts[parts.index("plugins") + 1]
        plugin = name.split(".")[0]
        allowed = PLUGINS.get(folder, set())
        return plugin in allowed or plugin.removeprefix("lib") in allowed
    if name in {f"{start}Qt6{unused}{end}" for unused in UNUSED_QT for start, end in _NAMES}:
        return False
    if any(f"Qt{unused}.framework" in parts for unused in UNUSED_QT):
        return False
    if parts[0] == "pyqtgraph":
        return "icons" not in parts
    if linux and len(parts) == 1 and name.startswith("lib") and ".so" in name:
        return name.startswith("libpython") or name.split(".so")[0] in SHIPPED_SYSTEM_LIBRARIES
    return name not in ("opengl32sw.dll", "d3dcompiler_47.dll")


_NAMES = (("lib", ".so.6"), ("", ".dll"))
"""What stands around "Qt6…" in the name of a library."""
