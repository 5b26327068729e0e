"""The one interface between the engine and every kind of server. Free of aiortc's types.

An adapter recognises links of its kind and joins; a session turns the server's words into `meeting.events`, hands out
received streams as the server starts them, and carries out what the engine asks. Everything runs on the engine's loop.

ServersError
 +-- JoinError      joining failed; `problem` says why in the meeting's terms
 |    +-- LinkAmbiguous  several kinds of server answer to the link; `candidates` are to choose from
 |    +-- NotSupported   the link is of a `kind` we have no adapter for
 +-- RequestFailed  the server refused what was asked of a session, or did not answer in time
 +-- SessionClosed  the session is over and cannot do what was asked
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from visio_desktop.meeting.events import ServerEvent
from visio_desktop.meeting.hops import Hop
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import Candidate, Capability, MeetingLink, Problem, ProblemCode, Source
from visio_desktop.rtc.frames import Codec, InboundStream, OutboundStream, SendLayer


class ServersError(Exception):
    """Base of this package's errors."""


class JoinError(ServersError):
    """Joining failed."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem.code.value} {problem.subject}: {detail}")
        self.problem = problem


class LinkAmbiguous(JoinError):  # noqa: N818 - reads as a finding
    """Several kinds of server answer to the link."""

    def __init__(self, candidates: tuple[Candidate, ...]) -> None:
        names = ", ".join(each.name for each in candidates)
        super().__init__(Problem(ProblemCode.LINK_AMBIGUOUS, names))
        self.candidates = candidates


class NotSupported(JoinError):  # noqa: N818 - as above
    """The link is of a kind that is known, and that we cannot join."""

    def __init__(self, kind: str, problem: Problem) -> None:
        super().__init__(problem)
        self.kind = kind


class RequestFailed(ServersError):  # noqa: N818 - reads as a finding
    """The server refused, or did not answer in time; the session goes on.

    `problem` says why where that is known, in the meeting's terms.
    """

    def __init__(self, detail: str, problem: Problem | None = None) -> None:
        super().__init__(detail)
        self.problem = problem


class SessionClosed(ServersError):  # noqa: N818 - reads as a state, like aiohttp's ClientConnectionClosed
    """The session is over."""


type Renew = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person or a script gave to be let in. Kept in memory only; `repr` shows no secret.

    `user` and `user_password` log in at the link's server, `password` is the room's or the meeting's.
    The API's key and secret are LiveKit's; who has a `room_secret` leads that room, and a `server_secret` is what a
    server's API asks of everybody, where there is such a thing: no server is told another kind's.
    With the `recovery_key` of an account of Matrix other programs trust this device; no server is told it.
    `cookies` stand for the account at the link's server, where there is one; what is renewed of them appears in them.
    `renew` tries that, unseen, once the server does not know them any more, and tells whether it did. `consents`: the
    person agrees to be recorded, where nobody gets in who does not.
    """

    token: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    api_secret: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    user: str = ""
    user_password: str = field(default="", repr=False)
    room_secret: str = field(default="", repr=False)
    server_secret: str = field(default="", repr=False)
    recovery_key: str = field(default="", repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    renew: Renew | None = field(default=None, repr=False, compare=False)
    consents: bool = False


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Everything an adapter needs to join.

    `unseen`, for `check` alone: nobody in the room is to see it; what only the room itself would show is left out.
    """

    link: MeetingLink
    name: str
    credentials: Credentials = Credentials()
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class PublishRequest:
    """A source to be sent: its codecs in order of preference, and for pictures the largest size and rate.

    Two `layers` or more, lowest first, are simulcast, for servers that take it. `stereo`: sound that is no plain voice.
    """

    source: Source
    codecs: tuple[Codec, ...]
    muted: bool = False
    width_px: int = 0
    height_px: int = 0
    fps: int = 0
    bitrate_bps: int = 0
    layers: tuple[SendLayer, ...] = ()
    stereo: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a publication is wanted: not at all, or at most in this size (0: whatever there is).

    `first`: before all other pictures of people, where there is not enough for all.
    """

    enabled: bool = True
    width_px: int = 0
    height_px: int = 0
    first: bool = False


class SessionListener(Protocol):
    """What the engine offers a session. Called on the engine's loop; nothing here blocks or raises."""

    def on_event(self, event: ServerEvent) -> None:
        """Something happened."""

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        """Media of a publication begins, or begins anew with another stream."""

    def on_stream_ended(self, publication_id: str) -> None:
        """Media of a publication ended."""

    def on_mark(self, name: str) -> None:
        """A moment the report keeps: `signalling_open` or `first_ice_connected`."""


class Session(Protocol):
    """A joined meeting. After `Dropped` was reported or `leave` returned, every call raises `SessionClosed`."""

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """Announce and negotiate a source; the stream takes encoded frames as soon as this returns."""

    async def unpublish(self, source: Source) -> None:
        """Take a source back; without one nothing happens."""

    async def set_muted(self, source: Source, muted: bool) -> None:
        """Tell the others; the engine has closed its own gate before."""

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """Which media the window shows; unknown publications are passed over."""

    async def send_chat(self, message_id: str, text: str) -> None:
        """Write to everybody."""

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """Raise or lower one's own hand; `at_ms` is epoch time."""

    async def request(self, request: Request) -> None:
        """Ask for something of this meeting. Raises `RequestFailed`; also for what this server cannot do."""

    async def leave(self) -> None:
        """Leave in order and release everything; may be called twice."""

    def network_changed(self) -> None:
        """Addresses or routes of this machine changed, or it slept: look whether the way still leads there."""

    def path(self) -> dict[str, str]:
        """How media goes now: `protocol`, `candidate` and `proxy`, as the report has them."""

    def capacity_bps(self) -> int | None:
        """What the way from us is thought to carry now; None while nothing is known of it."""


class ServerAdapter(Protocol):
    """One kind of server."""

    @property
    def kind(self) -> str:
        """The name of the kind, as `check --json` gives it."""

    @property
    def capabilities(self) -> Capability:
        """What this kind can do at best; `Joined` narrows it."""

    def recognise(self, text: str) -> MeetingLink | None:
        """The link if it is of this kind by its form alone, without any I/O. Raises `JoinError` where it nearly is."""

    async def join(self, request: JoinRequest, listener: SessionListener) -> Session:
        """Join; `Joined` has been reported when this returns. Raises `JoinError`. Every wait is bounded."""

    def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """Try each hop to this server, one after the other. Given up midway it leaves nothing behind."""


class AskingAdapter(ServerAdapter, Protocol):
    """A kind of server whose links are known by its answer alone."""

    async def identify(self, text: str) -> MeetingLink | None:
        """The link, if its server answers as one of this kind. Raises `JoinError` where it cannot be asked."""


@runtime_checkable
class BrowserLogins(Protocol):
    """What an adapter has beside whose links one may `logs_in_by_browser`: a login that is kept for the times after.

    `join` and `check` are as who is logged in, where the request's credentials name nobody else.
    """

    async def log_in(self, link: MeetingLink, opened: Callable[[str], None]) -> str:
        """Ask the link's server for a page to log in on, have it `opened`, wait for the person, keep the login.

        Answers the account's name. Raises `JoinError`. The wait is bounded by the page's life; it may be cancelled.
        """

    async def logged_in_as(self, link: MeetingLink) -> str:
        """The name of the account whose login at the link's server is kept, "" without one. Asks no server."""

    async def log_out(self, link: MeetingLink) -> None:
        """End that login there as far as the server can be reached, and forget it. Raises nothing."""
