"""Our devices: opens and closes them one after the other per kind, off the loop, and tells what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.events import DeviceFailed, DeviceOpened, Event, ScreenFailed, ScreenSoundFailed
from visio_desktop.meeting.values import DeviceKind, Problem, Source

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.sound_share import SoundShare

type CaptureUser = Callable[[Source, "VideoCapture | None"], None]


class Capturing:
    """Camera, screen, microphone and speaker. Runs on the loop; opening and closing happen in threads.

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
        self._use_share = use_share
        self._captures: dict[Source, VideoCapture] = {}
        self._share: SoundShare | None = None
        self._locks = {kind: asyncio.Lock() for kind in (*DeviceKind, Source.SCREEN)}

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

    async def open_screen(self, spec: str, *, sound: bool = False) -> None:
        """Begin to capture a screen; reports `ScreenFailed` when it cannot be, `ScreenSoundFailed` of its sound."""
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        async with self._locks[Source.SCREEN]:
            try:
                await self._start_capture(Source.SCREEN, spec or "screen:1", DeviceKind.CAMERA, self._screen_failed)
            except MediaError as error:
                self._report(ScreenFailed(error.problem))
                return
            await self._stop_share()
            if sound:
                await self._start_share()

    async def close_screen(self) -> None:
        """Stop capturing the screen."""
        async with self._locks[Source.SCREEN]:
            await self._stop_share()
            await self._stop_capture(Source.SCREEN)

    async def stop(self) -> None:
        """Give up every picture, those of devices that are just being opened too."""
        await self._stop_share()
        for source in list(self._captures):
            await self._stop_capture(source)

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

    async def _open(self, kind: DeviceKind, spec: str) -> str:
        match kind:
            case DeviceKind.CAMERA:
                return await self._start_capture(Source.CAMERA, spec, kind, self._camera_failed)
            case DeviceKind.MICROPHONE:
                return await self._kit().sound.open_microphone(self._kit().spec(spec, kind))
            case DeviceKind.SPEAKER:
                return await self._kit().sound.open_speaker(self._kit().spec(spec, kind))

    async def _start_capture(
        self, source: Source, spec: str, kind: DeviceKind, failed: Callable[[Problem], None]
    ) -> str:
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        await self._stop_capture(source)
        capture = self._kit().capture(self._kit().spec(spec, kind), source, failed)
        # Known before it is open: whoever gives up waiting for it can still stop it.
        self._captures[source] = capture
        try:
            name = await asyncio.to_thread(capture.start)
        except MediaError:
            del self._captures[source]
            raise
        self._use(source, capture)
        return name

    async def _stop_capture(self, source: Source) -> None:
        capture = self._captures.pop(source, None)
        if capture is not None:
            self._use(source, None)
            await asyncio.to_thread(capture.stop)

    def _camera_failed(self, problem: Problem) -> None:
        self._report(DeviceFailed(DeviceKind.CAMERA, problem))

    def _screen_failed(self, problem: Problem) -> None:
        self._report(ScreenFailed(problem))
