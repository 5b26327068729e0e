"""One endpoint over HTTP. Every wait and size is bounded; it never follows anybody to another origin with a token.

JoinError
 +-- NotBegun  nothing is sent there yet that could be watched
"""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Reply, Web
from visio_desktop.rtc import IceServer
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.servers.whip.link import WHEP, Address
from visio_desktop.servers.whip.words import (
    COUNTER_OFFER,
    CREATED,
    FRAGMENT,
    NOT_FOUND,
    SDP,
    entity_tag,
    ice_servers,
    not_begun,
    refusal,
    resource,
    seconds,
)
from visio_desktop.system.log import get_logger

OPTIONS_TIMEOUT_S = 4.0
POST_TIMEOUT_S = 15.0
PATCH_TIMEOUT_S = 5.0
DELETE_TIMEOUT_S = 2.0
MAX_SDP_BYTES = 128 * 1024
_MOST_REDIRECTS = 3
_REDIRECTED = (307, 308)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an offer: an answer, or with `is_offer` an offer of theirs. `resource` is "" where it is unknown."""

    sdp: str
    resource: str
    is_offer: bool


class NotBegun(JoinError):  # noqa: N818 - reads as what is
    """Nothing is sent there yet; asking again is worth it, `after_s` later where the server says so."""

    def __init__(self, host: str, after_s: float) -> None:
        super().__init__(Problem(ProblemCode.ROOM_NOT_FOUND, host), "nothing to watch yet")
        self.after_s = after_s


class Endpoint:
    """`token` goes with every request as the RFC wants it. Close it.

    `named` are the relays of the last session's answer, which many name there alone (RFC 9725, section 4.6).
    """

    def __init__(self, web: Web, address: Address, token: str = "") -> None:
        if not (token.isascii() and token.isprintable()):
            raise JoinError(Problem(ProblemCode.TOKEN_REFUSED, address.host))
        self._address = address
        self._client = web.client(address.origin)
        self._given = {"Authorization": f"Bearer {token}"} if token else {}
        self._resource = ""
        self._tag = ""
        self._may_trickle = True
        self._is_there = True
        self.named: tuple[IceServer, ...] = ()

    async def close(self) -> None:
        """Release the connections."""
        await self._client.close()

    async def ask(self) -> Reply:
        """What the endpoint says of itself. Raises `NetError`."""
        return await self._client.request(
            "OPTIONS", self._address.url, headers=self._given, timeout_s=OPTIONS_TIMEOUT_S, max_bytes=MAX_SDP_BYTES
        )

    async def relays(self) -> tuple[IceServer, ...]:
        """The relays it names before an offer; many name none. Raises `JoinError` where it cannot be reached."""
        try:
            reply = await self.ask()
            self._is_there = reply.status != NOT_FOUND
            return ice_servers(reply.headers.get("link", ""))
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error

    async def offer(self, sdp: str) -> Answer:
        """Begin a session. Raises `JoinError`, `NotBegun` among them."""
        try:
            url, reply = await self._post(sdp)
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        is_sdp = reply.content_type == SDP and reply.body.lstrip().startswith(b"v=0")
        is_offer = reply.status == COUNTER_OFFER and is_sdp and bool(reply.headers.get("location"))
        if reply.status == CREATED or is_offer:
            self._resource = resource(url, reply.headers.get("location", ""))
            self._tag = entity_tag(reply.headers.get("etag", ""))
            self.named = ice_servers(reply.headers.get("link", ""))
        if not (is_offer or (reply.status == CREATED and is_sdp)):
            await self.end()
            if self._is_there and self._address.kind == WHEP and not_begun(reply.status):
                raise NotBegun(self._address.host, seconds(reply.headers.get("retry-after", "")))
            raise JoinError(self._why(reply), f"{reply.status} {reply.content_type}")
        return Answer(reply.body.decode("utf-8", "replace"), self._resource, is_offer)

    async def answer(self, sdp: str) -> None:
        """Answer their offer. Raises `JoinError`."""
        if not self._resource:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._address.host), "no resource")
        try:
            reply = await self._patch(sdp, SDP)
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        if reply.status not in (200, 204):
            raise JoinError(self._why(reply), f"{reply.status} to our answer")

    async def trickle(self, fragment: str) -> None:
        """Tell of more addresses of ours; a server that wants none is told no more."""
        if not self._resource or not self._may_trickle:
            return
        try:
            reply = await self._patch(fragment, FRAGMENT)
        except NetError as error:
            _log.info("not_trickled", error=str(error))
            return
        self._tag = entity_tag(reply.headers.get("etag", "")) or self._tag
        if reply.status not in (200, 204):
            self._may_trickle = False
            _log.info("trickle_refused", host=self._address.host, status=reply.status)

    async def end(self) -> None:
        """End the session there, once; a server that does not answer ends it by itself when media stops."""
        there, self._resource = self._resource, ""
        if not there:
            return
        headers = self._given | ({"If-Match": self._tag} if self._tag else {})
        try:
            await self._client.request("DELETE", there, headers=headers, timeout_s=DELETE_TIMEOUT_S, max_bytes=1_024)
        except NetError as error:
            _log.info("not_ended", error=str(error))

    async def _post(self, sdp: str) -> tuple[str, Reply]:
        url, headers = self._address.url, {**self._given, "Content-Type": SDP, "Accept": SDP}
        for _ in range(_MOST_REDIRECTS):
            reply = await self._client.request(
                "POST", url, headers=headers, body=sdp.encode(), timeout_s=POST_TIMEOUT_S, max_bytes=MAX_SDP_BYTES
            )
            elsewhere = resource(url, reply.headers.get("location", "")) if reply.status in _REDIRECTED else ""
            if not elsewhere:
                break
            url = elsewhere
        return url, reply

    async def _patch(self, body: str, kind: str) -> Reply:
        headers = {**self._given, "Content-Type": kind} | ({"If-Match": self._tag} if self._tag else {})
        return await self._client.request(
            "PATCH",
            self._resource,
            headers=headers,
            body=body.encode(),
            timeout_s=PATCH_TIMEOUT_S,
            max_bytes=MAX_SDP_BYTES,
        )

    def _why(self, reply: Reply) -> Problem:
        host = self._address.host
        return refusal(reply.status, reply.body, host, has_token=bool(self._given), headers=reply.headers)
