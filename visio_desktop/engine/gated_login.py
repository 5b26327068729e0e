"""The login window behind a gate of our own: its web engine reaches nothing by any other way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from visio_desktop.engine.login_program import LoginFailed, LoginWindow
from visio_desktop.login.wire import Begin, Failure

if TYPE_CHECKING:
    from visio_desktop.net.dial import Dialer


class GatedLogin:
    """`LoginWindow` whose connections `dialer` opens."""

    def __init__(self, window: LoginWindow, dialer: Callable[[], Dialer]) -> None:
        self._window = window
        self._dialer = dialer

    async def run(self, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
        """See `LoginWindow`."""
        from visio_desktop.net.gate import opened  # noqa: PLC0415 - few log in

        try:
            async with opened(self._dialer()) as gate:
                through = replace(begin, proxy=gate.url, proxy_user=gate.name, proxy_password=gate.password)
                try:
                    return await self._window.run(through, shown)
                except LoginFailed as failed:
                    if gate.refused and failed.why is Failure.UNREACHABLE:
                        raise LoginFailed(Failure.NOT_ALLOWED, gate.refused) from failed
                    raise
        except OSError as error:
            raise LoginFailed(Failure.CRASHED) from error
