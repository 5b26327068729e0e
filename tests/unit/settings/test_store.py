from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from visio_desktop.meeting.values import MeetingLink
from visio_desktop.settings.schema import SCHEMA, ValueRefused
from visio_desktop.settings.store import Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_choice_outlives_the_run(path: Path) -> None:
    Settings(path).put("name", "Ada")
    assert Settings(path).get("name") == "Ada"
    assert path.stat().st_mode & 0o077 == 0
    assert [f.name for f in path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_the_defaults_hold(path: Path) -> None:
    settings = Settings(path)
    assert {key: settings.get(key) for key in SCHEMA} == {key: s.default for key, s in SCHEMA.items()}


@pytest.mark.parametrize("broken", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"x" * 1_000_001])
def test_a_broken_file_is_kept_aside(path: Path, broken: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(broken)
    assert Settings(path).get("camera") == "default"
    assert path.with_name("settings.json.broken").read_bytes() == broken
    assert not path.exists()


def test_one_wrong_value_costs_only_itself(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"camera_on": "maybe", "name": "Ada", "of_a_newer_version": [1]}), encoding="utf-8")
    settings = Settings(path)
    assert settings.get("camera_on") is False
    assert settings.get("name") == "Ada"
    settings.put("camera_on", value=True)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["of_a_newer_version"] == [1]
    assert kept["camera_on"] is True


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(content=st.binary(max_size=200))
def test_no_file_can_stop_the_start(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    Settings(file).preferences(lambda _: None)


def test_recents_are_newest_first_once_and_bounded(path: Path) -> None:
    settings = Settings(path)
    for n in [*range(10), 5]:
        settings.remember("recent", f"https://meet.example/{n}")
    recents = settings.get("recents")
    assert isinstance(recents, tuple)
    assert [text[-1] for text in recents] == ["5", "9", "8", "7", "6", "4", "3", "2"]
    settings.remember("forget", "https://meet.example/9")
    assert settings.get("recents") == (recents[0], *recents[2:])


def test_the_meeting_gets_its_preferences(path: Path) -> None:
    settings = Settings(path)
    for what, value in [
        ("name", "Ada"),
        ("camera_on", "true"),
        ("microphone", "USB"),
        ("recent", "a"),
        ("recent", "b"),
    ]:
        settings.remember(what, value)
    found = settings.preferences(lambda text: MeetingLink("livekit", text) if text == "a" else None)
    assert (found.name, found.camera_on, found.microphone_on, found.microphone) == ("Ada", True, False, "USB")
    assert found.recents == (MeetingLink("livekit", "a"),)


def test_what_cannot_be_remembered_changes_nothing(path: Path) -> None:
    settings = Settings(path)
    settings.remember("no_such_thing", "x")
    settings.remember("camera_on", "perhaps")
    assert not path.exists()
    with pytest.raises(ValueRefused):
        settings.put("name", value=True)


def test_a_folder_that_cannot_be_written_costs_only_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be", encoding="utf-8")
    settings = Settings(tmp_path / "config" / "settings.json")
    settings.put("name", "Ada")
    assert settings.get("name") == "Ada"
