"""Our devices: opens and closes them one after the other per kind, off the loop, and tells what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.engine.screening import Screening
from visio_desktop.meeting.events import (
    DeviceFailed,
    DeviceOpened,
    Event,
    LookTroubled,
    StillFailed,
)
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.values import DeviceKind, Problem, SoundWishes, Source

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.sound_share import SoundShare
    from visio_desktop.media.specs import Spec

type CaptureUser = Callable[[Source, "VideoCapture | None"], None]


class Capturing:
    """Camera, microphone, speaker, and in `screen` what is shared.

    Runs on the loop; opening and closing happen in threads.
    `load` imports what `kit` needs: in a thread before a device is opened, so that a session can begin meanwhile.
    """

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        report: Callable[[Event], None],
        use: CaptureUser,
        load: Callable[[], None] = lambda: None,
        use_share: Callable[[SoundShare | None], None] = lambda _share: None,
    ) -> None:
        self._kit = kit
        self._load = load
        self._report = report
        self._use = use
        self.screen = Screening(kit, report, use, use_share)
        self._captures: dict[Source, VideoCapture] = {}
        self._look = Look()
        self._shown: VideoCapture | None = None
        self._beside: VideoCapture | None = None
        self._wishes = SoundWishes()
        self._hears = False
        self._locks = {kind: asyncio.Lock() for kind in DeviceKind}

    async def open(self, kind: DeviceKind, spec: str) -> None:
        """Open a device, closing the one in use; reports `DeviceOpened` or `DeviceFailed`."""
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        async with self._locks[kind]:
            await asyncio.to_thread(self._load)
            try:
                name = await self._open(kind, spec)
            except MediaError as error:
                self._report(DeviceFailed(kind, error.problem))
            else:
                self._report(DeviceOpened(kind, name))

    async def treat_sound(self, wishes: SoundWishes) -> None:
        """Treat own sound like this: at once where a microphone is open, else from its opening on."""
        self._wishes = wishes
        if self._hears:
            await self._kit().sound.set_wishes(wishes)

    def turn_voice(self, publication_id: str, gain: float) -> None:
        """Play a voice louder or quieter, now or when it comes."""
        self._kit().sound.set_volume(publication_id, gain)

    def wear(self, look: Look) -> None:
        """Make the camera's pictures like this: once this returns, nothing made otherwise is shown or sent."""
        before, self._look = self._look, look
        capture = self._captures.get(Source.CAMERA)
        if capture is None or capture.is_still:
            return
        shown = self._shown is capture  # else it is still being opened
        if shown:
            # What is under way to the others was made as it should not be any more.
            self._use(Source.CAMERA, None)
        self._kit().dress(capture, look, self._look_troubled)
        if shown and look.quality is before.quality:
            self._use(Source.CAMERA, capture)

    async def try_look(self, look: Look) -> None:
        """Tell now whether this look works, though no camera is open to show it."""
        if self._shown is not None:
            return
        await asyncio.to_thread(self._load)
        problem = await asyncio.to_thread(self._kit().try_background, look.background)
        if problem is not None:
            self._look_troubled(look.background, problem)

    async def show_still(self, still: str) -> None:
        """Give this picture in the camera's place, none with ""; a camera that is open goes on."""
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        async with self._locks[DeviceKind.CAMERA]:
            before = self._captures.get(Source.CAMERA)
            if before is not None and not before.is_still:
                return
            await self._stop_capture(Source.CAMERA)
            if not still:
                return
            await asyncio.to_thread(self._load)
            capture = self._kit().still(still, lambda problem: self._report(StillFailed(still, problem)), self._look)
            try:
                await self._begin(Source.CAMERA, capture)
            except MediaError as error:
                self._report(StillFailed(still, error.problem))
            else:
                self._use(Source.CAMERA, capture)

    async def try_still(self, still: str) -> None:
        """Tell whether this picture could be given in the camera's place."""
        await asyncio.to_thread(self._load)
        problem = await asyncio.to_thread(self._kit().try_still, still)
        if problem is not None:
            self._report(StillFailed(still, problem))

    async def close(self, kind: DeviceKind) -> None:
        """Close a device; without one open nothing happens."""
        async with self._locks[kind]:
            match kind:
                case DeviceKind.CAMERA:
                    await self._stop_capture(Source.CAMERA)
                case DeviceKind.MICROPHONE:
                    await self._kit().sound.close_microphone()
                case DeviceKind.SPEAKER:
                    await self._kit().sound.close_speaker()

    async def stop(self) -> None:
        """Give up every picture, those of devices that are just being opened too."""
        await self.screen.stop()
        if self._beside is not None:
            await asyncio.to_thread(self._beside.stop)
        for source in list(self._captures):
            await self._stop_capture(source)

    async def _open(self, kind: DeviceKind, spec: str) -> str:
        match kind:
            case DeviceKind.CAMERA:
                return await self._start_capture(Source.CAMERA, spec, kind, self._camera_failed)
            case DeviceKind.MICROPHONE:
                self._hears = True
                await self._kit().sound.set_wishes(self._wishes)
                return await self._kit().sound.open_microphone(self._kit().spec(spec, kind))
            case DeviceKind.SPEAKER:
                return await self._kit().sound.open_speaker(self._kit().spec(spec, kind))

    async def _start_capture(
        self, source: Source, spec: str, kind: DeviceKind, failed: Callable[[Problem], None]
    ) -> str:
        wanted, look = self._kit().spec(spec, kind), self._look
        before = self._captures.get(source)
        beside = None if before is None or before.is_still or before.is_of(wanted) else self._capture(wanted, failed)
        name = None if beside is None else await self._open_beside(beside)
        await self._stop_capture(source)
        if beside is None or name is None:
            beside = self._capture(wanted, failed)
            name = await self._begin(source, beside)
        else:
            self._captures[source] = beside
            if look != self._look:
                self._kit().dress(beside, self._look, self._look_troubled)
        self._shown = beside
        self._use(source, beside)
        return name

    def _capture(self, wanted: Spec, failed: Callable[[Problem], None]) -> VideoCapture:
        capture = self._kit().capture(wanted, failed, self._look.quality)
        self._kit().dress(capture, self._look, self._look_troubled)
        return capture

    async def _open_beside(self, capture: VideoCapture) -> str | None:
        """Open a camera while the one before still films; None where both at once cannot be, or it does not open."""
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        self._beside = capture
        try:
            return await asyncio.to_thread(capture.start)
        except MediaError:
            return None
        finally:
            self._beside = None

    async def _begin(self, source: Source, capture: VideoCapture) -> str:
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        # Known before it is open: whoever gives up waiting for it can still stop it.
        self._captures[source] = capture
        try:
            return await asyncio.to_thread(capture.start)
        except MediaError:
            del self._captures[source]
            raise

    async def _stop_capture(self, source: Source) -> None:
        capture = self._captures.pop(source, None)
        if capture is not None:
            if self._shown is capture:
                self._shown = None
            self._use(source, None)
            await asyncio.to_thread(capture.stop)

    def _look_troubled(self, background: str, problem: Problem) -> None:
        self._report(LookTroubled(background, problem))

    def _camera_failed(self, problem: Problem) -> None:
        self._report(DeviceFailed(DeviceKind.CAMERA, problem))
