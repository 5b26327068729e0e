"""Flatpak manifest: the bundle as a module on freedesktop's runtime.

Only the manifest is written here: runtimes come from Flathub alone. With them, `flatpak-builder` makes the package out
of the folder that `./dev package onedir` has made. The organisation's policies in /etc are not seen within the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from tools.package import linux
from tools.package.base import DIST, PRODUCT, out, version
from tools.shell import say

RUNTIME_VERSION: Final = "24.08"
PERMISSIONS: Final = {
    "--share=network": "meetings",
    "--share=ipc": "pictures of windows on X11",
    "--socket=wayland": "windows",
    "--socket=fallback-x11": "windows, where there is no Wayland",
    "--socket=pulseaudio": "sound",
    "--device=all": "cameras: the portal's are not asked yet",
    "--talk-name=org.freedesktop.secrets": "the keyring",
    "--talk-name=org.kde.StatusNotifierWatcher": "the tray",
    "--talk-name=org.freedesktop.Notifications": "notices with buttons",
    "--system-talk-name=org.freedesktop.login1": "waking up from sleep",
}
"""What it may do outside its sandbox, and what for."""


def main(arguments: Sequence[str]) -> int:
    """Write the manifest and the files that it names into `dist/`."""
    del arguments
    folder = out("flatpak")
    folder.mkdir(exist_ok=True)
    bundle = DIST / f"{PRODUCT.id}-{version()}-linux-x86_64"
    for name, text in files(version()).items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / f"{PRODUCT.appstream}.json"
    path.write_text(json.dumps(manifest(str(bundle)), indent=2) + "\n", encoding="utf-8")
    say(f"dist/flatpak/{path.name}; next, with Flathub's runtimes: flatpak-builder build dist/flatpak/{path.name}")
    return 0


def files(release: str) -> dict[str, str]:
    """What the desktop reads, under the names that Flatpak lets out of the sandbox."""
    found = linux.desktop_files(release)
    entry = found[f"usr/share/applications/{PRODUCT.id}.desktop"]
    about = found[linux.METAINFO]
    return {
        f"{PRODUCT.appstream}.desktop": entry.replace(f"Icon={PRODUCT.id}", f"Icon={PRODUCT.appstream}"),
        f"{PRODUCT.appstream}.svg": found[f"usr/share/icons/hicolor/scalable/apps/{PRODUCT.id}.svg"],
        f"{PRODUCT.appstream}.metainfo.xml": about.replace(f">{PRODUCT.id}.desktop<", f">{PRODUCT.appstream}.desktop<"),
    }


def manifest(bundle: str) -> dict[str, Any]:
    """The manifest (flatpak-manifest(5)) for a bundle that lies in this folder."""
    places = {
        f"{PRODUCT.appstream}.desktop": "/app/share/applications",
        f"{PRODUCT.appstream}.svg": "/app/share/icons/hicolor/scalable/apps",
        f"{PRODUCT.appstream}.metainfo.xml": "/app/share/metainfo",
    }
    return {
        "id": PRODUCT.appstream,
        "runtime": "org.freedesktop.Platform",
        "runtime-version": RUNTIME_VERSION,
        "sdk": "org.freedesktop.Sdk",
        "command": PRODUCT.id,
        "finish-args": list(PERMISSIONS),
        # Stripped, numpy's OpenBLAS cannot be loaded.
        "build-options": {"strip": False, "no-debuginfo": True},
        "modules": [
            {
                "name": PRODUCT.id,
                "buildsystem": "simple",
                "build-commands": [
                    f"mkdir -p /app/lib/{PRODUCT.id} /app/bin",
                    f"cp -a bundle/. /app/lib/{PRODUCT.id}/",
                    f"ln -s ../lib/{PRODUCT.id}/{PRODUCT.id} /app/bin/{PRODUCT.id}",
                    *(f"install -Dm644 {name} {place}/{name}" for name, place in places.items()),
                ],
                "sources": [
                    {"type": "dir", "path": bundle, "dest": "bundle"},
                    *({"type": "file", "path": name} for name in places),
                ],
            }
        ],
    }
