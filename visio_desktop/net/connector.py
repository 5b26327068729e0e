"""aiohttp's connections by the one place of ours that opens any: its own knows Basic only, and no ledger."""

from __future__ import annotations

from typing import Any

from visio_desktop.net.dial import Dialer
from visio_desktop.net.http_library import aiohttp
from visio_desktop.net.ledger import Purpose


class DialingConnector(aiohttp.BaseConnector):
    """Opens each connection of a session by a `Dialer`; what goes wrong there is raised as a `NetError`."""

    def __init__(self, dialer: Dialer, purpose: Purpose) -> None:
        super().__init__()
        self._dialer = dialer
        self._purpose = purpose

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: Any,  # noqa: ARG002 - aiohttp's signature
        timeout: aiohttp.ClientTimeout,  # noqa: ARG002, ASYNC109 - as above; the caller of a request has a bound
    ) -> Any:
        url = req.url
        _, protocol = await self._dialer.connect(
            self._factory,
            url.host or "",
            url.port or 443,
            secure=req.is_ssl(),
            timeout_s=60.0,
            purpose=self._purpose,
        )
        return protocol
