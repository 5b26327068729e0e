"""Screens looked at before one of them is shared: small pictures, twice a second, only while somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.values import DeviceKind

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture


@dataclass(slots=True)
class _Look:
    """One screen being looked at."""

    sink: FrameSink
    capture: VideoCapture | None = None


class Previews:
    """Runs on the engine's loop; captures are opened in threads."""

    def __init__(
        self, kit: Callable[[], MediaKit], start: Callable[[str, Coroutine[object, object, None]], None]
    ) -> None:
        self._kit = kit
        self._start = start
        self._looks: dict[str, _Look] = {}

    def attach(self, spec: str, sink: FrameSink) -> None:
        """Show a screen in this sink."""
        self._end(spec)
        look = self._looks[spec] = _Look(sink)
        self._start(f"look at {spec}", self._show(spec, look))

    def detach(self, spec: str, sink: FrameSink) -> None:
        """Show it no more."""
        look = self._looks.get(spec)
        if look is not None and look.sink is sink:
            self._end(spec)

    def stop(self) -> None:
        """Show nothing any more."""
        for spec in list(self._looks):
            self._end(spec)

    async def _show(self, spec: str, look: _Look) -> None:
        from visio_desktop.media.errors import MediaError  # noqa: PLC0415 - media is imported late

        kit = self._kit()
        capture = look.capture = kit.glance(kit.spec(spec, DeviceKind.CAMERA))
        try:
            await asyncio.to_thread(capture.start)
        except MediaError:
            return  # the picker shows no picture of it; sharing it says why
        if self._looks.get(spec) is look:
            kit.preview(capture, look.sink)

    def _end(self, spec: str) -> None:
        look = self._looks.pop(spec, None)
        if look is not None and look.capture is not None:
            look.capture.stop()
