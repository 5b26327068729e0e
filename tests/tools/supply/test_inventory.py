from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.supply.made import package
from tools.supply import inventory
from tools.supply.inventory import SupplyError, take_inventory
from tools.supply.pins import Pin, parse, pinned
from tools.supply.writing import sha256

MIT = "License-Expression: MIT"
TEXT = {"INFO__LICENSE": "The text"}


@pytest.fixture(autouse=True)
def pins(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {name: Pin(name, "1.0", ("0" * 64,)) for name in ("one", "two")}
    optional = {"pyside6-webengine": Pin("pyside6-webengine", "1.0", ())}
    monkeypatch.setattr(inventory, "pinned", lambda names=("runtime",): optional if "dev" in names else made)


def test_only_what_is_pinned_is_ours_to_tell(tmp_path: Path) -> None:
    package(tmp_path, "one", "1.0", MIT, "Requires-Dist: two>=1", "Requires-Dist: three; extra == 'x'", **TEXT)
    package(tmp_path, "two", "1.0", MIT, **TEXT)
    package(tmp_path, "pytest", "9.0", **TEXT)
    found = take_inventory(tmp_path)
    assert [(one.pin.name, one.licence, one.text, one.needs) for one in found.packages] == [
        ("one", "MIT", "The text", ("two",)),
        ("two", "MIT", "The text", ()),
    ]


@pytest.mark.parametrize(
    ("version", "fields", "files", "fault"),
    [
        ("1.1", (MIT,), TEXT, "one is 1.1, pinned is 1.0"),
        ("1.0", (), TEXT, "its licence is not known"),
        ("1.0", ("License: All rights reserved",), TEXT, "its licence is not known"),
        ("1.0", ("License-Expression: OpenSSL",), {}, "no text of its licence"),
    ],
)
def test_what_must_not_be_shipped_stops_the_build(
    tmp_path: Path, version: str, fields: tuple[str, ...], files: dict[str, str], fault: str
) -> None:
    package(tmp_path, "one", version, *fields, **files)
    with pytest.raises(SupplyError, match=fault):
        take_inventory(tmp_path)


def test_a_folder_without_packages_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SupplyError):
        take_inventory(tmp_path)


def test_of_a_bundle_only_what_is_in_it_counts(tmp_path: Path) -> None:
    site, bundle = tmp_path / "site", tmp_path / "bundle"
    libraries = {"one_DOT_libs__libx264_DASH_1_DOT_so": b"a", "one_DOT_libs__libvpx_DOT_so": b"VP9 Encoder v1.16.0"}
    package(site, "one", "1.0", MIT, **TEXT, **libraries)
    (bundle / "lib").mkdir(parents=True)
    for name, content in (
        ("libvpx.so", b"VP9 Encoder v1.16.0"),
        ("libssl.so.3", b"OpenSSL 3.0.19 27 Jan 2026"),
        ("libodd.so", b"c"),
    ):
        (bundle / "lib" / name).write_bytes(content)
    found = take_inventory(site, bundle)
    ((vpx,),) = (one.libraries for one in found.packages)
    assert (vpx.title, vpx.version, vpx.licence) == ("libvpx", "1.16.0", "BSD-3-Clause")
    assert [(one.path, one.digest) for one in vpx.files] == [("one.libs/libvpx.so", sha256(bundle / "lib/libvpx.so"))]
    assert [(one.title, one.version) for one in found.libraries] == [("OpenSSL", "3.0.19"), ("odd", "")]
    assert found.unknown == ("lib/libodd.so",)


def test_the_login_component_counts_where_it_is_in_the_bundle(tmp_path: Path) -> None:
    site, bundle = tmp_path / "site", tmp_path / "bundle"
    package(site, "one", "1.0", MIT, **TEXT)
    engine = {"PySide6__libQt6WebEngineCore_DOT_so": b"q"}
    package(site, "PySide6-WebEngine", "1.0", MIT, **TEXT, **engine)
    bundle.mkdir()
    assert [one.pin.name for one in take_inventory(site, bundle).packages] == ["one"]
    (bundle / "libQt6WebEngineCore.so").write_bytes(b"q")
    assert [one.pin.name for one in take_inventory(site, bundle).packages] == ["one", "pyside6-webengine"]


def test_pins_are_read_with_their_hashes() -> None:
    hashes = "".join(f" \\\n    --hash=sha256:{letter * 64}" for letter in "ba")
    text = f"Some_Name==1.2 ; sys_platform == 'linux'{hashes}\n    # via x\n"
    assert parse(text) == {"some-name": Pin("some-name", "1.2", ("a" * 64, "b" * 64))}
    assert {"av", "aiohttp"} <= pinned().keys()
    assert all(pin.hashes for pin in pinned(("runtime", "dev", "supply")).values())
