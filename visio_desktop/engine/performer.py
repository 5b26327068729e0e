"""Carries effects out. The gates close here and now; everything that takes time becomes a task."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress

from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.connection import Connection
from visio_desktop.engine.delivering import Delivering
from visio_desktop.engine.recognising import Recognising
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.services import Services
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.meeting.effects import (
    CloseDevice,
    Connect,
    Deliver,
    DeliverChat,
    DeliverHand,
    Disconnect,
    Effect,
    KeepPassphrase,
    OpenDevice,
    PlayTestSound,
    RecogniseLink,
    Remember,
    RunErrand,
    SetSending,
    WaitAlone,
    WaitToRetry,
)
from visio_desktop.meeting.events import (
    AloneDue,
    Event,
    RetryDue,
)
from visio_desktop.meeting.values import Source
from visio_desktop.system.log import get_logger

FIRST_WAIT_S = 0.3
LONGEST_WAIT_S = 4.0
_log = get_logger(__name__)


class Performer:
    """One method an effect. Runs on the engine's loop."""

    def __init__(
        self,
        services: Services,
        report: Callable[[Event], None],
        start: Callable[[str, Coroutine[object, object, None]], None],
        parts: tuple[Capturing, Sending, Connection, SoundTest],
        chance: random.Random,
    ) -> None:
        self._services = services
        self._report = report
        self._start = start
        self._capturing, self._sending, self._connection, self._sound_test = parts
        self._chance = chance
        self._hurry = asyncio.Event()
        self._delivering = Delivering(self._connection, report)
        self._recognising = Recognising(services.catalog, report, start)
        self._alone: asyncio.TimerHandle | None = None

    def perform(self, effect: Effect) -> None:  # noqa: C901, PLR0912 - a table of one line each
        """Carry out one effect."""
        match effect:
            case RecogniseLink(text):
                self._recognising.look(text)
            case KeepPassphrase(link, passphrase):
                self._connection.keep_passphrase(link, passphrase)
            case Connect():
                self._start("join", self._connection.join(effect))
            case Disconnect():
                self._recognising.stop()
                self._connection.lost()
                self._start("leave", self._connection.leave())
            case WaitToRetry(attempt):
                self._start("wait to retry", self._wait(attempt))
            case OpenDevice(kind, spec):
                self._start(f"open {kind.value}", self._capturing.open(kind, spec))
            case CloseDevice(kind):
                self._start(f"close {kind.value}", self._capturing.close(kind))
            case PlayTestSound(spec):
                self._start("sound test", self._sound_test.play(spec))
            case SetSending():
                self._set_sending(effect)
            case DeliverChat() | DeliverHand() | Deliver():
                self._start("deliver", self._delivering.deliver(effect))
            case WaitAlone(number, wait_ms):
                self._wait_alone(number, wait_ms)
            case RunErrand(errand):
                self._connection.run(errand)
            case Remember(what, value):
                self._services.remember(what, value)

    def _set_sending(self, wish: SetSending) -> None:
        self._sending.wish(wish.source, on=wish.on)
        if wish.source is Source.SCREEN:
            self._sending.wish(Source.SCREEN_AUDIO, on=wish.on and wish.sound)
            opened = self._capturing.open_screen(wish.spec, sound=wish.sound) if wish.on else None
            self._start("screen", opened or self._capturing.close_screen())

    def hurry(self) -> None:
        """Whoever waits before coming back need not wait any longer."""
        self._hurry.set()

    async def _wait(self, attempt: int) -> None:
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt - 1))
        self._hurry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s * (0.75 + 0.5 * self._chance.random())):
                await self._hurry.wait()
        self._report(RetryDue(attempt))

    def _wait_alone(self, number: int, wait_ms: float) -> None:
        if self._alone is not None:
            self._alone.cancel()
            self._alone = None
        if number:
            due = lambda: self._report(AloneDue(number, self._services.epoch_ms()))  # noqa: E731 - shorter than its name
            self._alone = asyncio.get_running_loop().call_later(wait_ms / 1000, due)
