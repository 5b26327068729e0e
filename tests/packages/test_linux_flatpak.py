"""The Flatpak manifest, as Flatpak's own builder reads it, and the files it names."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.helpers.needs import need
from tools.package import flatpak
from tools.package.base import PRODUCT
from tools.package.system import need_flatpak
from tools.shell import SetUpError


@pytest.fixture(scope="module", autouse=True)
def _builder() -> None:
    try:
        need_flatpak()
    except SetUpError as error:
        need(there=False, what=str(error))


def test_its_builder_understands_the_manifest(tmp_path: Path) -> None:
    for name, text in flatpak.files("0.1.0").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "bundle").mkdir()
    path = tmp_path / f"{PRODUCT.appstream}.json"
    path.write_text(json.dumps(flatpak.manifest("bundle")), encoding="utf-8")
    told = subprocess.run(
        ["flatpak-builder", "--show-manifest", str(path)], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    read = json.loads(told.stdout)
    assert read["id"] == PRODUCT.appstream
    assert read["finish-args"] == list(flatpak.PERMISSIONS)
    module = read["modules"][0]
    assert module["build-commands"] == flatpak.manifest("bundle")["modules"][0]["build-commands"]
    assert {source.get("path") for source in module["sources"]} == {"bundle", *flatpak.files("0.1.0")}


def test_what_the_desktop_reads_bears_its_name(tmp_path: Path) -> None:
    files = flatpak.files("0.1.0")
    for name in files:
        (tmp_path / name).write_text(files[name], encoding="utf-8")
    subprocess.run(["desktop-file-validate", str(tmp_path / f"{PRODUCT.appstream}.desktop")], check=True)
    about = tmp_path / f"{PRODUCT.appstream}.metainfo.xml"
    subprocess.run(["appstreamcli", "validate", "--no-net", str(about)], check=True, capture_output=True)
    assert f'<launchable type="desktop-id">{PRODUCT.appstream}.desktop<' in files[about.name]
