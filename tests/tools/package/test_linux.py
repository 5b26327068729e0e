"""Control files, spec, desktop files and metadata of the packages for Linux, and what they require."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools.package import deb, flatpak, linux, login, rpm
from tools.package.base import INSTALLED, PRODUCT
from tools.shell import SetUpError
from visio_desktop.system import desktop_entry
from visio_desktop.system.deep_links import SCHEME

DAY_S = 1_795_440_115  # 2026-11-23


def test_a_control_file_has_what_debian_asks_for() -> None:
    package = deb.Package("some", "1.2", ["libc6", "zlib1g"], [], 120, "Description: something\n Of more words.\n")
    fields = dict(line.split(": ", 1) for line in package.control().splitlines() if not line.startswith(" "))
    assert {"Package", "Version", "Architecture", "Maintainer", "Description"} <= fields.keys()
    assert fields["Depends"] == "libc6, zlib1g"
    assert fields["Installed-Size"] == "120"
    assert "Recommends" not in fields
    assert package.control().endswith("\n")


def test_names_of_files_are_those_the_systems_expect() -> None:
    assert deb.file_name("1.2") == "visio-desktop_1.2_amd64.deb"
    assert deb.file_name("1.2", login.NAME) == "visio-desktop-login_1.2_amd64.deb"
    assert rpm.file_name("1.2") == "visio-desktop-1.2-1.x86_64.rpm"


def test_the_spec_requires_libraries_by_name() -> None:
    text = rpm.spec("1.2", ["libGL.so.1"], ["usr/bin/visio-desktop"], DAY_S)
    assert "Requires: libGL.so.1()(64bit)" in text.splitlines()
    assert "/usr/bin/visio-desktop" in text.splitlines()
    assert "* Mon Nov 23 2026 " in text
    assert f"rm -rf {INSTALLED}" in text


def test_every_library_has_its_debian_package_once() -> None:
    assert linux.debian(["libGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0", "libm.so.6"]) == [
        "libgl1",
        "libglib2.0-0",
    ]
    with pytest.raises(SetUpError, match=r"libnothing\.so\.9"):
        linux.debian(["libnothing.so.9"])


def test_the_release_is_told_to_software_centres() -> None:
    about = ET.fromstring(linux.desktop_files("1.2")[linux.METAINFO])
    release = about.find("releases/release")
    assert release is not None
    assert release.get("version") == "1.2"
    assert about.findtext("id") == PRODUCT.appstream
    assert about.findtext("project_license") == PRODUCT.licence
    assert 'date="2026-11-23"' in linux.metainfo("<component>\n</component>\n", "1.2", DAY_S)


def test_links_of_ours_open_the_program() -> None:
    entry = linux.desktop_files("1.2")["usr/share/applications/visio-desktop.desktop"].splitlines()
    assert f"MimeType=x-scheme-handler/{SCHEME};" in entry
    assert PRODUCT.scheme == SCHEME
    assert f"{PRODUCT.id}.desktop" == desktop_entry.NAME


def test_the_entry_that_starts_with_the_session_opens_no_links() -> None:
    entry = linux.desktop_files("1.2")[linux.AUTOSTART].splitlines()
    assert "Exec=visio-desktop --background" in entry
    assert not any(line.startswith("MimeType=") for line in entry)


def test_a_package_lies_as_the_system_expects(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "visio-desktop").write_text("#!/bin/sh\n")
    root = tmp_path / "root"
    linux.lay_out(bundle, root, "1.2")
    link = root / "usr" / "bin" / "visio-desktop"
    assert link.is_symlink()
    assert link.resolve() == root / INSTALLED.lstrip("/") / "visio-desktop"
    times = {path.lstat().st_mtime for path in (root, *root.rglob("*"))}
    assert len(times) == 1, "reproducible"


def test_flatpak_gets_every_file_that_it_installs() -> None:
    module = flatpak.manifest("/somewhere")["modules"][0]
    named = {source["path"] for source in module["sources"] if source["type"] == "file"}
    assert named == set(flatpak.files("1.2"))
    for name in named:
        assert any(name in command for command in module["build-commands"])
    assert all(reason for reason in flatpak.PERMISSIONS.values())
