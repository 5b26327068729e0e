from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.events import NoticeReceived, ServerEvent
from visio_desktop.meeting.rooms import Notice, RecordingKind
from visio_desktop.meeting.values import Participant, Role, Source
from visio_desktop.servers.lasuite.packets import (
    REQUESTED,
    STARTED,
    STOPPED,
    parse_packet,
    print_notice,
    says_somebody_waits,
)
from visio_desktop.servers.livekit.dialect import Sender

SERVER = Sender("", None)
BOSS = Sender("boss", Participant("boss", "Boss", role=Role.OWNER))
GUEST = Sender("guest", Participant("guest", "Guest"))
NOBODY = Sender("ghost", None)
SERVERS_OWN = {Notice.RECORDING_LIMIT, Notice.TRANSCRIPT_LIMIT}
ANYBODYS = {Notice.RECORDING_REQUESTED, Notice.TRANSCRIPT_REQUESTED, Notice.MUTED_BY_HOST}


def read(sender: Sender, notice: Notice) -> list[ServerEvent]:
    return parse_packet(sender, print_notice(notice))


@pytest.mark.parametrize("notice", Notice)
def test_a_notice_counts_from_those_who_may_give_it(notice: Notice) -> None:
    assert read(SERVER, notice) == [NoticeReceived(notice)]
    assert read(BOSS, notice) == ([] if notice in SERVERS_OWN else [NoticeReceived(notice, "boss")])
    assert read(GUEST, notice) == ([NoticeReceived(notice, "guest")] if notice in ANYBODYS else [])
    assert read(NOBODY, notice) == []


def test_where_not_everybody_mutes_their_word_of_it_counts_for_nothing() -> None:
    muted = print_notice(Notice.MUTED_BY_HOST)
    assert parse_packet(GUEST, muted, anybody_mutes=False) == []
    assert parse_packet(BOSS, muted, anybody_mutes=False) == [NoticeReceived(Notice.MUTED_BY_HOST, "boss")]


def test_written_as_the_web_client_does() -> None:
    removed = print_notice(Notice.SOURCES_REMOVED, frozenset({Source.MICROPHONE}))
    assert json.loads(removed) == {"type": "permissionsRemoved", "data": {"removedSources": ["microphone"]}}
    assert json.loads(print_notice(Notice.MUTED_BY_HOST)) == {"type": "participantMuted"}
    names = [json.loads(print_notice(table[kind]))["type"] for table in (STARTED, STOPPED, REQUESTED) for kind in table]
    assert names == [
        "screenRecordingStarted",
        "transcriptionStarted",
        "screenRecordingStopped",
        "transcriptionStopped",
        "screenRecordingRequested",
        "transcriptionRequested",
    ]
    assert set(STARTED) == set(RecordingKind)


def test_what_was_lost_is_named() -> None:
    removed = b'{"type": "permissionsRemoved", "data": {"removedSources": ["camera", "smell"]}}'
    assert parse_packet(BOSS, removed) == [NoticeReceived(Notice.SOURCES_REMOVED, "boss", frozenset({Source.CAMERA}))]
    bare = b'{"type": "permissionsRemoved", "data": "camera"}'
    assert parse_packet(BOSS, bare) == [NoticeReceived(Notice.SOURCES_REMOVED, "boss")]


def test_somebody_waits_only_when_the_server_says_so() -> None:
    waits = b'{"type": "participantWaiting"}'
    assert says_somebody_waits(SERVER, waits)
    assert not says_somebody_waits(BOSS, waits)
    assert not says_somebody_waits(SERVER, b'{"type": "other"}')


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b'{"type": 5}', b'{"type": "new"}', b" " * 5_000 + b"{}"])
def test_nothing_comes_of(payload: bytes) -> None:
    assert parse_packet(SERVER, payload) == []
    assert not says_somebody_waits(SERVER, payload)


@given(st.binary(max_size=200), st.sampled_from([SERVER, BOSS, GUEST, NOBODY]))
def test_any_bytes_do_no_harm(payload: bytes, sender: Sender) -> None:
    assert parse_packet(sender, payload) == [] or b"type" in payload
