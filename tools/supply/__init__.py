"""What a package is made of, and the proof of it: list of parts, licences, provenance (decision 28).

Those who make packages call one function once all files of the bundle are in place:

    tools.supply.write_into(bundle, site_packages, build=Build("deb", builder="https://ci.example.org/visio"))

It puts `sbom.cdx.json`, `THIRD-PARTY-NOTICES.txt` and `provenance.json` into `bundle`, beside the program, and answers
the inventory. `site_packages` holds the packages with their `*.dist-info`; of their native libraries only those are
listed that are in the bundle.
"""

from __future__ import annotations

from pathlib import Path

from tools.shell import say
from tools.supply.inventory import Inventory, SupplyError, take_inventory
from tools.supply.notices import write_notices
from tools.supply.provenance import PROVENANCE, Build, statement
from tools.supply.sbom import SBOM, make_sbom
from tools.supply.writing import write_json

__all__ = ["PROVENANCE", "SBOM", "Build", "Inventory", "SupplyError", "write_into"]


def write_into(
    bundle: Path,
    site_packages: Path,
    *,
    build: Build | None = None,
    folder: Path | None = None,
    with_unknown: bool = False,
) -> Inventory:
    """Write the three files into the bundle, or into another `folder`, as a component that is laid over a bundle needs.

    Raises `SupplyError` for a package that is not as pinned or has no known licence, and for a library that nobody
    knows; `with_unknown` those are only told: such a bundle is for trying.
    """
    inventory, target = take_inventory(site_packages, bundle), folder or bundle
    if inventory.unknown and not with_unknown:
        raise SupplyError(f"libraries of unknown licence: {', '.join(inventory.unknown)}")
    if inventory.unknown:
        say(f"{len(inventory.unknown)} libraries of unknown licence: not to be handed on")
    target.mkdir(parents=True, exist_ok=True)
    listed = write_json(target / SBOM, make_sbom(inventory))
    notices = write_notices(target, inventory)
    # Not of the program's own files: they are signed later, each by itself.
    write_json(target / PROVENANCE, statement((listed, notices), build or Build("bundle")))
    return inventory
