"""Logging in by OpenID Connect (`django-lasuite`, `mozilla-django-oidc`): the server's side, and a provider's page."""

from __future__ import annotations

import html
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from tests.helpers.lasuite.answers import detail
from tests.helpers.lasuite.parts import Parts
from tests.helpers.lasuite.state import State, User

_OURS = "provider_session"


class Provider:
    """The organisation's login page, on an origin of its own; keeps its own session, for silent logins."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._codes: dict[str, str] = {}
        self._sessions: dict[str, str] = {}
        self.url = ""

    def application(self) -> web.Application:
        """Its pages."""
        application = web.Application()
        application.router.add_get("/authorize", self.authorize)
        application.router.add_post("/authorize", self.submit)
        application.router.add_get("/logout", self.log_out)
        return application

    def redeem(self, code: str) -> User | None:
        """Who this code stands for; good once."""
        return self._state.user(self._codes.pop(code, ""))

    def forget(self) -> None:
        """Nobody is logged in here any more."""
        self._sessions.clear()

    async def authorize(self, request: web.Request) -> web.Response:
        sub = self._sessions.get(request.cookies.get(_OURS, ""))
        if sub is not None:
            return self._back(request, sub)
        if request.query.get("prompt") == "none":
            return _redirect(request.query["redirect_uri"], error="login_required", state=request.query["state"])
        return self._page(request, "")

    async def submit(self, request: web.Request) -> web.Response:
        typed = str((await request.post()).get("login", "")).strip().lower()
        found = next((u for key, u in self._state.users.items() if typed in (key, u.email)), None)
        return self._page(request, "Nobody is known by that.") if found is None else self._back(request, found.sub)

    def _page(self, request: web.Request, problem: str) -> web.Response:
        action, said = html.escape(request.path_qs), html.escape(problem)
        page = (
            f"<!doctype html><meta charset=utf-8><title>Identity provider</title><h1>Log in</h1><p>{said}</p>"
            f'<form method=post action="{action}"><label>E-mail <input name=login id=login autofocus></label> '
            "<button id=submit>Log in</button></form>"
        )
        return web.Response(text=page, content_type="text/html")

    def _back(self, request: web.Request, sub: str) -> web.Response:
        code, key = secrets.token_hex(8), secrets.token_hex(8)
        self._codes[code], self._sessions[key] = sub, sub
        answer = _redirect(request.query["redirect_uri"], code=code, state=request.query["state"])
        answer.set_cookie(_OURS, key, max_age=86_400, httponly=True, samesite="Lax")
        return answer

    async def log_out(self, request: web.Request) -> web.Response:
        self._sessions.pop(request.cookies.get(_OURS, ""), None)
        answer = _redirect(request.query["post_logout_redirect_uri"], state=request.query.get("state", ""))
        answer.del_cookie(_OURS)
        return answer


class LoginApi:
    """`/authenticate/`, `/callback/`, `/logout/`, `/logout-callback/`."""

    def __init__(self, parts: Parts, provider: Provider) -> None:
        self._parts = parts
        self._provider = provider
        self._root = ""

    def add_to(self, router: web.UrlDispatcher, root: str) -> None:
        """Its paths."""
        self._root = root
        router.add_get(f"{root}/authenticate/", self.authenticate)
        router.add_get(f"{root}/callback/", self.callback)
        router.add_get(f"{root}/logout/", self.log_out)
        router.add_get(f"{root}/logout-callback/", self.logged_out)

    async def authenticate(self, request: web.Request) -> web.Response:
        key, session = self._parts.accounts.open()
        silent = request.query.get("silent") == "true"
        session.login = {
            "state": secrets.token_hex(16),
            "return_to": self._allowed(request, request.query.get("returnTo", "")),
            "silent": str(silent),
        }
        asked: dict[str, Any] = {
            "response_type": "code",
            "scope": "openid email",
            "client_id": "meet",
            "redirect_uri": f"{request.url.origin()}{self._root}/callback/",
            "state": session.login["state"],
            "nonce": secrets.token_hex(16),
        }
        if silent:
            asked["prompt"] = "none"
        if "login_hint" in request.query:
            asked["login_hint"] = request.query["login_hint"]
        answer = _redirect(f"{self._provider.url}/authorize", **asked)
        self._parts.accounts.set_session(answer, key, secure=request.scheme == "https")
        return answer

    async def callback(self, request: web.Request) -> web.Response:
        session = self._parts.accounts.session(request)
        login = session.login if session is not None else {}
        if not login or request.query.get("state") != login["state"]:
            raise detail(400, "OIDC callback state not found in session `oidc_states`!")
        answer = _redirect(login["return_to"])
        user = self._provider.redeem(request.query.get("code", ""))
        if user is not None:
            self._parts.accounts.log_out(request, answer)
            self._parts.accounts.log_in(answer, user.sub, secure=request.scheme == "https")
        return answer

    async def log_out(self, request: web.Request) -> web.Response:
        home = f"{request.url.origin()}/"
        session = self._parts.accounts.session(request)
        if session is None or not session.sub:
            return _redirect(home)
        return _redirect(
            f"{self._provider.url}/logout",
            state=secrets.token_hex(16),
            post_logout_redirect_uri=f"{request.url.origin()}{self._root}/logout-callback/",
        )

    async def logged_out(self, request: web.Request) -> web.Response:
        answer = _redirect(f"{request.url.origin()}/")
        self._parts.accounts.log_out(request, answer)
        return answer

    def _allowed(self, request: web.Request, wanted: str) -> str:
        """Where to return to: the host itself or one it allows, else its front page."""
        parts = urlsplit(wanted)
        hosts = (request.host, *self._parts.options.redirect_hosts)
        fits = parts.netloc in hosts and parts.scheme in ("https", request.scheme)
        return wanted if fits or (wanted.startswith("/") and not wanted.startswith("//")) else "/"


def _redirect(url: str, **query: Any) -> web.Response:
    joint = "&" if urlsplit(url).query else "?"
    return web.Response(status=302, headers={"Location": f"{url}{joint}{urlencode(query)}" if query else url})
