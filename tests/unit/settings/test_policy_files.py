from __future__ import annotations

import json
import os
import plistlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from visio_desktop.settings.policies import Found, Given, Why
from visio_desktop.settings.policy_files import MOST_BYTES, MOST_FILES, read_folder, read_property_lists


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "visio-desktop"
    (made / "policies.d").mkdir(parents=True, mode=0o755)
    made.chmod(0o755)
    return made


def write(path: Path, content: object) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    path.chmod(0o644)
    return path


def read(folder: Path) -> Found:
    """What counts of a folder of ours."""
    return read_folder(folder, owner=os.getuid())


def whys(found: Found) -> list[Why]:
    return [each.why for each in found.ignored]


def test_without_a_folder_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == Found()


def test_the_last_file_of_the_folder_is_the_strongest(folder: Path) -> None:
    main = write(folder / "policies.json", {"ProxyMode": "none", "RelayOnly": {"Value": True, "Locked": False}})
    early = write(folder / "policies.d" / "10-a.json", {"ProxyMode": "system"})
    late = write(folder / "policies.d" / "90-b.json", {"ProxyMode": "manual"})
    write(folder / "policies.d" / "README", b"not a policy")
    assert read(folder) == Found(
        (
            Given("ProxyMode", "manual", True, str(late)),
            Given("ProxyMode", "system", True, str(early)),
            Given("ProxyMode", "none", True, str(main)),
            Given("RelayOnly", True, False, str(main)),
        )
    )


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"3", b"\xff\xfe{}", b"[" * 100_000, b'{"a": 1' + b"0" * 9_000])
def test_a_broken_file_is_told_and_the_others_count(folder: Path, broken: bytes) -> None:
    write(folder / "policies.json", broken)
    write(folder / "policies.d" / "a.json", {"RelayOnly": True})
    found = read(folder)
    assert [value.name for value in found.given] == ["RelayOnly"]
    assert whys(found) == [Why.BROKEN]
    assert found.ignored[0].source == str(folder / "policies.json")


def test_a_huge_file_is_not_read(folder: Path) -> None:
    write(folder / "policies.json", b'{"RelayOnly": true}' + b" " * MOST_BYTES)
    assert read(folder).given == ()
    assert whys(read(folder)) == [Why.TOO_LARGE]


@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646])
def test_a_file_that_others_can_write_does_not_count(folder: Path, mode: int) -> None:
    write(folder / "policies.json", {"ScreenShare": True}).chmod(mode)
    assert read(folder).given == ()
    assert whys(read(folder)) == [Why.UNTRUSTED]


def test_a_folder_that_others_can_write_does_not_count(folder: Path) -> None:
    write(folder / "policies.d" / "a.json", {"ScreenShare": True})
    write(folder / "policies.json", {"RelayOnly": True})
    (folder / "policies.d").chmod(0o777)
    assert [value.name for value in read(folder).given] == ["RelayOnly"]
    folder.chmod(0o777)
    assert read(folder).given == ()
    assert whys(read(folder)) == [Why.UNTRUSTED, Why.UNTRUSTED]


def test_somebody_elses_file_does_not_count(folder: Path) -> None:
    write(folder / "policies.json", {"ScreenShare": True})
    if os.getuid() != 0:
        assert whys(read_folder(folder, owner=os.getuid() + 1)) == [Why.UNTRUSTED]
        return
    os.chown(folder / "policies.json", 4_711, -1)
    assert whys(read(folder)) == [Why.UNTRUSTED]


def test_what_is_no_file_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "policies.json", 0o644)
    (folder / "policies.d" / "a.json").mkdir(mode=0o755)
    assert whys(read(folder)) == [Why.UNREADABLE, Why.UNREADABLE]


def test_so_many_files_are_read_and_no_more(folder: Path) -> None:
    for n in range(MOST_FILES + 1):
        write(folder / "policies.d" / f"{n:03}.json", {"RelayOnly": True})
    found = read(folder)
    assert len(found.given) == MOST_FILES
    assert whys(found) == [Why.TOO_MANY]


def test_property_lists_of_either_form(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    values = {"ProxyMode": "none", "RelayOnly": {"Value": True, "Locked": False}, "PayloadUUID": "1"}
    computer = write(tmp_path / "a.plist", plistlib.dumps(values))
    person = write(tmp_path / "b.plist", plistlib.dumps({"LogLevel": "error"}, fmt=plistlib.FMT_BINARY))
    found = read_property_lists((computer, person, tmp_path / "none.plist"), owner=os.getuid())
    assert found == Found(
        (
            Given("ProxyMode", "none", True, str(computer)),
            Given("RelayOnly", True, False, str(computer)),
            Given("LogLevel", "error", True, str(person)),
        )
    )


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    content=st.binary(max_size=300)
    | st.binary(max_size=200).map(lambda tail: b"bplist00" + tail)
    | st.text(max_size=100).map(lambda text: f"<plist><dict><key>a</key>{text}</dict></plist>".encode())
)
def test_no_file_can_stop_the_start(tmp_path: Path, content: bytes) -> None:
    tmp_path.chmod(0o755)
    write(tmp_path / "policies.json", content)
    for found in (read(tmp_path), read_property_lists((tmp_path / "policies.json",), owner=os.getuid())):
        assert found.given or found.ignored or content.strip() in (b"{}", b"<plist><dict></dict></plist>")


@pytest.mark.parametrize(
    "content", [b"<plist><date>x</date></plist>", b"<plist><integer>x</integer></plist>", b"<x", b"<!DOCTYPE a>"]
)
def test_broken_property_lists(tmp_path: Path, content: bytes) -> None:
    tmp_path.chmod(0o755)
    found = read_property_lists((write(tmp_path / "a.plist", content),), owner=os.getuid())
    assert whys(found) == [Why.BROKEN]
