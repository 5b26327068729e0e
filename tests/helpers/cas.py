"""An organisation's own login server, by the CAS protocol (version 2), and a browser that somebody logs in with.

The server asks for a name and takes any; whoever it sent back is confirmed once, to whom they were sent.
"""

from __future__ import annotations

import re
import secrets
from html import escape, unescape
from urllib.parse import urljoin

from aiohttp import ClientSession, CookieJar, web

_BACK = re.compile(r'href="([^"]*loginToken=[^"]*)"')
_SPACE = "http://www.yale.edu/tp/cas"


class Cas:
    """The server; `tickets` are those nobody has shown yet, each with its name and whom it is for."""

    def __init__(self) -> None:
        self.tickets: dict[str, tuple[str, str]] = {}

    def join(self, application: web.Application) -> None:
        """Its pages, below `/cas`."""
        application.router.add_get("/cas/login", self._page)
        application.router.add_post("/cas/login", self._log_in)
        application.router.add_get("/cas/proxyValidate", self._validate)

    async def _page(self, request: web.Request) -> web.Response:
        action = escape(request.path_qs)
        form = (
            f'<h1>Who are you?</h1><form method=post action="{action}"><input name=login><button>Log in</button></form>'
        )
        return web.Response(text=form, content_type="text/html")

    async def _log_in(self, request: web.Request) -> web.Response:
        ticket, service = f"ST-{secrets.token_hex(8)}", request.query["service"]
        self.tickets[ticket] = str((await request.post())["login"]), service
        raise web.HTTPFound(f"{service}{'&' if '?' in service else '?'}ticket={ticket}")

    async def _validate(self, request: web.Request) -> web.Response:
        name, service = self.tickets.pop(request.query["ticket"], ("", ""))
        if not name or service != request.query["service"]:
            said = '<cas:authenticationFailure code="INVALID_TICKET"/>'
        else:
            said = f"<cas:authenticationSuccess><cas:user>{escape(name)}</cas:user></cas:authenticationSuccess>"
        answer = f'<cas:serviceResponse xmlns:cas="{_SPACE}">{said}</cas:serviceResponse>'
        return web.Response(text=answer, content_type="text/xml")


async def log_in_with_browser(page: str, name: str) -> str:
    """Open a page of Synapse's single sign-on, say who one is, agree to go on; what the last page shows."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        async with browser.get(page) as asked:
            assert "Who are you?" in await asked.text()
            where = str(asked.url)
        async with browser.post(where, data={"login": name}) as agreed:
            found = _BACK.search(await agreed.text())
            assert found is not None, agreed.url
            there = urljoin(str(agreed.url), unescape(found[1]))
        async with browser.get(there) as last:
            assert last.status == 200
            return await last.text()
