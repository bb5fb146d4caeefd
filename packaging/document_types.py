"""What macOS is told about Backlit and the documents it opens (the bundle's Info.plist).

Linux is told the same by linux/backlit.xml and linux/backlit.desktop. On Windows the archive
installs nothing; README.md says how a user makes .backlit files open with it.
"""

from __future__ import annotations

from typing import Any

IDENTIFIER = "org.backlit.Backlit"
DOCUMENT_TYPE = f"{IDENTIFIER}.project"

PLIST: dict[str, Any] = {
    "CFBundleIdentifier": IDENTIFIER,
    "CFBundleName": "Backlit",
    "CFBundleDisplayName": "Backlit",
    "NSHighResolutionCapable": True,
    "NSRequiresAquaSystemAppearance": False,
    "LSMinimumSystemVersion": "13.0",
    "LSApplicationCategoryType": "public.app-category.education",
    "NSHumanReadableCopyright": "MIT licence",
    "CFBundleDocumentTypes": [
        {
            "CFBundleTypeName": "Backlit project",
            "CFBundleTypeRole": "Editor",
            "LSHandlerRank": "Owner",
            "LSItemContentTypes": [DOCUMENT_TYPE],
        }
    ],
    "UTExportedTypeDeclarations": [
        {
            "UTTypeIdentifier": DOCUMENT_TYPE,
            "UTTypeDescription": "Backlit project",
            "UTTypeConformsTo": ["public.data"],
            "UTTypeTagSpecification": {
                "public.filename-extension": ["backlit"],
                "public.mime-type": ["application/x-backlit"],
            },
        }
    ],
}
