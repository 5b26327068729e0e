"""Of the very packages that are installed here: everything is known, nothing is missing, and it is the same twice."""

from __future__ import annotations

import json
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tools import supply
from tools.supply import commands, publisher
from tools.supply.inventory import Inventory, take_inventory
from tools.supply.notices import make_notices
from tools.supply.pins import canonical, pinned
from tools.supply.publisher import Publisher
from tools.supply.sbom import make_sbom
from tools.supply.writing import write_json
from visio_desktop.system.notices import NOTICES, parse

SITE = Path(sysconfig.get_path("purelib"))


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return take_inventory(SITE)


@pytest.fixture(scope="module")
def listed(inventory: Inventory) -> dict[str, Any]:
    return make_sbom(inventory, Publisher())


def test_every_package_that_runs_is_listed_with_licence_text_and_hashes(inventory: Inventory) -> None:
    here = {canonical(one.name) for one in metadata.distributions(path=[str(SITE)]) if one.name}
    assert {one.pin.name for one in inventory.packages} == pinned().keys() & here
    assert all(one.licence and one.text and one.pin.hashes for one in inventory.packages)


def test_every_library_inside_is_known(inventory: Inventory) -> None:
    assert inventory.unknown == ()
    files = {file.path for one in inventory.packages for library in one.libraries for file in library.files}
    loose = {path.name for folder in SITE.glob("*.libs") for path in folder.iterdir() if path.is_file()}
    assert loose == {Path(path).name for path in files if Path(path).parent.name.endswith(".libs")}


def test_the_list_names_what_lies_in_pyav_and_what_rust_linked(listed: dict[str, Any]) -> None:
    rows = {row["bom-ref"]: row for row in listed["components"]}
    av = next(ref for ref in rows if ref.startswith("pkg:pypi/av@") and "#" not in ref)
    for library, licence in (
        ("x264", "GPL-2.0-or-later"),
        ("x265", "GPL-2.0-or-later"),
        ("ffmpeg", "LGPL-3.0-or-later"),
    ):
        row = rows[f"{av}#{library}"]
        assert row["licenses"] == [{"expression": licence, "acknowledgement": "concluded"}]
        assert all(len(file["hashes"][0]["content"]) == 64 for file in row["components"])
    needs = {row["ref"]: row["dependsOn"] for row in listed["dependencies"]}
    assert f"{av}#x264" in needs[av]
    assert any("#pkg:generic/openssl@" in ref for ref in rows), "cryptography says which OpenSSL it holds"
    assert needs.keys() - rows.keys() == {listed["metadata"]["component"]["bom-ref"]}
    assert listed["metadata"]["component"]["licenses"][0]["expression"] == "GPL-3.0-or-later"


def test_it_is_the_same_twice_and_keeps_to_the_schema(listed: dict[str, Any], tmp_path: Path) -> None:
    first = write_json(tmp_path / "first.json", listed).read_bytes()
    second = write_json(tmp_path / "second.json", make_sbom(take_inventory(SITE), Publisher()))
    assert first == second.read_bytes()
    assert str(Path.home()) not in first.decode() or str(Path.home()) == "/"
    named = Publisher("Administration", "https://example.org/", "mailto:security@example.org", "https://example.org/a")
    signed = {**listed, "metadata": make_sbom(Inventory(()), named)["metadata"]}
    assert commands.sbom(["--check", str(write_json(second, signed))]) == 0
    broken = {**listed, "components": [{"type": "nonsense"}]}
    assert commands.sbom(["--check", str(write_json(second, broken))]) == 1


def test_the_notices_hold_a_text_for_each(inventory: Inventory) -> None:
    found = make_notices(inventory)
    assert all(one.text and one.licence != "not known" for one in found)
    texts = {one.name: one.text for one in found}
    assert "GNU GENERAL PUBLIC LICENSE" in texts["x264 (in av)"]
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["pyside6-essentials"]
    assert texts["Visio Desktop"].startswith("MIT License")


def test_packagers_call_one_function(tmp_path: Path) -> None:
    answered = supply.write_into(tmp_path, SITE, build=supply.Build("test", "urn:x", "c" * 40, dirty=False))
    assert {path.name for path in tmp_path.iterdir()} == {supply.SBOM, NOTICES, supply.PROVENANCE}
    assert answered.unknown == ()
    assert not any(one.libraries for one in answered.packages), "none of them lies in this empty bundle"
    assert len(parse((tmp_path / NOTICES).read_text(encoding="utf-8"))) > 40
    assert commands.provenance(["--verify", str(tmp_path / supply.PROVENANCE)]) == 0
    again = tmp_path / "again"
    again.mkdir()
    supply.write_into(again, SITE, build=supply.Build("test", "urn:x", "c" * 40, dirty=False))
    assert all(path.read_bytes() == (tmp_path / path.name).read_bytes() for path in again.iterdir())


def test_a_library_nobody_knows_stops_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "libmystery.so.1").write_bytes(b"?")
    with pytest.raises(supply.SupplyError, match=r"libmystery\.so\.1"):
        supply.write_into(tmp_path, SITE)
    assert not (tmp_path / supply.SBOM).exists()
    supply.write_into(tmp_path, SITE, with_unknown=True)
    assert "1 libraries of unknown licence" in capsys.readouterr().err
    notices = {one.name: one for one in parse((tmp_path / NOTICES).read_text(encoding="utf-8"))}
    assert notices["mystery"].licence == "not known"


def test_who_publishes_is_said_in_one_file(tmp_path: Path) -> None:
    assert publisher.read() == Publisher()
    file = tmp_path / "publisher.json"
    file.write_text(json.dumps({"name": "Administration", "advisories": "https://example.org/a"}), encoding="utf-8")
    listed = make_sbom(Inventory(()), publisher.read(file))
    assert listed["metadata"]["supplier"] == {"name": "Administration"}
    assert listed["metadata"]["component"]["externalReferences"] == [
        {"type": "advisories", "url": "https://example.org/a"}
    ]
    for bad in ("[]", "{", '{"nam": "x"}', '{"name": 1}'):
        file.write_text(bad, encoding="utf-8")
        with pytest.raises(supply.SupplyError.__bases__[0]):
            publisher.read(file)
