"""What we send. Each source has a wish, a device and a publication; `reconcile` brings them together.

Closing is never queued: a gate is shut and a publisher stopped before anything is awaited, so that whatever is under
way at a server, nothing the window shows as off leaves this machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from visio_desktop.meeting.values import Problem, Source
from visio_desktop.rtc.frames import Codec, OutboundStream
from visio_desktop.servers.port import PublishRequest, RequestFailed, ServersError, Session
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import CaptureSize, VideoCapture
    from visio_desktop.media.hardware.kept import Proven
    from visio_desktop.media.publisher import VideoPublisher
    from visio_desktop.media.sound_share import SoundShare

_log = get_logger(__name__)


@dataclass(slots=True)
class _Sent:
    """One source: what is wished, and what is there."""

    wished: bool = False
    still: bool = False
    stream: OutboundStream | None = None
    announced_muted: bool = False
    asked: CaptureSize | None = None
    publisher: VideoPublisher | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sending:
    """All sources of ours. Runs on the engine's loop. `refused` hears of what a server does not take, and why."""

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        start: Callable[[Source], None],
        most_video_bps: Callable[[], int] = lambda: 0,
        refused: Callable[[Source, Problem | None], None] = lambda _source, _problem: None,
        hardware: Callable[[], Proven | None] = lambda: None,
    ) -> None:
        self._kit = kit
        self._start = start
        self._most_video_bps = most_video_bps
        self._refused = refused
        self._hardware = hardware
        self._proven: Proven | None = None
        self._session: Session | None = None
        self._captures: dict[Source, VideoCapture] = {}
        self._microphone_open = False
        self._original = self._sends_original = False
        self._share: SoundShare | None = None
        self._held = False
        self._sent = {source: _Sent() for source in Source}

    def wish(self, source: Source, *, on: bool) -> None:
        """The person's wish; `False` takes effect before this returns."""
        sent = self._sent[source]
        if not on or sent.still:
            self._silence(source)
        sent.wished, sent.still = on, False
        self._start(source)

    def wish_still(self, *, on: bool) -> None:
        """Send a picture in the camera's place, and by no means the camera's; `False` wishes no more of that."""
        sent = self._sent[Source.CAMERA]
        if on or sent.still:
            self._silence(Source.CAMERA)
            sent.wished = sent.still = on
            self._start(Source.CAMERA)

    def use_session(self, session: Session | None) -> None:
        """Send over another session, or over none: everything of the one before is forgotten."""
        for source, sent in self._sent.items():
            self._silence(source)
            sent.stream = None
            sent.announced_muted = False
        if self._session is not None:
            self._kit().sound.attach_outbound(None)
        self._session = session
        if session is not None:
            for source in self._sent:
                self._start(source)

    def use_capture(self, source: Source, capture: VideoCapture | None) -> None:
        """Send pictures of another capture over the same publication, or none."""
        sent = self._sent[source]
        if sent.publisher is not None:
            sent.publisher.stop()
            sent.publisher = None
        if capture is None:
            self._captures.pop(source, None)
        else:
            self._captures[source] = capture
            self._start(source)

    def use_microphone(self, *, is_open: bool) -> None:
        """The microphone delivers, or failed: one that never delivered is not announced."""
        self._microphone_open = is_open
        if is_open:
            self._start(Source.MICROPHONE)

    def use_original(self, *, on: bool) -> None:
        """Send the microphone as it is, or as a voice: what was published otherwise is published anew."""
        if on != self._original:
            self._original = on
            self._start(Source.MICROPHONE)

    def use_share(self, share: SoundShare | None) -> None:
        """Send the sound of other programs from there, or from nowhere."""
        if self._share is not None:
            self._share.send_on(None)
        self._share = share
        if share is not None:
            self._start(Source.SCREEN_AUDIO)

    def hold_screen(self, *, held: bool) -> None:
        """Nothing of what other programs play leaves once this returns with `held`; or let it again."""
        self._held = held
        if self._share is not None and held:
            self._share.send_on(None)
        elif not held:
            self._start(Source.SCREEN_AUDIO)

    def publishers(self) -> dict[Source, VideoPublisher]:
        """What encodes pictures now."""
        return {source: sent.publisher for source, sent in self._sent.items() if sent.publisher is not None}

    def streams(self) -> dict[Source, OutboundStream]:
        """What is published now."""
        return {source: sent.stream for source, sent in self._sent.items() if sent.stream is not None}

    async def reconcile(self, source: Source) -> None:
        """Bring the server's side of one source in line with the wish."""
        sent = self._sent[source]
        async with sent.lock:
            session = self._session
            if session is None:
                return
            try:
                if sent.wished and self._ready(source):
                    await self._open(session, source, sent)
                elif sent.stream is not None and not sent.wished:
                    await self._shut(session, source, sent)
            except ServersError as error:
                _log.warning("sending_not_changed", source=source.value, error=str(error))
                if isinstance(error, RequestFailed) and sent.wished and session is self._session:
                    self._refused(source, error.problem)

    def _ready(self, source: Source) -> bool:
        match source:
            case Source.MICROPHONE:
                return self._microphone_open
            case Source.SCREEN_AUDIO:
                return self._share is not None
            case _:
                capture = self._captures.get(source)
                return capture is not None and capture.is_still == self._sent[source].still

    async def _open(self, session: Session, source: Source, sent: _Sent) -> None:
        if sent.stream is not None and self._is_outdated(source, sent):
            await self._take_back(session, source, sent)
            if session is not self._session or not self._ready(source):
                return
        if sent.stream is None:
            if source is Source.CAMERA:
                sent.asked = self._captures[source].asked
            original = self._original
            stream = await session.publish(self._request(source))
            if session is not self._session:
                return
            sent.stream = stream
            sent.announced_muted = False
            if source is Source.MICROPHONE:
                self._sends_original = original
                self._kit().sound.attach_outbound(stream, original=original)
        if sent.announced_muted and sent.wished:
            await session.set_muted(source, muted=False)
            sent.announced_muted = False
        if session is self._session:
            self._let_out(source, sent)
        if not sent.wished:
            self._start(source)

    def _is_outdated(self, source: Source, sent: _Sent) -> bool:
        match source:
            case Source.CAMERA:
                return sent.asked != self._captures[source].asked
            case Source.MICROPHONE:
                return self._sends_original != self._original
            case _:
                return False

    async def _take_back(self, session: Session, source: Source, sent: _Sent) -> None:
        """It was agreed on otherwise, for another size or another kind of sound: it is published anew."""
        self._silence(source)
        sent.stream = None
        if source is Source.MICROPHONE:
            self._kit().sound.attach_outbound(None)
        await session.unpublish(source)

    def _let_out(self, source: Source, sent: _Sent) -> None:
        """The last step: only now, and only if the wish still stands."""
        if not sent.wished or sent.stream is None:
            return
        if source is Source.MICROPHONE:
            self._kit().sound.set_gate(True)
        elif source is Source.SCREEN_AUDIO and self._share is not None and not self._held:
            self._share.send_on(sent.stream)
        elif sent.publisher is None and source in self._captures and self._ready(source):
            hardware = self._proven if source is Source.CAMERA else None
            sent.publisher = self._kit().publisher(self._captures[source], sent.stream, source, hardware)
            sent.publisher.start()

    async def _shut(self, session: Session, source: Source, sent: _Sent) -> None:
        self._silence(source)
        if source in {Source.SCREEN, Source.SCREEN_AUDIO}:
            sent.stream = None
            await session.unpublish(source)
        elif not sent.announced_muted:
            await session.set_muted(source, muted=True)
            sent.announced_muted = True
        if sent.wished:
            self._start(source)

    def _silence(self, source: Source) -> None:
        sent = self._sent[source]
        if source is Source.MICROPHONE:
            if sent.stream is not None:
                self._kit().sound.set_gate(False)
        elif source is Source.SCREEN_AUDIO:
            if self._share is not None:
                self._share.send_on(None)
        elif sent.publisher is not None:
            sent.publisher.stop()
            sent.publisher = None

    def _request(self, source: Source) -> PublishRequest:
        if source is Source.MICROPHONE and not self._original:
            return PublishRequest(source, (Codec.OPUS,))
        from visio_desktop.engine import mediakit  # noqa: PLC0415 - OpenCV and PyAV stand behind it

        if source is Source.MICROPHONE:
            return mediakit.ORIGINAL_SOUND

        if source is Source.SCREEN_AUDIO:
            return mediakit.SHARED_SOUND
        capture = self._captures[source]
        if source is Source.CAMERA:
            self._proven = self._hardware()
        codecs = () if source is not Source.CAMERA or self._proven is None else (self._proven.candidate.codec,)
        request = mediakit.publication(source, capture.size_px, capture.asked, codecs)
        return _at_most(request, self._most_video_bps())


def _at_most(request: PublishRequest, most_bps: int) -> PublishRequest:
    """A picture that takes no more of the network than this, all its layers less by the same part; 0 for any."""
    whole_bps = sum(layer.bitrate_bps for layer in request.layers) or request.bitrate_bps
    if not 0 < most_bps < whole_bps:
        return request
    part = most_bps / whole_bps
    layers = tuple(replace(layer, bitrate_bps=int(layer.bitrate_bps * part)) for layer in request.layers)
    return replace(request, bitrate_bps=int(request.bitrate_bps * part), layers=layers)
