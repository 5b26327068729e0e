"""The list of parts as CycloneDX 1.6: packages, the native libraries inside them, whatever wheels say they hold.

The same input gives the same bytes: there is neither a time nor a serial number in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from tools.supply.embedded import Embedded
from tools.supply.inventory import Inventory, Library, Package
from tools.supply.publisher import Publisher
from tools.supply.publisher import read as read_publisher
from visio_desktop import __version__

SBOM: Final = "sbom.cdx.json"
BUNDLE_LICENCE: Final = "GPL-3.0-or-later"
SOURCE_LICENCE: Final = "MIT"
_ROOT: Final = f"pkg:generic/visio-desktop@{__version__}"
_OURS: Final = "visio-desktop"
"""Before the names of properties: CycloneDX wants a space of one's own."""

type Json = dict[str, Any]


def make_sbom(inventory: Inventory, publisher: Publisher | None = None) -> Json:
    """The document; every part depends on what holds it."""
    libraries = [_library(one, _ROOT) for one in inventory.libraries]
    rows: list[Json] = [*libraries]
    needs: dict[str, list[str]] = {_ROOT: [row["bom-ref"] for row in libraries]}
    for package in inventory.packages:
        own = _package(package)
        inside = [*(_library(one, own["bom-ref"]) for one in package.libraries)]
        inside += [_embedded(one, own["bom-ref"]) for one in package.embedded]
        rows += [own, *inside]
        needs[own["bom-ref"]] = [row["bom-ref"] for row in inside] + _refs(inventory, package.needs)
        needs[_ROOT].append(own["bom-ref"])
        needs |= {row["bom-ref"]: [] for row in inside}
    needs |= {row["bom-ref"]: [] for row in libraries}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": _metadata(publisher if publisher is not None else read_publisher()),
        "components": sorted(rows, key=lambda row: str(row["bom-ref"])),
        "dependencies": [{"ref": ref, "dependsOn": sorted(set(needs[ref]))} for ref in sorted(needs)],
    }


def _metadata(publisher: Publisher) -> Json:
    program: Json = {
        "type": "application",
        "bom-ref": _ROOT,
        "name": "visio-desktop",
        "version": __version__,
        "purl": _ROOT,
        "licenses": [{"expression": BUNDLE_LICENCE, "acknowledgement": "concluded"}],
        "properties": _properties({"source-licence": SOURCE_LICENCE}),
    }
    said = {"security-contact": publisher.security_contact, "advisories": publisher.advisories}
    references = [{"type": kind, "url": url} for kind, url in sorted(said.items()) if url]
    if references:
        program["externalReferences"] = references
    who: Json = {"name": publisher.name} | ({"url": [publisher.url]} if publisher.url else {})
    return {"component": program} | ({"manufacturer": who, "supplier": who} if publisher.name else {})


def _package(package: Package) -> Json:
    pin = package.pin
    return {
        "type": "library",
        "bom-ref": _purl(package),
        "name": pin.name,
        "version": pin.version,
        "purl": _purl(package),
        "scope": "required",
        "licenses": [{"expression": package.licence, "acknowledgement": "declared"}],
        "hashes": [{"alg": "SHA-256", "content": one} for one in pin.hashes],
        "properties": _properties({"hashes": "of the files that it may be installed from"}),
    }


def _library(library: Library, owner: str) -> Json:
    row: Json = {
        "type": "library",
        "bom-ref": f"{owner}#{library.title.lower().replace(' ', '-')}",
        "name": library.title,
        "components": [_file(one.path, one.digest) for one in library.files],
    }
    if library.version:
        row["version"] = library.version
    if library.licence:
        row["licenses"] = [{"expression": library.licence, "acknowledgement": "concluded"}]
    return row


def _file(path: str, digest: str) -> Json:
    return {"type": "file", "name": path, "hashes": [{"alg": "SHA-256", "content": digest}]}


def _embedded(part: Embedded, owner: str) -> Json:
    row: Json = {
        "type": "library",
        "bom-ref": f"{owner}#{part.purl}",
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
    }
    if part.licence:
        row["licenses"] = [{"expression": part.licence, "acknowledgement": "declared"}]
    return row


def _refs(inventory: Inventory, names: Iterable[str]) -> list[str]:
    known = {package.pin.name: _purl(package) for package in inventory.packages}
    return [known[name] for name in names if name in known]


def _purl(package: Package) -> str:
    return f"pkg:pypi/{package.pin.name}@{package.pin.version}"


def _properties(said: dict[str, str]) -> list[Json]:
    return [{"name": f"{_OURS}:{name}", "value": value} for name, value in sorted(said.items())]
