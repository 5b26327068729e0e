"""The screen or window that is shared: opened, held and closed in turn, with the sound of other programs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.events import Event, ScreenFailed, ScreenSoundFailed
from visio_desktop.meeting.values import CHOSEN_BY_DESKTOP as CAST
from visio_desktop.meeting.values import DeviceKind, Problem, Source
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.engine.casting import Casting
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.sound_share import SoundShare
    from visio_desktop.media.sources.held import Hold

_FIRST = "screen:1"
_LEAVES_S = 3.0


class Screening:
    """Runs on the loop; opening and closing happen in threads. `area` may be read by any thread."""

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        report: Callable[[Event], None],
        use: Callable[[Source, VideoCapture | None], None],
        use_share: Callable[[SoundShare | None], None],
        casting: Casting | None = None,
        patience_s: float = 2.0,
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
        self._casting = casting
        self._patience_s = patience_s
        self._closings = 0
        self._motion = self._goes_on = False
        self._tasks = Tasks("screening")

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

        closings = self._closings
        async with self._lock:
            try:
                await self._begin(spec or _FIRST, motion=motion)
            except MediaError as error:
                if closings == self._closings:  # else nobody waits for it any more
                    self._report(ScreenFailed(error.problem))
                return
            self._motion, self._goes_on = motion, False
            await self._stop_share()
            if sound:
                await self._start_share()

    async def close(self) -> None:
        """Capture no more."""
        self._closings += 1
        await self._withdraw()
        async with self._lock:
            await self.stop()

    async def stop(self) -> None:
        """Give up all, what is just being opened too."""
        await self._tasks.close()
        await self._withdraw()
        await self._stop_share()
        await self._end()
        await self._end_cast()

    async def _begin(self, spec: str, *, motion: bool) -> None:
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late
        from visio_desktop.media.sources.held import Hold  # noqa: PLC0415 - as above
        from visio_desktop.media.specs import Spec, SpecKind  # noqa: PLC0415 - as above

        if self._capture is not None and self._held and self._hold is not None and spec == self._spec:
            self._use(Source.SCREEN, self._capture)
            return
        await self._end()
        if spec != CAST:
            await self._end_cast()
        granted = await self._desktop().grant() if spec == CAST else None
        hold = Hold(held=self._held)
        kit = self._kit()
        shared = Spec(SpecKind.PORTAL) if granted is not None else kit.spec(spec, DeviceKind.CAMERA)
        capture = kit.share(shared, self._failed, hold, motion=motion, granted=granted)
        # Known before it is open: whoever gives up waiting for it can still stop it, and hold it.
        self._capture, self._hold, self._spec = capture, hold, spec
        try:
            await asyncio.to_thread(capture.start)
        except MediaError:
            self._capture = self._hold = None
            raise
        self._use(Source.SCREEN, capture)

    def _desktop(self) -> Casting:
        from visio_desktop.engine.casting import Casting  # noqa: PLC0415 - for those whose desktop asks

        if self._casting is None:
            self._casting = Casting(self._report, self._failed)
        return self._casting

    async def _withdraw(self) -> None:
        if self._casting is not None:
            await self._casting.withdraw()

    async def _end_cast(self) -> None:
        if self._casting is not None:
            await self._casting.end()

    async def _end(self) -> None:
        capture, self._capture = self._capture, None
        self._hold = None
        if capture is not None:
            self._use(Source.SCREEN, None)
            await asyncio.to_thread(capture.stop)
            if self._spec == CAST:
                # Left before the desktop ends its session: xdg-desktop-portal-wlr dies of a stream that is in use.
                await asyncio.to_thread(capture.join, _LEAVES_S)

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
        if self._casting is not None and self._casting.can_go_on and not self._goes_on:
            self._goes_on = True
            self._tasks.start(self._go_on(problem), name="go on")
            return
        self._report(ScreenFailed(problem))

    async def _go_on(self, problem: Problem) -> None:
        """The pictures ended. Where a person ended them the desktop says so within a moment; else they go on, once."""
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        await asyncio.sleep(self._patience_s)
        closings = self._closings
        async with self._lock:
            if not self._desktop().can_go_on or self._capture is None:
                return  # told by whoever ended it
            await self._desktop().lose()
            try:
                await self._begin(CAST, motion=self._motion)
            except MediaError:
                if closings == self._closings:
                    self._report(ScreenFailed(problem))
