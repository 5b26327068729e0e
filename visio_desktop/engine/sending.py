"""What we send. Each source has a wish, a device and a publication; `reconcile` brings them together.

Closing is never queued: a gate is shut and a publisher stopped before anything is awaited, so that whatever is under
way at a server, nothing the window shows as off leaves this machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, OutboundStream
from visio_desktop.servers.port import PublishRequest, ServersError, Session
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.publisher import VideoPublisher
    from visio_desktop.media.sound_share import SoundShare

_log = get_logger(__name__)


@dataclass(slots=True)
class _Sent:
    """One source: what is wished, and what is there."""

    wished: bool = False
    stream: OutboundStream | None = None
    announced_muted: bool = False
    publisher: VideoPublisher | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sending:
    """All sources of ours. Runs on the engine's loop."""

    def __init__(self, kit: Callable[[], MediaKit], start: Callable[[Source], None]) -> None:
        self._kit = kit
        self._start = start
        self._session: Session | None = None
        self._captures: dict[Source, VideoCapture] = {}
        self._microphone_open = False
        self._share: SoundShare | None = None
        self._sent = {source: _Sent() for source in Source}

    def wish(self, source: Source, *, on: bool) -> None:
        """The person's wish; `False` takes effect before this returns."""
        sent = self._sent[source]
        sent.wished = on
        if not on:
            self._silence(source)
        self._start(source)

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

    def use_share(self, share: SoundShare | None) -> None:
        """Send the sound of other programs from there, or from nowhere."""
        if self._share is not None:
            self._share.send_on(None)
        self._share = share
        if share is not None:
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

    def _ready(self, source: Source) -> bool:
        match source:
            case Source.MICROPHONE:
                return self._microphone_open
            case Source.SCREEN_AUDIO:
                return self._share is not None
            case _:
                return source in self._captures

    async def _open(self, session: Session, source: Source, sent: _Sent) -> None:
        if sent.stream is None:
            stream = await session.publish(self._request(source))
            if session is not self._session:
                return
            sent.stream = stream
            sent.announced_muted = False
            if source is Source.MICROPHONE:
                self._kit().sound.attach_outbound(stream)
        if sent.announced_muted and sent.wished:
            await session.set_muted(source, muted=False)
            sent.announced_muted = False
        if session is self._session:
            self._let_out(source, sent)
        if not sent.wished:
            self._start(source)

    def _let_out(self, source: Source, sent: _Sent) -> None:
        """The last step: only now, and only if the wish still stands."""
        if not sent.wished or sent.stream is None:
            return
        if source is Source.MICROPHONE:
            self._kit().sound.set_gate(True)
        elif source is Source.SCREEN_AUDIO and self._share is not None:
            self._share.send_on(sent.stream)
        elif sent.publisher is None and source in self._captures:
            sent.publisher = self._kit().publisher(self._captures[source], sent.stream, source)
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
        if source is Source.MICROPHONE:
            return PublishRequest(source, (Codec.OPUS,))
        from visio_desktop.engine import mediakit  # noqa: PLC0415 - OpenCV and PyAV stand behind it

        if source is Source.SCREEN_AUDIO:
            return mediakit.SHARED_SOUND
        return mediakit.publication(source, self._captures[source].size_px)
