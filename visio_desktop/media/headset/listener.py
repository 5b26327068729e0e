"""The headsets of a meeting: opened while it has a microphone, listened to and lit on a thread of their own."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from visio_desktop.media.headset import HeadsetGone, HeadsetRefused
from visio_desktop.media.headset.hidraw import Found, find_headsets, open_headset
from visio_desktop.media.headset.reports import light_reports, read_report
from visio_desktop.media.headset.telephony import Telephony, lights_of
from visio_desktop.meeting.values import HeadsetButton, HeadsetLights
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

LOOK_EVERY_S: Final = 2.0
_LONGEST_REPORT: Final = 1_025
_MOST_REPORTS: Final = 64
_DARK: Final = HeadsetLights(in_call=False, muted=False)
_log = get_logger(__name__)


@dataclass(slots=True)
class _Open:
    """A headset that is listened to; `lit` is what its lights were told last."""

    found: Found
    file: int
    telephony: Telephony = field(default_factory=Telephony)
    lit: HeadsetLights | None = None


class HeadsetListener:
    """Listens from `start` to `stop`. `pressed` and `seen` are called on its thread.

    `seen` hears the name of the headset that is listened to, and whether one is there that cannot be: then its name;
    "" without any.
    """

    def __init__(
        self,
        lights: HeadsetLights,
        *,
        clock: Clock,
        pressed: Callable[[HeadsetButton], None],
        seen: Callable[[str, bool], None],
        find: Callable[[], tuple[Found, ...]] = find_headsets,
        open_device: Callable[[str], int] = open_headset,
    ) -> None:
        self._lights, self._clock, self._pressed, self._seen = lights, clock, pressed, seen
        self._find, self._open_device = find, open_device
        self._open: dict[str, _Open] = {}
        self._refused: dict[str, str] = {}
        self._told = ("", False)
        self._stopped = False
        self._wake_out, self._wake_in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="headset", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def show(self, lights: HeadsetLights) -> None:
        """Show this from now on."""
        self._lights = lights
        self._wake()

    def stop(self) -> None:
        """Turn the lights off, let go of every headset; waits for it, but not for ever."""
        self._stopped = True
        self._wake()
        self._thread.join(2.0)

    def _wake(self) -> None:
        try:
            os.write(self._wake_in, b"\0")
        except OSError:
            return  # it is full of wishes to wake up, or over

    def _run(self) -> None:
        try:
            while not self._stopped:
                self._look()
                self._light(self._lights)
                self._wait()
            self._light(_DARK)
        finally:
            for each in list(self._open):
                self._close(each)
            os.close(self._wake_out)
            os.close(self._wake_in)

    def _look(self) -> None:
        """Open what has come, forget what has gone."""
        there = {found.path: found for found in self._find()}
        for path in [path for path, each in self._open.items() if there.get(path) != each.found]:
            self._close(path)
        self._refused = {path: name for path, name in self._refused.items() if path in there}
        for path, found in there.items():
            if path in self._open:
                continue
            try:
                self._open[path] = _Open(found, self._open_device(path))
                self._refused.pop(path, None)
            except HeadsetGone:
                continue
            except HeadsetRefused as error:
                if path not in self._refused:
                    _log.info("headset_refused", reason=str(error))
                self._refused[path] = found.name
        self._tell()

    def _tell(self) -> None:
        names = [each.found.name for each in self._open.values()]
        told = (names[0], False) if names else (next(iter(self._refused.values()), ""), bool(self._refused))
        if told != self._told:
            self._told = told
            self._seen(*told)

    def _light(self, lights: HeadsetLights) -> None:
        for path, each in list(self._open.items()):
            if each.lit == lights:
                continue
            each.lit = lights
            try:
                for report in light_reports(each.found.layout, lights_of(lights)):
                    os.write(each.file, report)
            except BlockingIOError:
                each.lit = None  # later
            except OSError:
                self._close(path)

    def _wait(self) -> None:
        files = {each.file: path for path, each in self._open.items()}
        poll = select.poll()
        for file in (self._wake_out, *files):
            poll.register(file, select.POLLIN)
        for file, _ in poll.poll(LOOK_EVERY_S * 1000):
            if file == self._wake_out:
                self._drain()
            else:
                self._read(files[file])

    def _drain(self) -> None:
        try:
            os.read(self._wake_out, 4_096)
        except OSError:
            return

    def _read(self, path: str) -> None:
        each = self._open[path]
        for _ in range(_MOST_REPORTS):
            try:
                report = os.read(each.file, _LONGEST_REPORT)
            except BlockingIOError:
                return
            except OSError:
                report = b""
            if not report:
                self._close(path)
                return
            for button in each.telephony.take(read_report(each.found.layout, report), self._clock()):
                self._pressed(button)

    def _close(self, path: str) -> None:
        os.close(self._open.pop(path).file)
