"""What goes over HTTP: ICE servers in `Link` headers, the resource's address, fragments with candidates, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin, urlsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.rtc import IceServer

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
CREATED, COUNTER_OFFER = 201, 406
_MAX_SERVERS = 16
_LONGEST = 1_024
_LONGEST_SECONDS = len("86400")
# RFC 8288, section 3: addresses with parameters, values in quotes or not.
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)')
_PARAMETER = re.compile(r';\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))')
_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
_CREDENTIAL = re.compile(r"^a=(ice-ufrag|ice-pwd):([A-Za-z0-9+/]{1,256})\r?$", re.MULTILINE)
_UNAUTHORISED = (401, 403)
NOT_FOUND = 404
_CONFLICT, _TOO_MANY, _SERVER_ERROR = 409, 429, 500


def ice_servers(header: str) -> tuple[IceServer, ...]:
    """The relays that a `Link` header names (RFC 9725, section 4.6); no STUN: it would learn of us for nothing."""
    found: list[IceServer] = []
    for url, rest in _LINK.findall(header):
        fields = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        if fields.get("rel", "").lower() != "ice-server" or not url.startswith(("turn:", "turns:")):
            continue
        name, credential = fields.get("username", ""), fields.get("credential", "")
        if len(url) <= _LONGEST and len(name) <= _LONGEST and len(credential) <= _LONGEST:
            found.append(IceServer((url,), name, credential))
    return tuple(found[:_MAX_SERVERS])


def resource(url: str, location: str) -> str:
    """The absolute address of the session; "" where there is none, or at another origin: a token goes to none."""
    if not location or len(location) > 2 * _LONGEST:
        return ""
    try:
        there, here = urlsplit(urljoin(url, location)), urlsplit(url)
        same = (there.scheme, there.hostname, there.port) == (here.scheme, here.hostname, here.port)
    except ValueError:
        return ""
    return there._replace(fragment="").geturl() if same and "@" not in there.netloc else ""


def entity_tag(header: str) -> str:
    """An `ETag` as it is sent back in `If-Match`; "" for what is none."""
    return header if _TAG.fullmatch(header) else ""


def fragment(offer: str, mid: str, candidates: Iterable[str]) -> str:
    """Candidates of ours as RFC 8840 has them; `offer` is our description, which has the credentials they belong to."""
    named = dict(reversed(_CREDENTIAL.findall(offer)))
    lines = [
        f"a=ice-ufrag:{named.get('ice-ufrag', '')}",
        f"a=ice-pwd:{named.get('ice-pwd', '')}",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        f"a=mid:{mid}",
        *(f"a=candidate:{candidate}" for candidate in candidates),
    ]
    return "\r\n".join(lines) + "\r\n"


def not_begun(status: int) -> bool:
    """Whether who would watch is told that nothing is sent yet: 409 by the draft, 404 by what there is (MediaMTX)."""
    return status in {NOT_FOUND, _CONFLICT}


def seconds(header: str) -> float:
    """A `Retry-After` in seconds; 0 for none, and for a date."""
    return float(header) if header.isascii() and header.isdigit() and len(header) <= _LONGEST_SECONDS else 0.0


def refusal(status: int, body: bytes, host: str, *, has_token: bool, headers: Mapping[str, str]) -> Problem:
    """Why an endpoint did not answer with a session."""
    if b"in use" in body[:200].lower() or status == _CONFLICT:
        return Problem(ProblemCode.ENDPOINT_TAKEN, host)
    if status in _UNAUTHORISED:
        return Problem(ProblemCode.TOKEN_REFUSED if has_token else ProblemCode.TOKEN_MISSING, host)
    if status == NOT_FOUND:
        return Problem(ProblemCode.ROOM_NOT_FOUND, host)
    if status == _TOO_MANY or status >= _SERVER_ERROR or "retry-after" in headers:
        return Problem(ProblemCode.SERVER_BUSY, host)
    return Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, host)
