"""The Windows installer under wine: installed silently, tried, upgraded, repaired, removed without a trace.

What wine shows is the tables of the installer, the layout, the registry, and that everything loads and a meeting is
held; not devices, not what Windows says of the publisher.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.group_policy import registry_file
from tests.helpers.wine import SHIMS, Wine
from tools.package import windows_msi, windows_tree
from tools.package.windows_launcher import CONSOLE, WINDOWED
from tools.package.windows_msi import need_installer_tools
from tools.package.windows_policies import OWN_KEY
from tools.package.windows_wxs import LOGIN
from visio_desktop.settings.policy_registry import KEY

LONG = pytest.mark.timeout(1_500)  # a minute or two by itself; these run beside everything else
MOST_BYTES = 150_000_000
POLICIES = KEY
LINKS = r"Software\Classes\visio"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"
PLACE = "C:\\Program Files\\Visio Desktop\\"
LINK = "https://visio.example.org/abc-defg-hij"
REPAIR = ("REINSTALL=ALL", "REINSTALLMODE=vomus")
GIVEN = (
    "POLICY_DEFAULT_SERVER=visio.example.org",
    "POLICY_ALLOWED_SERVERS=visio.example.org *.meet.example",
    "POLICY_RECORDING=0",
    "RECOMMENDED_DSCP=46",
)
BY_GROUP_POLICY: dict[tuple[str, str], bool | int | str | tuple[str, ...]] = {
    ("HKLM", "ScreenShare"): False,
    ("HKCU", "ScreenShare"): True,
    ("HKLM", "VideoKbps"): 1_500,
    ("HKLM", "ProxyMode"): "direct",
    ("HKCU", "VideoCodecs"): ("vp8", "vp9"),
    ("HKCU", "BrandName"): 'Réunions "à\\deux"',
    ("HKCU", "Dscp_Recommended"): 10,
    ("HKLM", "CameraBackground_Recommended"): "blur",
}
"""What the forms write, of each sort; the installer writes some of the computer's too."""

WRITTEN = {
    "DefaultServer": "visio.example.org",
    "AllowedServers": "visio.example.org *.meet.example",
    "Recording": "0x0",
    "Recommended\\Dscp": "0x2e",
}


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    with Wine(tmp_path_factory.mktemp("wine")) as system:
        yield system


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some files in place of the program's: how they are installed does not depend on what is in them."""
    need_installer_tools()
    tree = tmp_path_factory.mktemp("tree")
    (tree / "site-packages" / "deep").mkdir(parents=True)
    for name in (WINDOWED, "site-packages/deep/a.py", "site-packages/deep/Ünïcode name.txt"):
        (tree / name).write_text(name, encoding="utf-8")
    return tree


def installed(windows: Wine) -> set[str]:
    place = windows.drive / "Program Files" / "Visio Desktop"
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def in_the_menu(windows: Wine) -> list[Path]:
    return list(windows.drive.rglob("Visio Desktop.lnk"))


def assert_no_trace(windows: Wine) -> None:
    assert not installed(windows)
    assert not in_the_menu(windows)
    for key in (POLICIES, r"Software\Visio", LINKS):
        assert windows.registry(key) == {}
    assert "Visio Desktop" not in windows.registry(RUN)
    assert not [name for name in windows.registry(UNINSTALL) if name.endswith("DisplayName")]


@LONG
def test_the_life_of_an_installation(windows: Wine, small: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.msi", tmp_path / "second.msi"
    windows_msi.build(small, first, "0.1.0")
    (small / "site-packages" / "new.py").write_text("new", encoding="utf-8")
    windows_msi.build(small, second, "0.2.0")

    assert windows.install(first, *GIVEN, "POLICY_AUTOSTART=1") == 0
    files = installed(windows)
    assert WINDOWED in files
    assert "site-packages/deep/Ünïcode name.txt" in files
    assert windows.registry(POLICIES) == {**WRITTEN, "Autostart": "0x1"}
    links = windows.registry(LINKS)
    assert links["shell\\open\\command\\(Default)"] == f'"{PLACE}{WINDOWED}" "%1"'
    assert "URL Protocol" in links
    assert windows.registry(RUN)["Visio Desktop"] == f'"{PLACE}{WINDOWED}" --background'
    assert len(in_the_menu(windows)) == 1

    assert windows.install(second) == 0  # an upgrade that is told nothing keeps what was decided
    assert installed(windows) == files | {"site-packages/new.py"}
    assert windows.registry(POLICIES) == {**WRITTEN, "Autostart": "0x1"}
    versions = [value for name, value in windows.registry(UNINSTALL).items() if name.endswith("DisplayVersion")]
    assert versions == ["0.2.0"]
    assert windows.install(first) != 0  # a newer one is not replaced
    assert "site-packages/new.py" in installed(windows)

    (windows.drive / "Program Files" / "Visio Desktop" / WINDOWED).unlink()
    windows.must("reg", "delete", f"HKLM\\{POLICIES}", "/v", "DefaultServer", "/f")
    assert windows.install(second, *REPAIR, "POLICY_RECORDING=1", "POLICY_LOGIN=0") == 0
    assert WINDOWED in installed(windows)
    assert windows.registry(POLICIES) == {**WRITTEN, "Autostart": "0x1", "Recording": "0x1", "Login": "0x0"}

    assert windows.install(second, action="/x") == 0
    assert_no_trace(windows)


@LONG
def test_the_login_component_lies_beside_the_program_and_goes_without_it(
    windows: Wine, small: Path, tmp_path: Path
) -> None:
    program, login, extra = tmp_path / "program.msi", tmp_path / "login.msi", tmp_path / "extra"
    (extra / "site-packages" / "deep").mkdir(parents=True)
    (extra / "site-packages" / "deep" / "engine.dll").write_text("engine", encoding="utf-8")
    windows_msi.build(small, program, "0.1.0")
    windows_msi.build(extra, login, "0.1.0", LOGIN)

    assert windows.install(program, "INSTALLDIR=C:\\Meetings\\") == 0
    before = {path.name for path in (windows.drive / "Meetings").rglob("*")}
    assert windows.install(login) == 0  # where the program is, wherever that is
    engine = windows.drive / "Meetings" / "site-packages" / "deep" / "engine.dll"
    assert engine.is_file()
    assert windows.install(login, action="/x") == 0
    assert {path.name for path in (windows.drive / "Meetings").rglob("*")} == before
    assert windows.install(program, action="/x") == 0
    assert not list((windows.drive / "Meetings").rglob("*.*"))


def test_the_same_again_is_the_same_file(small: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.msi", tmp_path / "other.msi"
    windows_msi.build(small, one, "0.1.0")
    windows_msi.build(small, other, "0.1.0")
    assert one.read_bytes() == other.read_bytes()


@LONG
def test_the_program_is_installed_and_holds_a_meeting(windows: Wine, tmp_path: Path) -> None:
    need_installer_tools()
    tree, msi = tmp_path / "tree", tmp_path / "visio.msi"
    windows_tree.build(tree)
    windows_msi.build(tree, msi, "0.1.0")
    assert msi.stat().st_size <= MOST_BYTES

    assert windows.install(msi, *GIVEN) == 0
    assert len(installed(windows)) == sum(path.is_file() for path in tree.rglob("*"))
    console = f"{PLACE}{CONSOLE}"
    decided = windows.must(console, "policies")
    assert "visio.example.org, *.meet.example" in decided
    assert "none.invalid" not in decided
    tried = windows.run(console, "selftest", "--json")
    told = json.loads(tried.stdout)
    assert [check for check in told["checks"] if not check["passed"]] == []
    assert {check["name"] for check in told["checks"]} >= {"vp8", "h264", "opus", "encryption", "meeting"}
    assert windows.run(console, "-m", "this").returncode != 0  # no interpreter for whoever is not given one
    assert windows.registry(OWN_KEY)["INSTALLDIR"] == PLACE
    obeys_group_policy(windows, console, tmp_path)
    hands_its_link_to_the_first(windows)

    assert windows.install(msi, action="/x") == 0
    assert_no_trace(windows)


def obeys_group_policy(windows: Wine, console: str, folder: Path) -> None:
    """The computer's before the person's, what is recommended as a default; beside what the installer wrote."""
    (folder / "forms.reg").write_bytes(registry_file(BY_GROUP_POLICY))
    windows.must("reg", "import", folder / "forms.reg")
    told = windows.must(console, "policies").replace("\r", "")
    found = {name: (value, source) for name, value, source in re.findall(r"\((\w+)\): (.*) - .*\n +From (.*)", told)}
    for policy, value, hive in (
        ("ScreenShare", "off", "HKLM"),
        ("VideoKbps", "1500", "HKLM"),
        ("VideoCodecs", "vp8, vp9", "HKCU"),
        ("BrandName", 'Réunions "à\\deux"', "HKCU"),
        ("Dscp", "46", "HKLM"),
        ("DefaultServer", "visio.example.org", "HKLM"),
    ):
        assert found[policy][0] == value
        assert hive in found[policy][1]
    assert "none.invalid" not in told
    (folder / "nothing.reg").write_bytes(registry_file(dict.fromkeys(BY_GROUP_POLICY)))
    windows.must("reg", "import", folder / "nothing.reg")


def hands_its_link_to_the_first(windows: Wine) -> None:
    """By a pipe that only this person knows of; nothing is left."""
    script, runtime = SHIMS / "second_start.py", windows.drive / "runtime"
    runtime.mkdir()
    packages = f"{PLACE}site-packages"
    with windows.python(script, "C:\\runtime", packages=packages) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "first\n"
        with windows.python(script, "C:\\runtime", LINK, packages=packages) as second:
            assert second.communicate() == ("second\n", "")
        assert first.communicate("\n")[0] == f"{LINK}\nreleased\n"
    assert {path.name for path in runtime.iterdir()} == {"display.lock"}
