"""The Janus kind of server: recognises its links, joins, and checks the way there."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial

from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.janus.check import Preflight
from visio_desktop.servers.janus.link import KIND, Address, parse_address, parse_link
from visio_desktop.servers.janus.place import ABLE, LEADING, Place
from visio_desktop.servers.janus.problems import refused
from visio_desktop.servers.janus.session import JanusSession, Surroundings
from visio_desktop.servers.janus.signal import Ids, Signal
from visio_desktop.servers.janus.words import Refusal
from visio_desktop.servers.port import JoinError, JoinRequest, RequestFailed, Session, SessionListener
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.tasks import Tasks


class JanusAdapter:
    """See `servers.port.AskingAdapter`.

    `host_addresses` are the addresses media may leave from, None for all. Of credentials the password is the room's
    PIN, the token one of the server's or the room's.
    """

    def __init__(
        self,
        web: Web | None = None,
        *,
        clock: Clock = monotonic_ms,
        epoch: Clock = epoch_ms,
        ids: Ids | None = None,
        host_addresses: tuple[str, ...] | None = None,
        network: Callable[[], NetworkOptions] | None = None,
    ) -> None:
        self._web = web or Web()
        self._clock = clock
        self._epoch = epoch
        self._ids = ids or partial(secrets.token_hex, 8)
        self._host_addresses = host_addresses
        self._written: dict[str, str] = {}
        self._network = network or partial(NetworkOptions, dialer=self._web.dialer)

    @property
    def kind(self) -> str:
        """See `ServerAdapter`."""
        return KIND

    @property
    def capabilities(self) -> Capability:
        """See `ServerAdapter`."""
        return ABLE | LEADING

    def recognise(self, text: str) -> MeetingLink | None:
        """See `ServerAdapter`."""
        return parse_link(text)

    async def identify(self, text: str) -> MeetingLink | None:
        """See `AskingAdapter`: there are no other links to a room than those of our form."""
        return parse_link(text)

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """See `ServerAdapter`."""
        place = _place(request)
        tasks = Tasks("janus")
        signal = Signal(self._web, ids=self._ids, tasks=tasks, secrets=place.api_secrets)
        around = Surroundings(self._clock, self._epoch, tasks, self._maker(place.address), self._written)
        async with AsyncExitStack() as on_failure:
            on_failure.push_async_callback(tasks.close)
            on_failure.push_async_callback(signal.close)
            try:
                await signal.connect(place.address.url, place.address.host)
                session = JanusSession(signal, place, listener, around)
                on_failure.push_async_callback(session.leave)
                await session.enter(request.name)
            except Refusal as error:
                raise refused(error, place.address.host, pin=request.credentials.password) from error
            except RequestFailed as error:
                raise JoinError(Problem(ProblemCode.SERVER_SILENT, place.address.host), str(error)) from error
            on_failure.pop_all()
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """See `ServerAdapter`."""
        place = _place(request)
        preflight = Preflight(
            place, web=self._web, clock=self._clock, ids=self._ids, make_peer=self._maker(place.address)
        )
        async for hop in preflight.run(unseen=request.unseen):
            yield hop

    def _maker(self, address: Address) -> Callable[[PeerListener], PeerConnection]:
        """Makes the connections to this server; one on this machine is reached over loopback."""
        here = None if address.secure else ("127.0.0.1",)
        options = PeerOptions(host_addresses=self._host_addresses or here, reuse_lines=True, network=self._network())
        return lambda listener: PeerConnection(options, listener)


def _place(request: JoinRequest) -> Place:
    address = parse_address(request.link.text)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, request.link.host))
    return Place(address, request.credentials)
