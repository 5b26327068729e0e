"""The screen or window that is shared: opened, held and closed in turn, with the sound of other programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.events import Event, ScreenFailed, ScreenSoundFailed
from visio_desktop.meeting.values import DeviceKind, Problem, Source

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.sound_share import SoundShare
    from visio_desktop.media.sources.held import Hold

_FIRST = "screen:1"


class Screening:
    """Runs on the loop; opening and closing happen in threads. `area` may be read by any thread."""

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        report: Callable[[Event], None],
        use: Callable[[Source, VideoCapture | None], None],
        use_share: Callable[[SoundShare | None], None],
    ) -> None:
        self._kit = kit
        self._report = report
        self._use = use
        self._use_share = use_share
        self._capture: VideoCapture | None = None
        self._spec = ""
        self._held = False
        self._hold: Hold | None = None
        self._share: SoundShare | None = None
        self._lock = asyncio.Lock()

    @property
    def area(self) -> Area | None:
        """Where what is shared stands on the display; None where it is not seen there."""
        hold = self._hold
        return None if hold is None else hold.area

    def prepare(self, *, held: bool) -> None:
        """Something is to be shared anew, or nothing any more. What was held until now never goes on."""
        self._held = held
        if not held and self._hold is not None and self._hold.is_held:
            self._hold = None

    def hold(self, *, held: bool) -> None:
        """Once this returns with `held`, nothing leaves that happens from then on; or let it again."""
        self._held = held
        if self._hold is not None:
            self._hold.hold(held)

    async def open(self, spec: str, *, sound: bool = False, motion: bool = False) -> None:
        """Begin to capture; reports `ScreenFailed` when it cannot be, `ScreenSoundFailed` of its sound.

        What is held goes on being held, if it is the same: there is nothing else to show.
        """
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        async with self._lock:
            try:
                await self._begin(spec or _FIRST, motion=motion)
            except MediaError as error:
                self._report(ScreenFailed(error.problem))
                return
            await self._stop_share()
            if sound:
                await self._start_share()

    async def close(self) -> None:
        """Capture no more."""
        async with self._lock:
            await self.stop()

    async def stop(self) -> None:
        """Give up all, what is just being opened too."""
        await self._stop_share()
        await self._end()

    async def _begin(self, spec: str, *, motion: bool) -> None:
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late
        from visio_desktop.media.sources.held import Hold  # noqa: PLC0415 - as above

        if self._capture is not None and self._held and self._hold is not None and spec == self._spec:
            self._use(Source.SCREEN, self._capture)
            return
        await self._end()
        hold = Hold(held=self._held)
        kit = self._kit()
        capture = kit.share(kit.spec(spec, DeviceKind.CAMERA), self._failed, hold, motion=motion)
        # Known before it is open: whoever gives up waiting for it can still stop it, and hold it.
        self._capture, self._hold, self._spec = capture, hold, spec
        try:
            await asyncio.to_thread(capture.start)
        except MediaError:
            self._capture = self._hold = None
            raise
        self._use(Source.SCREEN, capture)

    async def _end(self) -> None:
        capture, self._capture = self._capture, None
        self._hold = None
        if capture is not None:
            self._use(Source.SCREEN, None)
            await asyncio.to_thread(capture.stop)

    async def _start_share(self) -> None:
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        share = self._kit().sound_share(lambda problem: self._report(ScreenSoundFailed(problem)))
        try:
            await asyncio.to_thread(share.start)
        except MediaError as error:
            self._report(ScreenSoundFailed(error.problem))
            return
        self._share = share
        self._use_share(share)

    async def _stop_share(self) -> None:
        share, self._share = self._share, None
        if share is not None:
            self._use_share(None)
            await asyncio.to_thread(share.stop)

    def _failed(self, problem: Problem) -> None:
        self._report(ScreenFailed(problem))
