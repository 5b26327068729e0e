"""The LiveKit kind of server: recognises its links, joins, and checks the way there.

Importing this loads what the first words to a server need. What its answer needs, the peer connection above all, is
loaded while that answer is on its way.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from livekit.protocol.rtc import JoinResponse

from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.livekit.handed import parse_handed
from visio_desktop.servers.livekit.link import KIND, Address, parse_address, parse_link
from visio_desktop.servers.livekit.signal import Signal
from visio_desktop.servers.livekit.token import TokenSource
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, Session, SessionListener
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.loading import load
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions
    from visio_desktop.rtc.encryption.keys import Key
    from visio_desktop.servers.livekit.dialect import Dialect
    from visio_desktop.servers.livekit.encryption import ParticipantKeys
    from visio_desktop.servers.livekit.peers import Ids, MakePeer
    from visio_desktop.servers.livekit.session import LiveKitSession

_NEEDED_ONCE_ANSWERED = ("visio_desktop.rtc.peer", "visio_desktop.servers.livekit.session")


_MOST_HANDED = 50
_ABLE = (
    Capability.PUBLISH
    | Capability.SUBSCRIBE
    | Capability.CHAT
    | Capability.EDIT_CHAT
    | Capability.HAND
    | Capability.SCREEN_SHARE
    | Capability.DATA
    | Capability.ACTIVE_SPEAKER
    | Capability.CONNECTION_QUALITY
    | Capability.LAYERS
    | Capability.REACTIONS
    | Capability.RENAME
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Where to join with which token. `keep_token` hears of newer ones; a passphrase, or keys, encrypt end to end."""

    address: Address
    token: str = field(repr=False)
    keep_token: Callable[[str], None]
    passphrase: str = field(default="", repr=False)
    keys: ParticipantKeys | None = field(default=None, repr=False)


class LiveKitAdapter:
    """See `servers.port.ServerAdapter`.

    `host_addresses` are the addresses media may leave from, None for all; `network` says which ways it may take now.
    With `single` one connection carries media both ways, with servers that have that.
    """

    def __init__(
        self,
        web: Web | None = None,
        *,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        random: Random | None = None,
        ids: Ids | None = None,
        make_peer: MakePeer | None = None,
        host_addresses: tuple[str, ...] | None = None,
        network: Callable[[], NetworkOptions] | None = None,
        single: bool = True,
    ) -> None:
        self._web = web or Web()
        self._network = network or partial(NetworkOptions, dialer=self._web.dialer)
        self._clock = clock
        self._epoch = epoch
        self._ids = ids or partial(secrets.token_hex, 8)
        self._make_peer = make_peer or _peer
        self._host_addresses = host_addresses
        self._random = random or SystemRandom()
        self._tokens = TokenSource(epoch=epoch, random=self._random)
        self._single = single
        self._without_single: set[str] = set()
        self._handed: dict[str, str] = {}

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        return _ABLE

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`. A token in a link is kept for joining it, in memory only."""
        handed = parse_handed(text)
        if handed is None:
            return parse_link(text)
        link = parse_link(handed.text)
        if link is not None and handed.token:
            while len(self._handed) >= _MOST_HANDED:
                del self._handed[next(iter(self._handed))]
            self._handed[link.text] = handed.token
        return link

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`."""
        address, credentials = _address(request), self._credentials(request)
        ticket = Ticket(
            address,
            self._token(request, address, credentials),
            keep_token=partial(self._tokens.refreshed, credentials),
            passphrase=credentials.password,
        )
        return await self.enter(ticket, listener)

    async def enter(self, ticket: Ticket, listener: SessionListener, dialect: Dialect | None = None) -> LiveKitSession:
        """Join with a token, for servers that build on LiveKit: with their `dialect`. Raises `JoinError`."""
        tasks = Tasks("livekit")
        signal = Signal(self._web, clock=self._clock, tasks=tasks)
        async with AsyncExitStack() as on_failure:
            # Given up when the server has let us in already, we would stay there for the others to see.
            on_failure.push_async_callback(signal.close)
            joined, key, _ = await asyncio.gather(
                self._connected(signal, ticket.address, ticket.token, listener),
                _key(ticket.passphrase),
                asyncio.to_thread(load, *_NEEDED_ONCE_ANSWERED),
            )
            on_failure.pop_all()
        from visio_desktop.servers.livekit.dialect import Dialect
        from visio_desktop.servers.livekit.peers import peer_options
        from visio_desktop.servers.livekit.session import LiveKitSession, Surroundings

        around = Surroundings(
            clock=self._clock,
            epoch=self._epoch,
            ids=self._ids,
            make_peer=self._make_peer,
            keep_token=ticket.keep_token,
            vector=secrets.token_bytes,
            random=self._random,
            token=ticket.token,
            key=ticket.keys or key,
            dialect=dialect or Dialect(),
        )
        session = LiveKitSession(signal, ticket.address.host, listener, around, tasks)
        hosts = self._hosts(ticket.address)
        session.begin(joined, peer_options(joined.ice_servers, host_addresses=hosts, network=self._network()))
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        address, given = _address(request), self._credentials(request)
        token = partial(self._token, request, address, given)
        own = replace(address, room=f"visio-desktop-check-{self._ids()}")
        own_token = partial(self._token, request, own, given) if given.api_secret and not given.token else None
        async for hop in self.hops(address, token, unseen=request.unseen, own_token=own_token):
            yield hop

    async def hops(
        self,
        address: Address,
        token: Callable[[], str],
        *,
        unseen: bool = False,
        own_token: Callable[[], str] | None = None,
    ) -> AsyncIterator[Hop]:
        """`check` of an address, for servers that build on LiveKit too; `unseen` enters no room.

        Where there is a token for a room of our own, `own_token`, the quality of the way is measured in it.
        """
        from visio_desktop.servers.livekit.check import Preflight

        preflight = Preflight(
            address,
            token,
            web=self._web,
            clock=self._clock,
            make_peer=self._make_peer,
            host_addresses=self._hosts(address),
            network=self._network(),
            unseen=unseen,
            enter_own=None
            if own_token is None
            else lambda by: self.enter(Ticket(address, own_token(), _keep_nothing), by),
        )
        async for hop in preflight.run():
            yield hop

    async def _connected(self, signal: Signal, address: Address, token: str, listener: SessionListener) -> JoinResponse:
        """The join answer; a server that does not have the single connection is not asked for it again."""
        singly = self._single and address.base not in self._without_single
        joined = await signal.connect(address, token, singly=singly)
        if singly and not signal.is_single:
            self._without_single.add(address.base)
        listener.on_mark("signalling_open")
        return joined

    def _credentials(self, request: JoinRequest) -> Credentials:
        """What was given, before what the link held."""
        given = request.credentials
        return given if given.token else replace(given, token=self._handed.get(request.link.text, ""))

    def _token(self, request: JoinRequest, address: Address, credentials: Credentials) -> str:
        return self._tokens.token(credentials, room=address.room, name=request.name, host=address.host)

    def _hosts(self, address: Address) -> tuple[str, ...] | None:
        """A server on this machine is reached over loopback, which is not looked at otherwise."""
        if self._host_addresses is not None or address.secure:
            return self._host_addresses
        return ("127.0.0.1",)


def _keep_nothing(_token: str) -> None:
    """A room that is left again at once needs no newer token."""


def _address(request: JoinRequest) -> Address:
    address = parse_address(request.link.text)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, request.link.host))
    return address


async def _key(passphrase: str) -> Key | None:
    """The key of a meeting that is encrypted end to end, None for one that is not."""
    if not passphrase:
        return None
    from visio_desktop.rtc.encryption.keys import derive

    return await asyncio.to_thread(derive, passphrase.encode())


def _peer(options: PeerOptions, listener: PeerListener) -> PeerConnection:
    from visio_desktop.rtc.peer import PeerConnection

    return PeerConnection(options, listener)
