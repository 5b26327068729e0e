"""Plain calls of an API, redirects not followed, certificates not looked at. Blocking."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is JSON where it is, else text."""

    status: int
    body: Any
    cookies: tuple[str, ...] = ()
    location: str = ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def ask(method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, *, form: str = "") -> Answer:
    """One request with a body of JSON, or of a form."""
    data = json.dumps(body).encode() if body is not None else form.encode() or None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=trust))
    try:
        with opener.open(request, timeout=_WAIT_S) as found:
            return _answer(found.status, found.read(), found.headers)
    except urllib.error.HTTPError as refused:
        with refused:
            return _answer(refused.code, refused.read(), refused.headers)


def _answer(status: int, raw: bytes, headers: Message) -> Answer:
    try:
        body = json.loads(raw) if raw else ""
    except ValueError:
        body = raw.decode(errors="replace")
    return Answer(status, body, tuple(headers.get_all("Set-Cookie", [])), headers.get("Location", ""))
