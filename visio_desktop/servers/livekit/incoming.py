"""Which publication a received stream belongs to, whichever connection it comes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from livekit.protocol.models import ParticipantInfo, TrackType
from livekit.protocol.rtc import SignalTarget

from visio_desktop.rtc import DataChannel, PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


def tracks_of(people: Iterable[ParticipantInfo]) -> tuple[int, int]:
    """How many sounds and how many pictures these publish."""
    kinds = [track.type for person in people for track in person.tracks]
    return kinds.count(TrackType.AUDIO), kinds.count(TrackType.VIDEO)


class MediaListener(Protocol):
    """Who wants to know what comes in."""

    def on_media(self, sid: str, stream: InboundStream) -> None:
        """Media of a track begins."""

    def on_media_ended(self, sid: str) -> None:
        """Media of a track ended."""

    def on_packet(self, data: bytes) -> None:
        """A data channel's message."""

    def on_peer_state(self, target: SignalTarget, state: PeerState) -> None:
        """How one of the connections is."""


class Incoming:
    """The `PeerListener` of whatever carries media to us, but for its state and addresses."""

    def __init__(self, listener: MediaListener) -> None:
        self._listener = listener
        self._sid_by_mid: dict[str, str] = {}
        self._sid_by_stream: dict[str, str] = {}

    def described(self, mid_to_track_id: Mapping[str, str]) -> None:
        """What the server says of all m-lines of its newest description, which is about to be taken."""
        self._sid_by_mid = dict(mid_to_track_id)

    def began(self, stream: InboundStream, mid: str, stream_id: str, track_id: str) -> None:
        """A stream began: the track's sid is the second word of the msid, else what the server says of the mid.

        An m-line that nothing is sent on yet has neither.
        """
        sid = track_id if track_id.startswith("TR_") else self._sid_by_mid.get(mid, track_id)
        _log.debug("media_began", mid=mid, stream=stream_id, sid=sid)
        if sid:
            self._sid_by_stream[stream.id] = sid
            self._listener.on_media(sid, stream)

    def ended(self, stream: InboundStream) -> None:
        """A stream ended; where another one has taken its place nothing has."""
        sid = self._sid_by_stream.pop(stream.id, None)
        if sid is not None and sid not in self._sid_by_stream.values():
            self._listener.on_media_ended(sid)

    def opened(self, channel: DataChannel) -> None:
        """The server opened a channel: all of them carry the same kind of packets."""
        channel.on_message(self._listener.on_packet)
