"""What lies in a bundle, or would: packages, the libraries inside them, the libraries beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.shell import SetUpError
from tools.supply import licences, natives
from tools.supply.embedded import Embedded, embedded
from tools.supply.pins import Pin, canonical, pinned
from tools.supply.site import Installed, installed
from tools.supply.writing import sha256

OPTIONAL: Final = ("pyside6-webengine",)
"""Not among what runs always: the login component's."""


class SupplyError(SetUpError):
    """Something of what we ship is not what it has to be; the message names it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file by its path inside the package or the bundle, with its SHA-256 digest."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Library:
    """A native library with its files.

    `version` is "" where its bytes do not tell, `licence` for one nobody knows, `text` where its package has it.
    """

    title: str
    version: str
    licence: str
    text: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution of Python's with what is inside it."""

    pin: Pin
    licence: str
    text: str
    libraries: tuple[Library, ...]
    embedded: tuple[Embedded, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything that is not ours; `libraries` belong to no package."""

    packages: tuple[Package, ...]
    libraries: tuple[Library, ...] = ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The files of libraries of which no licence is known."""
        inside = (library for package in self.packages for library in package.libraries)
        return tuple(
            file.path for library in (*inside, *self.libraries) if not library.licence for file in library.files
        )


def take_inventory(site_packages: Path, bundle: Path | None = None) -> Inventory:
    """The pinned packages among those in a folder; with a bundle only the libraries that are in it, and its own.

    Raises `SupplyError` for a package in another version than is pinned, without a known licence, or without its text.
    """
    found = installed(site_packages)
    there = None if bundle is None else frozenset(path.name for path in bundle.rglob("*") if path.is_file())
    taking = _Taking(found, there)
    runtime, optional = pinned(), {name: pin for name, pin in pinned(("dev",)).items() if name in OPTIONAL}
    pins = runtime | {name: pin for name, pin in optional.items() if taking.has_libraries(name)}
    packages = tuple(taking.package(pins[name], found[name]) for name in sorted(pins.keys() & found.keys()))
    if not packages:
        raise SupplyError(f"no pinned packages in {site_packages.name}")
    return Inventory(packages, () if bundle is None else taking.beside(bundle))


class _Taking:
    """Goes through packages; `there` are the names of the files in the bundle, None without one."""

    def __init__(self, found: dict[str, Installed], there: frozenset[str] | None) -> None:
        self._found = found
        self._there = there

    def has_libraries(self, name: str) -> bool:
        """Whether libraries of a package are in the bundle."""
        files = self._found[name].files.items() if name in self._found else ()
        return self._there is not None and any(path.name in self._there for one, path in files if natives.stem_of(one))

    def package(self, pin: Pin, package: Installed) -> Package:
        """A package with what of it is there; raises `SupplyError`."""
        distribution = package.distribution
        if distribution.version != pin.version:
            raise SupplyError(f"{pin.name} is {distribution.version}, pinned is {pin.version}")
        licence = licences.expression(distribution.metadata)
        text = licences.own_text(package) or licences.standard_text(licence, self._found.get)
        if not licence or not text:
            raise SupplyError(f"{pin.name}: " + ("no text of its licence" if licence else "its licence is not known"))
        natively = {name: path for name, path in package.files.items() if natives.is_native(name)}
        libraries = self._libraries(pin.name, {n: path for n, path in natively.items() if self._is_there(path)})
        needs = sorted({canonical(name) for name in map(_needed, distribution.requires or ()) if name})
        inside = embedded(package.files)
        return Package(pin, licence, text, libraries, inside, tuple(n for n in needs if n in self._found))

    def beside(self, bundle: Path) -> tuple[Library, ...]:
        """The libraries of the bundle that came with no package."""
        owned = {path.name for one in self._found.values() for path in one.files.values()}
        paths = {path.relative_to(bundle).as_posix(): path for path in bundle.rglob("*") if path.is_file()}
        return self._libraries("", {name: path for name, path in paths.items() if path.name not in owned})

    def _libraries(self, owner: str, paths: dict[str, Path]) -> tuple[Library, ...]:
        return tuple(self._library(one, paths) for one in natives.identify(owner, paths))

    def _library(self, one: natives.Identified, paths: dict[str, Path]) -> Library:
        files = tuple(File(name, sha256(paths[name])) for name in one.files)
        if one.kind is None:
            return Library(one.title, "", "", "", files)
        told = (natives.version_in(one.title, paths[name].read_bytes()) for name in one.files)
        version = next((version for version in told if version), "")
        text = licences.standard_text(one.kind.licence, self._found.get)
        return Library(one.title, version, one.kind.licence, f"{one.kind.holder}\n\n{text}" if text else "", files)

    def _is_there(self, path: Path) -> bool:
        return self._there is None or (path.name in self._there and not natives.stands_in(path))


def _needed(requirement: str) -> str:
    """The name in what a package needs; "" where only an extra of it does."""
    found = re.match(r"[\w.-]+", requirement)
    return "" if found is None or re.search(r"\bextra\s*==", requirement) else found[0]
