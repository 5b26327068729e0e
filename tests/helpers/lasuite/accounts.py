"""Sessions and the rules of Django's CSRF protection (`django/middleware/csrf.py`), as the API applies them."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import web

from tests.helpers.lasuite.answers import RefusedError, detail
from tests.helpers.lasuite.settings import Options
from tests.helpers.lasuite.state import State, User

_SAFE = ("GET", "HEAD", "OPTIONS")
_CSRF_COOKIE = "csrftoken"
_YEAR_S = 31_449_600


@dataclass
class Session:
    """One session; nobody's while a login is under way."""

    ends_s: float
    sub: str = ""
    login: dict[str, str] = field(default_factory=dict)


class Accounts:
    """Who is logged in, by cookie."""

    def __init__(self, state: State, options: Options) -> None:
        self._state = state
        self._options = options
        self._sessions: dict[str, Session] = {}

    def open(self, sub: str = "") -> tuple[str, Session]:
        """A new session and its key."""
        key = secrets.token_hex(16)
        self._sessions[key] = Session(time.monotonic() + self._options.session_life_s, sub)
        return key, self._sessions[key]

    def cookies(self, sub: str) -> dict[str, str]:
        """The cookies of somebody who has just logged in."""
        return {self._options.session_cookie: self.open(sub)[0], _CSRF_COOKIE: secrets.token_hex(32)}

    def end(self, sub: str) -> None:
        """All of their sessions are over."""
        self._sessions = {key: found for key, found in self._sessions.items() if found.sub != sub}

    def session(self, request: web.Request) -> Session | None:
        """The session of this request."""
        found = self._sessions.get(request.cookies.get(self._options.session_cookie, ""))
        return found if found is not None and found.ends_s > time.monotonic() else None

    def user(self, request: web.Request) -> User | None:
        """Who asks, None for anybody. Raises `RefusedError` (403) for a change without the tokens it needs."""
        session = self.session(request)
        user = self._state.user(session.sub) if session is not None else None
        if user is not None and request.method not in _SAFE:
            problem = _csrf_problem(request)
            if problem:
                raise detail(403, f"CSRF Failed: {problem}")
        return user

    def known(self, request: web.Request) -> User:
        """Who asks; raises `RefusedError` (401) for somebody without a session."""
        user = self.user(request)
        if user is None:
            raise RefusedError(401)
        return user

    def log_in(self, answer: web.StreamResponse, sub: str, *, secure: bool) -> None:
        """Give the answer the cookies of a new session."""
        cookies = self.cookies(sub)
        self.set_session(answer, cookies[self._options.session_cookie], secure=secure)
        answer.set_cookie(_CSRF_COOKIE, cookies[_CSRF_COOKIE], max_age=_YEAR_S, samesite="Lax", secure=secure)

    def set_session(self, answer: web.StreamResponse, key: str, *, secure: bool) -> None:
        """Give the answer the cookie of this session."""
        name, life_s = self._options.session_cookie, self._options.session_life_s
        answer.set_cookie(name, key, max_age=life_s, httponly=True, samesite="Lax", secure=secure)

    def log_out(self, request: web.Request, answer: web.StreamResponse) -> None:
        """End the session of this request."""
        self._sessions.pop(request.cookies.get(self._options.session_cookie, ""), None)
        answer.del_cookie(self._options.session_cookie)


def _csrf_problem(request: web.Request) -> str:
    """What is missing for a change, "" when nothing is."""
    origin, ours = request.headers.get("Origin"), f"{request.scheme}://{request.host}"
    if origin is not None and origin != ours:
        return f"Origin checking failed - {origin} does not match any trusted origins."
    problem = _referer_problem(request) if origin is None and request.scheme == "https" else ""
    return problem or _token_problem(request.cookies.get(_CSRF_COOKIE), request.headers.get("X-CSRFToken"))


def _referer_problem(request: web.Request) -> str:
    referer = request.headers.get("Referer")
    if not referer:
        return "Referer checking failed - no Referer."
    if urlsplit(referer).scheme != "https":
        return "Referer checking failed - Referer is insecure while host is secure."
    fits = urlsplit(referer).netloc == request.host
    return "" if fits else f"Referer checking failed - {referer} does not match any trusted origins."


def _token_problem(cookie: str | None, header: str | None) -> str:
    if not cookie:
        return "CSRF cookie not set."
    if header is None:
        return "CSRF token missing."
    return "" if header == cookie else "CSRF token from the 'X-Csrftoken' HTTP header incorrect."
