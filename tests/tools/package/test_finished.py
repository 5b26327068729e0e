"""The statement beside a package: whoever has both can check the one by the other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tools.package.finished import BUILDER, RUN, finished, now
from tools.supply import commands
from tools.supply.provenance import LOCAL


def test_a_package_is_checked_by_what_stands_beside_it(tmp_path: Path) -> None:
    package = tmp_path / "visio-desktop_0.1.0_amd64.deb"
    package.write_bytes(b"content")
    stated = finished(package, "deb", "2026-11-23T14:00:00Z", {})
    assert stated.name == "visio-desktop_0.1.0_amd64.deb.provenance.json"
    assert commands.provenance(["--verify", str(stated)]) == 0
    package.write_bytes(b"changed")
    assert commands.provenance(["--verify", str(stated)]) == 1


def test_it_says_who_built_it_and_when(tmp_path: Path) -> None:
    package = tmp_path / "visio.msi"
    package.touch()
    builder = {BUILDER: "https://ci.example.org/visio", RUN: "17"}
    told = json.loads(finished(package, "msi", "2026-11-23T14:00:00Z", builder).read_text(encoding="utf-8"))
    details = told["predicate"]["runDetails"]
    assert details["builder"]["id"] == "https://ci.example.org/visio"
    assert details["metadata"]["invocationId"] == "17"
    assert details["metadata"]["startedOn"] == "2026-11-23T14:00:00Z"
    assert told["predicate"]["buildDefinition"]["externalParameters"]["kind"] == "msi"
    assert told["predicate"]["buildDefinition"]["internalParameters"]["SOURCE_DATE_EPOCH"] > 0
    nobody = json.loads(finished(package, "msi", now(), {}).read_text(encoding="utf-8"))
    assert nobody["predicate"]["runDetails"]["builder"]["id"] == LOCAL


def test_times_are_written_as_rfc_3339() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now())
