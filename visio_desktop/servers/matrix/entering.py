"""From a room one is in to a session of its call: which media server, as whom, encrypted how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.livekit.adapter import Ticket
from visio_desktop.servers.livekit.dialect import Dialect
from visio_desktop.servers.livekit.encryption import ParticipantKeys
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.api import Api, ApiError
from visio_desktop.servers.matrix.config import CallConfig
from visio_desktop.servers.matrix.dialect import MatrixDialect
from visio_desktop.servers.matrix.focus import Pass, Turnstile
from visio_desktop.servers.matrix.keys import DeviceTaken, FrameKey, KeyPlace, Keys, KeysError
from visio_desktop.servers.matrix.link import CallLink
from visio_desktop.servers.matrix.means import KeyMeans
from visio_desktop.servers.matrix.membership import foci
from visio_desktop.servers.matrix.place import Place
from visio_desktop.servers.matrix.room import Room
from visio_desktop.servers.matrix.serial import SerialKeys
from visio_desktop.servers.matrix.session import MatrixSession, Surroundings
from visio_desktop.servers.matrix.standing import Standing
from visio_desktop.servers.matrix.syncing import Syncing
from visio_desktop.servers.matrix.words import Synced
from visio_desktop.servers.port import JoinError, SessionListener
from visio_desktop.system.clock import Clock

type EnterLiveKit = Callable[[Ticket, SessionListener, Dialect | None], Awaitable[LiveKitSession]]
"""`LiveKitAdapter.enter`."""


class FrameKeys:
    """A `KeyListener` that gives keys to whoever seals and opens frames, on every media server."""

    def __init__(self, me: str) -> None:
        self.rings = ParticipantKeys(me)

    def on_frame_key(self, key: FrameKey) -> None:
        """See `KeyListener`."""
        self.rings.use(key.identity, key.index, key.material)


@dataclass(frozen=True, slots=True)
class Means:
    """What entering is handed: epoch time (ms), ids, LiveKit.

    `keys` says, once an encrypted room asks for it, how keys are kept, None where they cannot be; `browser`, whether a
    web browser may be offered then.
    """

    epoch: Clock
    ids: Callable[[], str]
    livekit: EnterLiveKit
    keys: Callable[[], KeyMeans | None] = lambda: None
    recovery_key: str = field(default="", repr=False)
    browser: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Inside:
    """Where one stands once the room let one in."""

    api: Api
    account: Account
    link: CallLink
    config: CallConfig
    turnstile: Turnstile
    syncing: Syncing
    room_id: str


async def enter_call(
    inside: Inside, means: Means, synced: Synced, preferred: str, passphrase: str, listener: SessionListener
) -> MatrixSession:
    """Enter the call of a room. `preferred` is the media server the homeserver names, "" without one.

    Raises `JoinError`, `ApiError`; nothing but the api is left open then.
    """
    room = Room(inside.room_id)
    room.know(synced)
    members = room.members(means.epoch())
    oldest = next(iter(foci(members).values()), "")
    focus = (oldest if inside.config.follows_oldest else "") or preferred or oldest
    host = inside.api.host
    if not focus:
        raise JoinError(Problem(ProblemCode.CALLS_MISSING, host))
    key_means = means.keys() if room.is_encrypted else None
    if room.is_encrypted and not passphrase and key_means is None:
        page = inside.link.text if inside.link.secure and means.browser() else ""
        raise JoinError(Problem(ProblemCode.KEYS_MISSING, host, page))
    own = await inside.turnstile.pass_for(focus, publishing=True)
    frames = FrameKeys(inside.account.device.identity)
    keys = None if key_means is None else await _keys(inside, key_means, frames, synced, means.recovery_key)
    each = frames.rings if keys is not None and not passphrase else None

    async def join(way: Pass, ear: SessionListener) -> LiveKitSession:
        ticket = Ticket(way.address, way.token, keep_token=_keep_nothing, passphrase=passphrase, keys=each)
        return await means.livekit(ticket, ear, MatrixDialect())

    async def watch(focus: str, ear: SessionListener) -> LiveKitSession:
        return await join(await inside.turnstile.pass_for(focus, publishing=False), ear)

    standing = _standing(inside, room, preferred or focus, means.epoch)
    place = Place(
        inside.api,
        inside.account,
        room,
        inside.link.shown,
        focus,
        inside.turnstile,
        standing,
        inside.syncing,
        synced.timeline,
        keys,
    )
    session = MatrixSession(place, listener, Surroundings(means.epoch, means.ids, watch))
    async with AsyncExitStack() as on_failure:
        on_failure.push_async_callback(session.leave)
        await session.begin(await join(own, session.ear))
        on_failure.pop_all()
    return session


def _standing(inside: Inside, room: Room, focus: str, epoch: Clock) -> Standing:
    return Standing(
        inside.api,
        inside.account.device,
        room.id,
        focus,
        follows_oldest=inside.config.follows_oldest,
        leave_ms=inside.config.leave_ms,
        clock=epoch,
        room_version=room.version,
    )


async def _keys(inside: Inside, means: KeyMeans, frames: FrameKeys, synced: Synced, recovery_key: str) -> Keys:
    """Whoever keeps the keys of our device, with what came for it before we did. Raises `JoinError`, `ApiError`."""
    place = KeyPlace(inside.account.device, inside.room_id, inside.account.pickle_key)
    keys = SerialKeys(await means.make(place, inside.api, means.store, frames))
    try:
        await keys.begin()
        await keys.take(synced.keys)
        if recovery_key:
            await keys.vouch(recovery_key)
    except KeysError as error:
        await keys.close()
        code = ProblemCode.LOGIN_EXPIRED if isinstance(error, DeviceTaken) else ProblemCode.RECOVERY_KEY_REFUSED
        raise JoinError(Problem(code, inside.api.host), str(error)) from error
    except ApiError:
        await keys.close()
        raise
    return keys


def _keep_nothing(_token: str) -> None:
    """Who comes back asks for a new pass."""
