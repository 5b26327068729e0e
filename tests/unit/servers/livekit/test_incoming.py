from __future__ import annotations

from livekit.protocol.models import ParticipantInfo, TrackInfo, TrackType
from livekit.protocol.rtc import SignalTarget

from tests.helpers.fakes import FakeInbound
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.livekit.incoming import Incoming, tracks_of


class Ear:
    """Keeps what began and what ended."""

    def __init__(self) -> None:
        self.began: list[tuple[str, str]] = []
        self.ended: list[str] = []

    def on_media(self, sid: str, stream: InboundStream) -> None:
        self.began.append((sid, stream.id))

    def on_media_ended(self, sid: str) -> None:
        self.ended.append(sid)

    def on_packet(self, data: bytes) -> None:
        """Not of interest here."""

    def on_peer_state(self, target: SignalTarget, state: PeerState) -> None:
        """Not of interest here."""


def test_a_stream_is_known_by_its_name_else_by_its_m_line() -> None:
    ear = Ear()
    incoming = Incoming(ear)
    incoming.described({"3": "TR_b", "1": "TR_wrong"})
    incoming.began(FakeInbound("s1"), "1", "PA_ada", "TR_a")
    incoming.began(FakeInbound("s2"), "3", "PA_ada", "odd")
    assert ear.began == [("TR_a", "s1"), ("TR_b", "s2")]


def test_an_m_line_nothing_is_sent_on_is_nobodys() -> None:
    ear = Ear()
    incoming = Incoming(ear)
    incoming.began(FakeInbound("s1"), "1", "", "")
    incoming.ended(FakeInbound("s1"))
    assert (ear.began, ear.ended) == ([], [])


def test_what_took_its_place_keeps_a_publication_alive() -> None:
    ear = Ear()
    incoming = Incoming(ear)
    first, second = FakeInbound("s1"), FakeInbound("s2")
    for stream in (first, second):
        incoming.began(stream, "1", "PA_ada", "TR_a")
    incoming.ended(first)
    assert ear.ended == []
    incoming.ended(second)
    assert ear.ended == ["TR_a"]


def test_tracks_are_counted_by_kind() -> None:
    sound, picture = TrackInfo(type=TrackType.AUDIO), TrackInfo(type=TrackType.VIDEO)
    data = TrackInfo(type=TrackType.DATA)
    people = [ParticipantInfo(tracks=[sound, picture, picture]), ParticipantInfo(tracks=[sound, data])]
    assert tracks_of(people) == (2, 2)
