"""Logging in at a homeserver by the person's web browser: single sign-on (Matrix client API, "SSO client login").

    GET /login                                  -> {"flows": [{"type": "m.login.sso"}, …]}
    browser: /login/sso/redirect?redirectUrl=…  -> … the organisation's own pages … -> redirectUrl?loginToken=…
    POST /login, m.login.token                  -> the account, its device and its access token

Whatever proves who somebody is stays between them and their browser. What comes back is good once, for this homeserver,
and comes to an address of this machine that nobody else knows (`net.callback`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import CLIENT, Api, ApiError
from visio_desktop.servers.port import JoinError
from visio_desktop.system.texts import tr

ASK_TIMEOUT_S: Final = 4.0
_LONGEST_TOKEN: Final = 4_096
_SSO, _PASSWORD = "m.login.sso", "m.login.password"
_BACK: Final = "loginToken"


@dataclass(frozen=True, slots=True)
class Ways:
    """How a homeserver lets people log in."""

    by_password: bool = True
    by_browser: bool = False


UNKNOWN: Final = Ways()
"""Of a homeserver that does not say: name and password may be tried."""


def parse_ways(answer: Mapping[str, Any]) -> Ways:
    """The ways a homeserver names, `UNKNOWN` where it names none."""
    named = {flow.text("type") for flow in Fields(answer).objects("flows")}
    return Ways(_PASSWORD in named, _SSO in named) if named else UNKNOWN


async def ask_ways(api: Api) -> Ways:
    """How this homeserver lets people log in. Raises `ApiError`."""
    return parse_ways(await api.ask("GET", f"{CLIENT}/v3/login", timeout_s=ASK_TIMEOUT_S))


async def login_token(api: Api, opened: Callable[[str], None]) -> str:
    """The token for one login, of whoever logs in on the page that is `opened`. Raises `JoinError`, `ApiError`."""
    from visio_desktop.net.callback import listening  # noqa: PLC0415 - few log in so

    if not (await ask_ways(api)).by_browser:
        raise JoinError(Problem(ProblemCode.LOGIN_NOT_OFFERED, api.host))
    try:
        async with listening(_BACK, _page()) as callback:
            opened(f"{api.base}{CLIENT}/v3/login/sso/redirect?{urlencode({'redirectUrl': callback.url})}")
            token = await callback.came()
    except OSError as error:
        raise JoinError(Problem(ProblemCode.LOGIN_FAILED, api.host), "nothing to come back to") from error
    if len(token) > _LONGEST_TOKEN or not token.isprintable():
        raise JoinError(Problem(ProblemCode.LOGIN_FAILED, api.host), "no token")
    return token


async def redeem(api: Api, token: str, device_name: str) -> Mapping[str, Any]:
    """What the homeserver answers to the token. Raises `JoinError`, `ApiError`."""
    body = {"type": "m.login.token", "token": token, "initial_device_display_name": device_name}
    try:
        return await api.ask("POST", f"{CLIENT}/v3/login", body)
    except ApiError as error:
        if not error.code:
            raise
        raise JoinError(Problem(ProblemCode.LOGIN_FAILED, api.host), str(error)) from error


def _page() -> str:
    title, said = escape(tr("browser_login.done")), escape(tr("browser_login.done_next"))
    return f"<!doctype html><meta charset=utf-8><title>{title}</title><h1>{title}</h1><p>{said}</p>"
