"""The media of `galene_peer`: one connection for each stream and each of those who asked for it; frames pass through.

As pion does, descriptions hold no addresses: each is told by itself, those of what is offered even before the offer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from visio_desktop.rtc import DataChannel, PeerConnection, PeerOptions, PeerState
from visio_desktop.rtc.frames import EncodedFrame, Feedback, InboundStream
from visio_desktop.rtc.sending import SendingStream

HOSTS = ("127.0.0.1",)
_CANDIDATE = "a=candidate:"
_UNSPOKEN = ("transport-cc", "transport-wide-cc", "goog-remb")
"""It passes on what comes as it comes: a busy machine has nothing to teach about its loopback. Galene has REMB."""
type Say = Callable[..., Awaitable[None]]


class Track:
    """What somebody sends on one m-line, with everybody it goes to."""

    def __init__(self, stream: InboundStream, codec: Any) -> None:
        self.stream = stream
        self.codec = codec
        self.is_video = stream.is_video
        self.outlets: list[Outlet] = []
        stream.on_frame(self._pass_on)

    def _pass_on(self, frame: EncodedFrame) -> None:
        for outlet in self.outlets:
            outlet.send(frame)


class Outlet:
    """A track on its way to one person; a picture begins with a key frame."""

    def __init__(self, track: Track, sending: SendingStream) -> None:
        self.track = track
        self.sending = sending
        self._began = not track.is_video
        sending.on_feedback(self._feedback)
        track.outlets.append(self)

    def send(self, frame: EncodedFrame) -> None:
        """Send what came."""
        self._began = self._began or frame.key
        if self._began:
            self.sending.send(frame)

    def cut(self) -> None:
        """Send no more."""
        self.track.outlets.remove(self)

    def ask(self) -> None:
        """Have it begin anew."""
        if self.track.is_video:
            self.track.stream.request_key_frame()

    def _feedback(self, feedback: Feedback) -> None:
        if feedback.key_frame_wanted:
            self.ask()


class _Connection:
    """What both directions share. See `rtc.PeerListener`."""

    def __init__(self) -> None:
        self.peer = PeerConnection(PeerOptions(host_addresses=HOSTS), self)

    def on_state(self, state: PeerState) -> None:
        """See `PeerListener`."""

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        """See `PeerListener`."""

    def on_stream_ended(self, stream: InboundStream) -> None:
        """See `PeerListener`."""

    def on_channel(self, channel: DataChannel) -> None:
        """See `PeerListener`."""

    def on_own_candidate(self, candidate: str) -> None:
        """See `PeerListener`."""


class Up(_Connection):
    """Somebody's stream to the server. Tracks only ever become more."""

    def __init__(self, stream_id: str, label: str, push: Callable[[], None]) -> None:
        super().__init__()
        self.id = stream_id
        self.label = label
        self.replace = ""
        self.tracks: list[Track] = []
        self._push = push

    async def answer(self, offer: str, say: Say) -> None:
        """Take an offer."""
        sdp, candidates = _apart(await self.peer.accept_offer(offer))
        await say("answer", id=self.id, sdp=sdp)
        await _trickle(candidates, self.id, say)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        line = next(each for each in self.peer._lines if each.mid == mid)
        self.tracks.append(Track(stream, line.receivable[0].codec))
        self._push()


class Down(_Connection):
    """A stream to one of those who asked for it."""

    def __init__(self, up: Up, source: str, username: str) -> None:
        super().__init__()
        self.id = up.id
        self.label = up.label
        self.source = source
        self.username = username
        self.requested: list[str] | None = None
        self.outlets: list[Outlet] = []
        self.offers = 0
        self._waits = self._needs = False

    async def carry(self, tracks: list[Track], say: Say, replace: str) -> None:
        """Offer just these, if that is something else than before."""
        gone = [outlet for outlet in self.outlets if outlet.track not in tracks]
        new = [track for track in tracks if track not in [outlet.track for outlet in self.outlets]]
        if not gone and not new:
            return
        for outlet in gone:
            outlet.cut()
            self.outlets.remove(outlet)
            self.peer.remove_sender(outlet.sending)
        for track in new:
            kind = "video" if track.is_video else "audio"
            sending = self.peer.add_sender(
                (track.codec,), stream_id=self.label or "dummy", track_id=f"{kind}{id(track)}"
            )
            self.outlets.append(Outlet(track, sending))
        await self.offer(say, replace)

    async def offer(self, say: Say, replace: str = "") -> None:
        """Offer, or as soon as the offer before is answered."""
        if self._waits:
            self._needs = True
            return
        self._waits, self._needs = True, False
        self.offers += 1
        sdp, candidates = _apart(await self.peer.create_offer())
        await _trickle(candidates, self.id, say)
        more = {"replace": replace} if replace else {}
        await say("offer", id=self.id, label=self.label, source=self.source, username=self.username, sdp=sdp, **more)

    async def answered(self, sdp: str, say: Say) -> None:
        """Take the answer."""
        await self.peer.set_answer(sdp)
        self._waits = False
        for outlet in self.outlets:
            outlet.ask()
        if self._needs:
            await self.offer(say)

    async def close(self) -> None:
        """It is no more."""
        for outlet in self.outlets:
            outlet.cut()
        self.outlets = []
        await self.peer.close()


def chosen(requested: list[str], tracks: list[Track]) -> list[Track]:
    """What of a stream is asked for (`webclient.go`, `requestedTracks`)."""
    sounds = [track for track in tracks if not track.is_video]
    pictures = [track for track in tracks if track.is_video]
    found = sounds[:1] if "audio" in requested else []
    if "video" in requested:
        return found + pictures[:1]
    return found + (pictures[-1:] if "video-low" in requested else [])


def _apart(sdp: str) -> tuple[str, list[str]]:
    lines = [line for line in sdp.split("\r\n") if not any(word in line for word in _UNSPOKEN)]
    candidates = dict.fromkeys(line.removeprefix("a=") for line in lines if line.startswith(_CANDIDATE))
    return "\r\n".join(line for line in lines if not line.startswith(_CANDIDATE)), list(candidates)


async def _trickle(candidates: list[str], stream_id: str, say: Say) -> None:
    for candidate in candidates:
        await say("ice", id=stream_id, candidate={"candidate": candidate, "sdpMid": "0", "sdpMLineIndex": 0})
    await say("ice", id=stream_id, candidate={"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0})
