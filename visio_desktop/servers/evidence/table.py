"""Every kind of server that is known of, with what proves it: one row each.

Sources of the addresses: Galene `galene-protocol.md`; Nextcloud's capabilities API; Element Call `config.json`;
OpenTalk's client `/.well-known/opentalk/client`; Janus' REST transport; the Matrix client API; Jitsi Meet `config.js`;
BigBlueButton's API; LiveKit `rtcservice.go`; RFC 9725.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from visio_desktop.net import Reply
from visio_desktop.servers.evidence import proofs
from visio_desktop.servers.evidence.place import Place

_MEDIA_PATH = re.compile(r"(?:^|[/.])(whip|whep)(?=/|$)")


class Weight(IntEnum):
    """How much a proof says of the link itself; what weighs most decides."""

    DOMAIN = 0
    """Something of this kind belongs to the host's owner, perhaps beside what the link is of."""
    SERVER = 1
    """The server at this address is of this kind."""
    LINK = 2
    """The link itself has this kind's form, and its server answers as that kind."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: without a body, a query or anything that says who asks."""

    path: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """`asks` is None for links that cannot be of this kind.

    `link` makes of a web link the one our adapter takes, where there is an adapter. What is no `is_meeting` tells where
    a meeting is to be looked for, and is none.
    """

    kind: str
    title: str
    weight: Weight
    asks: Callable[[Place], Ask | None]
    proves: Callable[[Reply], bool]
    link: Callable[[Place], str] = lambda _place: ""
    is_meeting: bool = True


def _always(path: str) -> Callable[[Place], Ask]:
    return lambda _place: Ask(path)


def _behind(marker: str, path: str, *headers: tuple[str, str]) -> Callable[[Place], Ask | None]:
    """Asks at `path` beside the part of the link's path before `/marker/`."""

    def asks(place: Place) -> Ask | None:
        before = place.before(marker)
        return None if before is None else Ask(before.removesuffix("/index.php") + path, headers=headers)

    return asks


def _galene(place: Place) -> Ask | None:
    return Ask(f"{place.path}/.status") if place.before("group") is not None and direction(place) is None else None


def _element(place: Place) -> Ask | None:
    return Ask("/config.json") if place.has_room or place.segments[:1] == ("room",) else None


def _of_media(name: str) -> Callable[[Place], Ask | None]:
    return lambda place: Ask(place.path, method="OPTIONS") if direction(place) == name else None


def direction(place: Place) -> str | None:
    """`whip` or `whep`, where the path says so: the last word of it counts."""
    found = _MEDIA_PATH.findall(place.path.lower())
    return str(found[-1]) if found else None


def _livekit(place: Place) -> str:
    return f"livekit+{place.origin.replace('http', 'ws', 1)}"


TABLE = (
    Row("whip", "WHIP", Weight.LINK, _of_media("whip"), proofs.offers_media, lambda p: f"whip+{p.origin}{p.path}"),
    Row("whep", "WHEP", Weight.LINK, _of_media("whep"), proofs.offers_media, lambda p: f"whep+{p.origin}{p.path}"),
    Row("galene", "Galene", Weight.LINK, _galene, proofs.galene, lambda p: f"galene+{p.origin}{p.path}/"),
    Row(
        "nextcloud",
        "Nextcloud Talk",
        Weight.LINK,
        _behind("call", "/ocs/v2.php/cloud/capabilities", ("OCS-APIRequest", "true"), ("Accept", "application/json")),
        proofs.talk,
        lambda p: f"talk+{p.origin}{p.path}",
    ),
    Row("element", "Element Call", Weight.LINK, _element, proofs.element_call),
    Row("opentalk", "OpenTalk", Weight.SERVER, _always("/.well-known/opentalk/client"), proofs.opentalk),
    Row("janus", "Janus", Weight.SERVER, _always("/janus/info"), proofs.janus, is_meeting=False),
    Row("jitsi", "Jitsi Meet", Weight.SERVER, _always("/config.js"), proofs.jitsi),
    Row("bigbluebutton", "BigBlueButton", Weight.SERVER, _always("/bigbluebutton/api"), proofs.big_blue_button),
    Row("edumeet", "eduMEET", Weight.SERVER, _always("/config/config.js"), proofs.edumeet),
    Row("livekit", "LiveKit", Weight.SERVER, _always("/rtc/validate"), proofs.livekit, _livekit),
    Row(
        "nextcloud",
        "Nextcloud Talk",
        Weight.DOMAIN,
        _always("/api/v1/welcome"),
        proofs.talk_backend,
        is_meeting=False,
    ),
    Row("matrix", "Matrix", Weight.DOMAIN, _always("/.well-known/matrix/client"), proofs.matrix, is_meeting=False),
)
