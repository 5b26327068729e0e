"""`./dev sbom`, `./dev licences`, `./dev provenance`."""

from __future__ import annotations

import argparse
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.shell import ROOT, say
from tools.supply import provenance as origins
from tools.supply import schema
from tools.supply.inventory import Inventory, take_inventory
from tools.supply.notices import write_notices
from tools.supply.sbom import SBOM, make_sbom
from tools.supply.writing import write_json

_DIST: Final = ROOT / "dist"


def sbom(arguments: Sequence[str]) -> int:
    """Write the list of parts, or hold one against the schema."""
    parser = _about_a_bundle("./dev sbom", "The list of parts as CycloneDX 1.6.")
    parser.add_argument("--out", type=Path, default=_DIST / SBOM)
    parser.add_argument("--check", type=Path, metavar="FILE", help="hold a list against CycloneDX's schema")
    chosen = parser.parse_args(arguments)
    if chosen.check is not None:
        wrong = schema.fault(chosen.check)
        say(wrong or "it keeps to the schema")
        return 1 if wrong else 0
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    say(f"written: {write_json(chosen.out, make_sbom(_inventory(chosen)))}")
    return 0


def licences(arguments: Sequence[str]) -> int:
    """Write all licences with their texts."""
    parser = _about_a_bundle("./dev licences", "All licences with their texts.")
    parser.add_argument("--out", type=Path, default=_DIST, metavar="DIR", help="the folder to write into")
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    say(f"written: {write_notices(chosen.out, _inventory(chosen))}")
    return 0


def provenance(arguments: Sequence[str]) -> int:
    """State where artefacts come from, or check them against a statement."""
    parser = argparse.ArgumentParser(prog="./dev provenance", description="States where artefacts come from.")
    parser.add_argument("artefacts", nargs="*", type=Path, metavar="ARTEFACT")
    parser.add_argument("--verify", type=Path, metavar="FILE", help="check; without artefacts those beside the file")
    parser.add_argument("--kind", default="package")
    parser.add_argument("--builder", default=origins.LOCAL, help="the URI by which the builder is known")
    parser.add_argument("--commit", default="", help="of git; without it that of this folder")
    parser.add_argument("--run", default="", help="the builder's name for this run")
    parser.add_argument("--started", default="", help="as 2026-11-23T14:00:00Z")
    parser.add_argument("--finished", default="")
    parser.add_argument("--out", type=Path, help="without it beside the first artefact")
    chosen = parser.parse_args(arguments)
    if chosen.verify is not None:
        return _verify(chosen.verify, chosen.artefacts)
    dirty = False if chosen.commit else None
    build = origins.Build(
        chosen.kind, chosen.builder, chosen.commit, dirty, chosen.run, chosen.started, chosen.finished
    )
    stated = origins.statement(chosen.artefacts, build)
    say(f"written: {write_json(chosen.out or chosen.artefacts[0].with_name(origins.PROVENANCE), stated)}")
    return 0


def _about_a_bundle(program: str, said: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description=said)
    parser.add_argument("--bundle", type=Path, help="only what lies in this folder, and what lies there beside")
    parser.add_argument("--site-packages", type=Path, default=Path(sysconfig.get_path("purelib")))
    return parser


def _inventory(chosen: argparse.Namespace) -> Inventory:
    inventory = take_inventory(chosen.site_packages, chosen.bundle)
    if inventory.unknown:
        say(f"of unknown licence: {', '.join(inventory.unknown)}")
    return inventory


def _verify(path: Path, artefacts: Sequence[Path]) -> int:
    stated = origins.read(path)
    faults = origins.faults(stated, artefacts or origins.beside(path, stated))
    for fault in faults or ("all artefacts are as stated",):
        say(fault)
    return 1 if faults else 0
