from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from visio_desktop.arguments import CommandRefused, credentials, preferences, recent_link
from visio_desktop.cli import Join
from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.values import MeetingLink, Source

USUAL = Preferences("Ada", False, False, "default", "default", "default", ())


def test_the_command_line_says_nothing_where_it_is_decided() -> None:
    decided = replace(USUAL, locked=frozenset({"name", "speaker"}), joins_without=frozenset({Source.CAMERA}))
    changed = preferences(Join("x", "Bob", camera="cam", microphone="mic", speaker="null"), decided)
    assert (changed.name, changed.speaker) == ("Ada", "default")
    assert (changed.camera, changed.camera_on, changed.microphone_on) == ("cam", False, True)


def test_a_device_that_is_named_is_meant_to_be_used() -> None:
    changed = preferences(Join("x", "Bob", camera="cam", microphone="none", speaker="null"), USUAL)
    assert changed == Preferences("Bob", False, True, "cam", "none", "null", ())
    assert preferences(Join("x"), USUAL) == USUAL


def test_secrets_come_from_files_standard_input_and_the_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(" abc \n", encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO("pass word\n"))
    monkeypatch.setenv("LIVEKIT_API_KEY", "key")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "secret")
    monkeypatch.setenv("JANUS_ROOM_SECRET", "room's")
    monkeypatch.setenv("JANUS_API_SECRET", "server's")
    monkeypatch.setenv("MATRIX_RECOVERY_KEY", "EsT1")
    given = credentials(str(tmp_path / "token"), "-")
    assert (given.token, given.password, given.api_key, given.api_secret) == ("abc", "pass word", "key", "secret")
    assert (given.room_secret, given.server_secret, given.recovery_key) == ("room's", "server's", "EsT1")
    assert "abc" not in repr(given)


def test_a_token_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(CommandRefused):
        credentials(str(tmp_path / "token"), "")


def test_remembered_links_are_shown_and_rubbish_is_not() -> None:
    text = "livekit+wss://media.example.net?room=weekly"
    assert recent_link(text) == MeetingLink("livekit+wss", text, "media.example.net", "weekly")
    lasuite = "https://meet.example.org/abc-defg-hij"
    assert recent_link(lasuite) == MeetingLink("https", lasuite, "meet.example.org", "abc-defg-hij")
    assert recent_link("https://[broken") is None
