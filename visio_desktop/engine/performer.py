"""Carries effects out. The gates close here and now; everything that takes time becomes a task."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress

from visio_desktop.engine.browser_logins import BrowserLogins
from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.checking import Checking
from visio_desktop.engine.connection import Connection
from visio_desktop.engine.delivering import Delivering
from visio_desktop.engine.headsets import Headsets
from visio_desktop.engine.recognising import Recognising
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.services import Services
from visio_desktop.engine.soundcare import SoundCare
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.meeting.effects import (
    CloseDevice,
    Connect,
    Deliver,
    DeliverChat,
    DeliverHand,
    Disconnect,
    Effect,
    HoldScreen,
    KeepBesides,
    KeepConsent,
    KeepLogin,
    KeepPassphrase,
    KeepToken,
    OpenDevice,
    PlayBack,
    PlayTestSound,
    ProcessSound,
    RecogniseLink,
    Remember,
    RunBrowserLogin,
    RunCheck,
    RunErrand,
    SetSending,
    SetVoiceVolume,
    ShowStill,
    UseHeadset,
    UseRinger,
    WaitAlone,
    WaitToRetry,
    WearLook,
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
        self.checking = Checking(services.catalog, self._connection.credentials, report)
        self.browser_logins = BrowserLogins(services.catalog, report)
        self._recognising = Recognising(services.catalog, report, start)
        self._sound_care = SoundCare((self._capturing, self._sending, self._sound_test), report, start)
        self.headsets = Headsets(services.monotonic_ms, report, start)
        self._alone: asyncio.TimerHandle | None = None

    def perform(self, effect: Effect) -> None:  # noqa: C901, PLR0912 - a table of one line each
        """Carry out one effect."""
        match effect:
            case RecogniseLink(text, sure):
                self._recognising.look(text, sure=sure)
            case KeepPassphrase() | KeepToken() | KeepLogin() | KeepBesides() | KeepConsent():
                self._keep(effect)
            case RunCheck():
                self.checking.begin(effect)
            case RunBrowserLogin():
                self.browser_logins.begin(effect)
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
            case WearLook(look, trial):
                self._capturing.wear(look)
                if trial:
                    self._start("try the look", self._capturing.try_look(look))
            case UseHeadset(lights):
                self.headsets.show(lights)
            case ShowStill():
                self._show_still(effect)
            case PlayTestSound(spec):
                self._start("sound test", self._sound_test.play(spec))
            case ProcessSound() | SetVoiceVolume() | PlayBack() | UseRinger():
                self._sound_care.perform(effect)
            case SetSending():
                self._set_sending(effect)
            case HoldScreen(held):
                self._hold_screen(held=held)
            case DeliverChat() | DeliverHand() | Deliver():
                self._start("deliver", self._delivering.deliver(effect))
            case WaitAlone(number, wait_ms):
                self._wait_alone(number, wait_ms)
            case RunErrand(errand):
                self._connection.run(errand)
            case Remember(what, value):
                self._services.remember(what, value)

    def _keep(self, effect: KeepPassphrase | KeepToken | KeepLogin | KeepBesides | KeepConsent) -> None:
        """What a person gave to be let in, for joining from now on."""
        match effect:
            case KeepPassphrase(link, passphrase):
                self._connection.keep_passphrase(link, passphrase)
            case KeepToken(link, token):
                self._connection.keep_token(link, token)
            case KeepLogin(link, user, password):
                self._connection.keep_login(link, user, password)
            case KeepBesides(link, secret):
                self._connection.keep_besides(link, secret)
            case KeepConsent(link):
                self._connection.keep_consent(link)

    def _show_still(self, wish: ShowStill) -> None:
        if wish.trial:
            self._start("try the still picture", self._capturing.try_still(wish.still))
            return
        self._sending.wish_still(on=bool(wish.still))
        self._start("still picture", self._capturing.show_still(wish.still))

    def _set_sending(self, wish: SetSending) -> None:
        if wish.source is not Source.SCREEN:
            self._sending.wish(wish.source, on=wish.on)
            return
        screen = self._capturing.screen
        screen.prepare(held=wish.held)
        self._sending.hold_screen(held=wish.held)
        self._sending.wish(wish.source, on=wish.on)
        self._sending.wish(Source.SCREEN_AUDIO, on=wish.on and wish.sound)
        opened = screen.open(wish.spec, sound=wish.sound, motion=wish.motion) if wish.on else screen.close()
        self._start("screen", opened)

    def _hold_screen(self, *, held: bool) -> None:
        self._capturing.screen.hold(held=held)
        self._sending.hold_screen(held=held)

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
