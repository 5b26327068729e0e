"""Carries effects out. The gates close here and now; everything that takes time becomes a task."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress

from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.connection import Connection
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.services import Services
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.meeting.effects import (
    CloseDevice,
    Connect,
    DeliverChat,
    DeliverHand,
    Disconnect,
    Effect,
    KeepPassphrase,
    OpenDevice,
    PlayTestSound,
    RecogniseLink,
    Remember,
    SetSending,
    WaitToRetry,
)
from visio_desktop.meeting.events import ChatDelivered, ChatFailed, Event, LinkRecognised, LinkRefused, RetryDue
from visio_desktop.meeting.values import Source
from visio_desktop.servers.port import JoinError, ServersError
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

    def perform(self, effect: Effect) -> None:  # noqa: C901 - a table of one line each
        """Carry out one effect."""
        match effect:
            case RecogniseLink(text):
                self._recognise(text)
            case KeepPassphrase(link, passphrase):
                self._connection.keep_passphrase(link, passphrase)
            case Connect():
                self._start("join", self._connection.join(effect))
            case Disconnect():
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
            case SetSending(source, on, spec):
                self._set_sending(source, on, spec)
            case DeliverChat(message_id, text):
                self._start("chat", self._chat(message_id, text))
            case DeliverHand(raised, at_ms):
                self._start("hand", self._hand(raised, at_ms))
            case Remember(what, value):
                self._services.remember(what, value)

    def _recognise(self, text: str) -> None:
        try:
            _, link = self._services.catalog().recognise(text)
        except JoinError as error:
            self._report(LinkRefused(text, error.problem))
        else:
            self._report(LinkRecognised(link))

    def _set_sending(self, source: Source, on: bool, spec: str) -> None:
        self._sending.wish(source, on=on)
        if source is Source.SCREEN:
            work = self._capturing.open_screen(spec) if on else self._capturing.close_screen()
            self._start("screen", work)

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

    async def _chat(self, message_id: str, text: str) -> None:
        session = self._connection.session
        if session is None:
            self._report(ChatFailed(message_id))
            return
        try:
            await session.send_chat(message_id, text)
        except ServersError as error:
            _log.warning("chat_not_sent", error=str(error))
            self._report(ChatFailed(message_id))
        else:
            self._report(ChatDelivered(message_id))

    async def _hand(self, raised: bool, at_ms: float) -> None:
        session = self._connection.session
        if session is None:
            return
        try:
            await session.set_hand(raised, at_ms)
        except ServersError as error:
            _log.warning("hand_not_sent", error=str(error))
