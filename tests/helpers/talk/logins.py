"""Nextcloud's accounts: app passwords, and Login flow v2 by which a browser gives them (developer manual)."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web

from tests.helpers.talk.state import MODERATOR, Account

_ACCOUNTS = {MODERATOR.id: MODERATOR}
_PAGE = """<!doctype html><title>Connect to your account</title>
<p>{client} wants to have access to your account.</p>
<form method="post" action="/login/v2/grant"><input name="stateToken" value="{state}"></form>"""


@dataclass
class Begun:
    """One login that was begun; `account` is whoever has agreed."""

    client: str
    poll: str = field(default_factory=lambda: secrets.token_urlsafe(96))
    page: str = field(default_factory=lambda: secrets.token_urlsafe(96))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    account: Account | None = None


class LoginFlow:
    """`is_offered` says whether there is such a way, `named_as` at which address it thinks it is, "" for the asked."""

    def __init__(self) -> None:
        self.is_offered = True
        self.named_as = ""
        self.polled = 0
        self.begun: list[Begun] = []
        self.app_passwords: dict[str, Account] = {}

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Answer requests."""
        for before in ("", "/index.php"):
            router.add_post(f"{before}/login/v2", self._begin)
            router.add_post(f"{before}/login/v2/poll", self._poll)
            router.add_get(f"{before}/login/v2/flow/{{page}}", self._show)
            router.add_post(f"{before}/login/v2/grant", self._grant)
        router.add_delete("/ocs/v2.php/core/apppassword", self._revoke)
        router.add_get("/ocs/v2.php/cloud/user", self._user)

    def who(self, request: web.Request) -> Any:
        """Who an app password stands for, None without one; a refusal for a wrong one."""
        given = request.headers.get("Authorization", "")
        if not given.startswith("Basic "):
            return None
        user, _, password = base64.b64decode(given[6:]).decode().partition(":")
        account = self.app_passwords.get(password) or _ACCOUNTS.get(user)
        is_right = account is not None and account.id == user
        is_right &= password in self.app_passwords or (account is not None and account.app_password == password)
        return account if is_right else web.json_response({"ocs": {"meta": {}, "data": []}}, status=401)

    async def _begin(self, request: web.Request) -> web.Response:
        if not self.is_offered:
            return web.Response(status=404, text="<!doctype html>", content_type="text/html")
        begun = Begun(request.headers.get("User-Agent", ""))
        self.begun.append(begun)
        here = self.named_as or f"http://{request.host}"
        poll = {"token": begun.poll, "endpoint": f"{here}/login/v2/poll"}
        return web.json_response({"poll": poll, "login": f"{here}/login/v2/flow/{begun.page}"})

    async def _poll(self, request: web.Request) -> web.Response:
        """The app password, once."""
        self.polled += 1
        token = (await request.post()).get("token")
        begun = next((each for each in self.begun if each.poll == token and each.account is not None), None)
        if begun is None or begun.account is None:
            return web.json_response([], status=404)
        self.begun.remove(begun)
        password = secrets.token_urlsafe(54)
        self.app_passwords[password] = begun.account
        told = {"server": f"http://{request.host}", "loginName": begun.account.id, "appPassword": password}
        return web.json_response(told)

    async def _show(self, request: web.Request) -> web.Response:
        begun = next((each for each in self.begun if each.page == request.match_info["page"]), None)
        if begun is None:
            return web.Response(status=403)
        return web.Response(text=_PAGE.format(client=begun.client, state=begun.state), content_type="text/html")

    async def _grant(self, request: web.Request) -> web.Response:
        """Here a real browser would have logged in by whatever the organisation wants."""
        form = await request.post()
        begun = next((each for each in self.begun if each.state == form.get("stateToken")), None)
        account = _ACCOUNTS.get(str(form.get("user")))
        if begun is None or account is None:
            return web.Response(status=403)
        begun.account = account
        return web.Response(text="Account connected", content_type="text/html")

    async def _revoke(self, request: web.Request) -> web.Response:
        account = self.who(request)
        if isinstance(account, web.Response) or account is None:
            return account or web.json_response({"ocs": {"meta": {}, "data": []}}, status=401)
        password = base64.b64decode(request.headers["Authorization"][6:]).decode().partition(":")[2]
        if self.app_passwords.pop(password, None) is None:
            return web.json_response({"ocs": {"meta": {}, "data": []}}, status=403)
        return web.json_response({"ocs": {"meta": {}, "data": []}})

    async def _user(self, request: web.Request) -> web.Response:
        account = self.who(request)
        if isinstance(account, web.Response) or account is None:
            return account or web.json_response({"ocs": {"meta": {}, "data": []}}, status=401)
        data = {"id": account.id, "display-name": account.name, "displayname": account.name, "enabled": True}
        return web.json_response({"ocs": {"meta": {}, "data": data}})


async def agree(page: str, account: Account = MODERATOR) -> str:
    """What a person does on the page in their browser; what they read there."""
    async with ClientSession() as browser:
        async with browser.get(page) as shown:
            assert shown.status == 200, page
            text = await shown.text()
        state = re.search(r'name="stateToken" value="([^"]+)"', text)
        assert state is not None
        form = {"stateToken": state[1], "user": account.id}
        async with browser.post(shown.url.with_path("/login/v2/grant"), data=form) as granted:
            assert granted.status == 200
    return text
