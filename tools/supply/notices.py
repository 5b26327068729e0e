"""`THIRD-PARTY-NOTICES.txt`: every licence with its text, in one file that the About window shows."""

from __future__ import annotations

from pathlib import Path

from tools.shell import ROOT
from tools.supply import licences
from tools.supply.inventory import Inventory, Library, Package, SupplyError
from visio_desktop import __version__
from visio_desktop.system.notices import NOTICES, Notice, render

_PREFACE = """\
Visio Desktop is free software. Its own source is under the MIT licence, which is the first below.

A package of it holds the libraries listed here. Two of them, x264 and x265 in the folder of PyAV, are under the GNU
General Public License, version 2 or later, and parts under the Apache License 2.0 go with its version 3 only. The
package as a whole is therefore offered under the GNU General Public License, version 3 or later: whoever hands it on
does so under that licence and hands on the sources too, or a written offer of them. The versions of all parts are in
sbom.cdx.json.

Qt, used through PySide6, is used under the GNU Lesser General Public License, version 3. Its libraries are separate
files that may be replaced by others. What Qt itself consists of is listed at
https://doc.qt.io/qt-6/licenses-used-in-qt.html.
"""
_ALSO = (
    ("Material Symbols and Noto Emoji", "Apache-2.0", "The icons and the reactions' pictures, by Google."),
    ("MediaPipe Selfie Segmentation", "Apache-2.0", "The network that finds the person in a picture, by Google."),
)
"""What lies in `resources/` and is not ours."""


def make_notices(inventory: Inventory) -> tuple[Notice, ...]:
    """Ourselves, what lies in our resources, then everything else by name. Raises `SupplyError` for a missing text."""
    own = Notice("Visio Desktop", __version__, "MIT", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    rows = [one for package in inventory.packages for one in _package(package)]
    rows += [_library(one, "", "") for one in inventory.libraries]
    also = [_resource(*row) for row in _ALSO]
    return (own, *also, *sorted(rows, key=lambda one: (one.name.casefold(), one.version)))


def write_notices(folder: Path, inventory: Inventory) -> Path:
    """Write the file into a folder."""
    path = folder / NOTICES
    path.write_text(render(_PREFACE, make_notices(inventory)), encoding="utf-8", newline="\n")
    return path


def _resource(name: str, licence: str, what: str) -> Notice:
    text = licences.standard_text(licence, lambda _: None)
    if not text:
        raise SupplyError(f"{name}: no text of its licence")
    return Notice(name, "", licence, f"{what}\n\n{text}")


def _package(package: Package) -> list[Notice]:
    pin = package.pin
    parts = [f"{one.name} {one.version}: {one.licence or 'see its source'}" for one in package.embedded]
    inside = f"According to the package, inside it are:\n{'\n'.join(parts)}\n\n" if parts else ""
    own = Notice(pin.name, pin.version, package.licence, inside + package.text)
    return [own, *(_library(one, pin.name, package.text) for one in package.libraries)]


def _library(library: Library, owner: str, owners_text: str) -> Notice:
    where = "\n".join(file.path for file in library.files)
    inside = f"In {owner}:\n{where}" if owner else f"In the folder of the program:\n{where}"
    if not library.licence:
        return Notice(library.title, library.version, "not known", inside)
    if not library.text and not owners_text:
        raise SupplyError(f"{library.title}: no text of its licence")
    told = library.text or f"The text is among the licences of {owner}."
    name = f"{library.title} (in {owner})" if owner else library.title
    return Notice(name, library.version, library.licence, f"{inside}\n\n{told}")
