from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.rooms import Access, Recording, RecordingKind, RecordingState
from visio_desktop.servers.lasuite.metadata import Metadata, parse_metadata


@pytest.mark.parametrize("text", ["", "null", "[]", "<html>", '"x"', "[" * 9_000, "x" * 99_999])
def test_nothing_is_said(text: str) -> None:
    assert parse_metadata(text) == Metadata()


def test_what_changed_since_the_meeting_began() -> None:
    text = '{"configuration": {"everyone_can_mute": false}, "access_level": "restricted"}'
    assert parse_metadata(text) == Metadata(Access.RESTRICTED, {"everyone_can_mute": False})
    assert parse_metadata('{"configuration": {}}') == Metadata(None, {})


@pytest.mark.parametrize("state", RecordingState)
@pytest.mark.parametrize("kind", RecordingKind)
def test_what_is_recorded(kind: RecordingKind, state: RecordingState) -> None:
    text = json.dumps({"recording_mode": kind.value, "recording_status": state.value})
    assert parse_metadata(text).recording == Recording(kind, state)


def test_livekit_itself_says_that_it_records() -> None:
    assert parse_metadata("", is_recorded=True).recording == Recording(RecordingKind.SCREEN, RecordingState.STARTED)
    unknown = '{"recording_mode": "transcript", "recording_status": "levitating"}'
    assert parse_metadata(unknown).recording is None
    heard = parse_metadata(unknown, is_recorded=True).recording
    assert heard == Recording(RecordingKind.TRANSCRIPT, RecordingState.STARTED)


def test_a_failure_of_before_hides_no_recording() -> None:
    text = '{"recording_mode": "screen_recording", "recording_status": "aborted"}'
    running = Recording(RecordingKind.SCREEN, RecordingState.STARTED)
    assert parse_metadata(text, is_recorded=True).recording == running


@given(st.text(max_size=100))
def test_any_text_does_no_harm(text: str) -> None:
    assert isinstance(parse_metadata(text), Metadata)
