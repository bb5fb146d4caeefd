#!/bin/sh
# Puts Backlit into your menu and lets .backlit files open with it, for you alone and where it is:
#   ./install.sh            once, and again after moving this folder
#   ./install.sh remove     takes all of that away again
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/backlit.desktop
type=$share/mime/packages/backlit.xml

if [ "${1:-}" = remove ]; then
    rm -f "$entry" "$type" "$share"/icons/hicolor/*/apps/backlit.png \
        "$share/icons/hicolor/scalable/apps/backlit.svg"
else
    mkdir -p "$share/applications" "$share/mime/packages" "$share/icons"
    # In a desktop entry a path with blanks stands in quotes, with " ` $ and \ escaped.
    quoted=$(printf '%s' "$here/backlit" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
    while IFS= read -r line; do
        case $line in
            Exec=backlit*) printf 'Exec="%s"%s\n' "$quoted" "${line#Exec=backlit}" ;;
            TryExec=*) ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$here/share/applications/backlit.desktop" >"$entry"
    cp "$here/share/mime/packages/backlit.xml" "$type"
    cp -R "$here/share/icons/hicolor" "$share/icons/"
fi
for tool in update-desktop-database:applications update-mime-database:mime; do
    # Desktops without these tools look into the folders themselves.
    "${tool%%:*}" "$share/${tool#*:}" 2>/dev/null || true
done
