"""The loudspeaker test, the cues of a meeting, and oneself played back: sounds of our own on the way every voice takes.

Cues may be heard on a device of their own instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from visio_desktop.meeting.cues import Cue
from visio_desktop.meeting.state import Playback
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.rtc.frames import EncodedFrame, FrameOpener, InboundStatistics
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.engine.capturing import Capturing
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.samples import Samples

_VOICE = "sound test"
_FRAME = 960
"""Samples of a frame."""

_FRAME_S = 0.02
_REST_S = 0.5
"""What is still in the buffers when the last frame has been given."""

RECORDED_S = 5.0
"""How much of oneself one hears."""

_log = get_logger(__name__)


class PlayedStream:
    """A received stream whose frames are made here."""

    id = _VOICE
    is_video = False

    def __init__(self) -> None:
        self._listener: Callable[[EncodedFrame], None] | None = None

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        """As any stream's."""
        self._listener = listener

    def open_with(self, opener: FrameOpener) -> None:
        """Nothing here is encrypted."""

    def request_key_frame(self) -> None:
        """Sound has none."""

    def statistics(self) -> InboundStatistics:
        """Nothing is counted."""
        return InboundStatistics()

    def give(self, frame: EncodedFrame) -> None:
        """A frame arrives."""
        if self._listener is not None:
            self._listener(frame)


class SoundTest:
    """Runs on the engine's loop. `keeps_speaker` says whether somebody else wants the loudspeaker open by now."""

    def __init__(self, kit: Callable[[], MediaKit], capturing: Capturing, keeps_speaker: Callable[[], bool]) -> None:
        self._kit = kit
        self._capturing = capturing
        self._keeps_speaker = keeps_speaker
        self._playing = False
        self.ringer: str | None = None
        """Where cues are heard, None where everybody is."""

    async def play(self, spec: str | None) -> None:
        """Play once, through the loudspeaker of this spec, or the one that is open; while it plays nothing happens."""
        if self._playing:
            return
        self._playing = True
        try:
            if spec is not None:
                await self._capturing.open(DeviceKind.SPEAKER, spec)
            from visio_desktop.media.chime import chime_frames  # noqa: PLC0415 - media is imported late

            await self._play(chime_frames)
        finally:
            self._playing = False
            if spec is not None and not self._keeps_speaker():
                await self._capturing.close(DeviceKind.SPEAKER)

    async def cue(self, cue: Cue) -> None:
        """Let a cue be heard where a loudspeaker is open; while something plays, nothing happens."""
        from visio_desktop.media.chime import cue_frames, cue_sound  # noqa: PLC0415 - media is imported late

        if self._playing or not self._keeps_speaker():
            return
        self._playing = True
        try:
            if self.ringer is None or not await self._ring(self.ringer, await asyncio.to_thread(cue_sound, cue)):
                await self._play(partial(cue_frames, cue))
        finally:
            self._playing = False

    async def play_back(self, microphone: str | None, speaker: str | None, told: Callable[[Playback], None]) -> None:
        """Record some seconds and play them. Of `microphone` and `speaker` what is given is opened for it."""
        from visio_desktop.media.chime import encoded  # noqa: PLC0415 - media is imported late

        if self._playing:
            return
        self._playing = True
        try:
            if microphone is not None:
                await self._capturing.open(DeviceKind.MICROPHONE, microphone)
            heard = await self._kit().sound.record(RECORDED_S)
            if microphone is not None:
                await self._capturing.close(DeviceKind.MICROPHONE)
            told(Playback.PLAYING)
            if speaker is not None:
                await self._capturing.open(DeviceKind.SPEAKER, speaker)
            await self._play(partial(encoded, heard))
        finally:
            self._playing = False
            if speaker is not None and not self._keeps_speaker():
                await self._capturing.close(DeviceKind.SPEAKER)

    async def _ring(self, spec: str, samples: Samples) -> bool:
        """Whether the ringer could be had."""
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        kit = self._kit()
        try:
            await kit.ring(kit.spec(spec, DeviceKind.SPEAKER), samples)
        except MediaError as error:
            _log.info("ringer_not_heard", error=str(error))
            return False
        return True

    async def _play(self, make: Callable[[], tuple[EncodedFrame, ...]]) -> None:
        frames = await asyncio.to_thread(make)
        stream = PlayedStream()
        sound = self._kit().sound
        sound.add_voice(_VOICE, stream, is_ours=True)
        try:
            loop = asyncio.get_running_loop()
            begun_s = loop.time()
            for frame in frames:
                due_s = begun_s + frame.rtp_time / _FRAME * _FRAME_S
                await asyncio.sleep(max(0.0, due_s - loop.time()))
                stream.give(frame)
            await asyncio.sleep(_REST_S)
        finally:
            sound.remove_voice(_VOICE)
