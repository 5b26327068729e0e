"""What a Wayland desktop lets one share: the person is asked once, by the desktop, for as long as the share lasts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from visio_desktop.meeting.events import Event, ScreenAsked
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.dbus import BusMissing, CallRefused, Declined, SessionBus
from visio_desktop.system.log import get_logger
from visio_desktop.system.screencast import Cast, ScreenCast

if TYPE_CHECKING:
    from visio_desktop.media.sources.port import Granted

_NAME: Final = "visio_share"
_log = get_logger(__name__)


async def _connected() -> SessionBus:
    return await SessionBus.connect(files=True)


class Casting:
    """One share after the other, on the engine's loop. `stopped` hears that the desktop has ended it."""

    def __init__(
        self,
        report: Callable[[Event], None],
        stopped: Callable[[Problem], None],
        connect: Callable[[], Awaitable[SessionBus]] = _connected,
    ) -> None:
        self._report = report
        self._stopped = stopped
        self._connect = connect
        self._portal: ScreenCast | None = None
        self._cast: Cast | None = None
        self._token = ""
        self._count = 0

    async def grant(self) -> Granted:
        """What may be looked at; the person is asked unless they were for this share. Raises `DeviceError`."""
        from visio_desktop.media.errors import DeviceError  # noqa: PLC0415 - media is imported late
        from visio_desktop.media.sources.port import Granted  # noqa: PLC0415 - as above

        try:
            if self._portal is None or self._cast is None:
                await self._ask()
            assert self._portal is not None  # noqa: S101 - for the type checker
            assert self._cast is not None  # noqa: S101 - as above
            return Granted(self._cast.node, await self._portal.remote())
        except Declined as error:
            await self._forget()
            raise DeviceError(Problem(ProblemCode.SCREEN_DECLINED), str(error)) from error
        except (BusMissing, CallRefused) as error:
            await self._forget()
            raise DeviceError(Problem(ProblemCode.SCREEN_WAYLAND), str(error)) from error

    async def withdraw(self) -> None:
        """The person need not choose any more."""
        if self._portal is not None and self._cast is None:
            await self._portal.withdraw()

    async def lose(self) -> None:
        """PipeWire gives no more pictures: the next `grant` goes on with the same choice, where the desktop can."""
        if self._cast is not None:
            self._token = self._cast.token
            await self._forget()

    @property
    def can_go_on(self) -> bool:
        """Whether the desktop has given a token, so that nobody need be asked again."""
        return self._cast is not None and bool(self._cast.token)

    async def end(self) -> None:
        """Nothing of it is shared any more; whoever shares again chooses again."""
        self._token = ""
        await self._forget()

    async def _ask(self) -> None:
        self._count += 1
        token, self._token = self._token, ""
        bus = await self._connect()
        self._portal = portal = ScreenCast(bus, f"{_NAME}_{self._count}", lambda: self._closed(portal))
        self._report(ScreenAsked(asked=True))
        try:
            self._cast = await portal.ask(token)
        finally:
            self._report(ScreenAsked(asked=False))

    async def _forget(self) -> None:
        portal, self._portal, self._cast = self._portal, None, None
        if portal is not None:
            await portal.close()

    def _closed(self, portal: ScreenCast) -> None:
        # Where nothing was chosen the session is closed, too: then the answer to the question says what became of it.
        if portal is self._portal and self._cast is not None:
            _log.info("screencast_ended_by_desktop")
            self._portal = self._cast = None
            self._stopped(Problem(ProblemCode.SCREEN_STOPPED))
