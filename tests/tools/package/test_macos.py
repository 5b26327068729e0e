from __future__ import annotations

import plistlib
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.tools.package.test_macos_macho import library
from tools.package import macos
from tools.package.base import PRODUCT
from tools.shell import SetUpError


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An application with a framework as a wheel holds it."""
    folder = tmp_path / "Visio Desktop.app"
    framework = folder / "Contents" / "Resources" / "QtCore.framework"
    (framework / "Versions" / "A" / "Resources").mkdir(parents=True)
    (framework / "Versions" / "A" / "QtCore").write_bytes(library("/usr/lib/libSystem.B.dylib"))
    (framework / "Versions" / "A" / "Resources" / "Info.plist").write_text("about it")
    (folder / "Contents" / "MacOS").mkdir()
    asks = library("@rpath/QtCore.framework/Versions/A/QtCore")
    (folder / "Contents" / "MacOS" / PRODUCT.id).write_bytes(asks)
    macos.furnish(folder / "Contents", "1.2.3")
    macos.link(framework)
    return folder


def test_macos_is_told_what_it_is_and_what_it_asks_for(app: Path) -> None:
    about = plistlib.loads((app / "Contents" / "Info.plist").read_bytes())
    assert (app / "Contents" / "MacOS" / about["CFBundleExecutable"]).is_file()
    assert (app / "Contents" / "Resources" / about["CFBundleIconFile"]).read_bytes().startswith(b"icns")
    assert about["CFBundleIdentifier"] == PRODUCT.bundle
    assert about["CFBundleShortVersionString"] == "1.2.3"
    assert about["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["visio"]
    assert all(about[name] for name in ("NSCameraUsageDescription", "NSMicrophoneUsageDescription"))


def test_a_framework_has_the_links_it_is_signed_by(app: Path) -> None:
    framework = app / "Contents" / "Resources" / "QtCore.framework"
    assert (framework / "Versions" / "Current").readlink() == Path("A")
    assert (framework / "QtCore").readlink() == Path("Versions/Current/QtCore")
    assert (framework / "Resources" / "Info.plist").read_text() == "about it"
    macos.link(framework)  # once more changes nothing
    assert (framework / "QtCore").is_symlink()


def test_the_archive_keeps_links_and_rights_and_is_the_same_each_time(app: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    macos.pack(app, one)
    macos.pack(app, other)
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as file:
        modes = {row.filename: row.external_attr >> 16 for row in file.infolist()}
    place = "Visio Desktop.app/Contents"
    assert stat.S_IMODE(modes[f"{place}/MacOS/{PRODUCT.id}"]) == 0o755
    assert stat.S_IMODE(modes[f"{place}/Info.plist"]) == 0o644
    assert stat.S_ISLNK(modes[f"{place}/Resources/QtCore.framework/QtCore"])


def test_an_application_that_lacks_a_library_is_not_built(app: Path) -> None:
    macos.look_for_missing(app)
    (app / "Contents" / "Resources" / "QtCore.framework" / "Versions" / "A" / "QtCore").unlink()
    with pytest.raises(SetUpError, match="QtCore"):
        macos.look_for_missing(app)


def test_it_may_use_camera_and_microphone_and_little_else() -> None:
    given = plistlib.loads((macos.SOURCES / "entitlements.plist").read_bytes())
    assert set(given) == {
        "com.apple.security.device.camera",
        "com.apple.security.device.audio-input",
        "com.apple.security.cs.allow-unsigned-executable-memory",
    }


def test_the_script_for_a_mac_can_be_read_by_its_shell() -> None:
    script = macos.SOURCES / "sign.sh"
    subprocess.run(["bash", "-n", str(script)], check=True)
    said = subprocess.run(["bash", str(script)], check=False, capture_output=True, text=True)
    assert said.returncode == 2
    assert "PROFILE" in said.stdout
