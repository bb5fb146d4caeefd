"""What Windows shows as the properties of backlit.exe."""

from __future__ import annotations

from pathlib import Path

_TEXT = """VSVersionInfo(
  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0x0, OS=0x40004,
    fileType=0x1, subtype=0x0, date=(0, 0)),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("CompanyName", "Backlit contributors"),
      StringStruct("FileDescription", "Backlit"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "backlit"),
      StringStruct("LegalCopyright", "MIT licence"),
      StringStruct("OriginalFilename", "backlit.exe"),
      StringStruct("ProductName", "Backlit"),
      StringStruct("ProductVersion", "{version}")])]),
    VarFileInfo([VarStruct("Translation", [1033, 1200])])
  ]
)
"""


def write(path: Path, version: str) -> None:
    """Write the version resource as PyInstaller reads it."""
    numbers = [int(part) for part in version.split(".") if part.isdigit()]
    path.write_text(
        _TEXT.format(version=version, numbers=tuple((numbers + [0] * 4)[:4])), encoding="utf-8"
    )
