"""A call of a Matrix room through LiveKit: each seals with a key of their own, and only those in the call have it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, until
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.matrix_keys import KeyServer, Party, meet, party
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import stream_of
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.livekit.adapter import LiveKitAdapter, Ticket
from visio_desktop.servers.livekit.encryption import ParticipantKeys
from visio_desktop.servers.livekit.link import parse_address
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.keys import FrameKey
from visio_desktop.servers.port import PublishRequest
from visio_desktop.system.tasks import Tasks

CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=320, height_px=180, fps=15, bitrate_bps=600_000)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


@pytest.fixture(scope="module")
def livekit() -> Iterator[LiveKitServer]:
    with LiveKitServer("1.13.5") as running:
        yield running


@dataclass(slots=True)
class Caller:
    """Somebody at LiveKit, with whatever keys their device was given."""

    party: Party
    keys: ParticipantKeys
    session: LiveKitSession
    ear: SessionEar = field(default_factory=SessionEar)

    @property
    def name(self) -> str:
        return self.party.me.identity


class Calls:
    """Callers in one room of LiveKit, left at the end."""

    def __init__(self, livekit: LiveKitServer) -> None:
        self.server = KeyServer()
        self._livekit = livekit
        self.open = AsyncExitStack()

    async def call(self, user: str, room: str) -> Caller:
        """One more of ours: at LiveKit, with nobody's keys yet."""
        who = await party(self.server, user)
        keys, ear = ParticipantKeys(who.me.identity), SessionEar()
        address = parse_address(self._livekit.link(room))
        assert address is not None
        token = self._livekit.token(room, who.me.identity)
        session = await LiveKitAdapter().enter(Ticket(address, token, keep_token=lambda _: None, keys=keys), ear)
        self.open.push_async_callback(session.leave)
        self.open.push_async_callback(who.keeper.close)
        # What the keeper tells from here on goes to the frames as it does in the program.
        who.heard = _Heard(keys)
        return Caller(who, keys, session, ear)


class _Heard(list[FrameKey]):
    def __init__(self, keys: ParticipantKeys) -> None:
        super().__init__()
        self._keys = keys

    def append(self, key: FrameKey) -> None:
        super().append(key)
        self._keys.use(key.identity, key.index, key.material)


@pytest.fixture
async def calls(livekit: LiveKitServer) -> AsyncIterator[Calls]:
    made = Calls(livekit)
    async with made.open:
        yield made


def is_shown(viewer: Caller, sender: Caller) -> bool | None:
    """Whether somebody's pictures can be opened; None before that is known, or where they are not encrypted."""
    shown = viewer.ear.publication(sender.name, Source.CAMERA)
    return None if shown is None else shown.encrypted


async def test_who_has_left_or_never_was_in_the_call_sees_nothing(
    livekit: LiveKitServer, calls: Calls, tasks: Tasks
) -> None:
    ada, carol, eve = [await calls.call(user, "call") for user in ("ada", "carol", "eve")]
    # Bob's device keeps his keys as ours do, and calls as Element Call does, with LiveKit's own client.
    bob = await party(calls.server, "bob")
    bob_id = bob.me.identity
    async with ChromiumPeer({"each_own_key": 1}) as chromium:
        await meet(ada.party, bob, carol.party)
        for key in bob.heard:
            await chromium.use_key(key.identity, key.index, key.material)
        await chromium.join(livekit.url, livekit.token("call", bob_id))
        ClockCamera(await ada.session.publish(CAMERA), tasks)
        ToneMicrophone(await ada.session.publish(MICROPHONE), tasks, hz=440)
        await chromium.publish_camera(width=320, height=180, fps=15)
        await chromium.publish_tone(660)
        bobs = ClockViewer(await stream_of(ada.ear, bob_id))
        tone = ToneListener(await stream_of(ada.ear, bob_id, Source.MICROPHONE))
        carols = ClockViewer(await stream_of(carol.ear, ada.name))
        unseen: list[EncodedFrame] = []
        (await stream_of(eve.ear, ada.name)).on_frame(unseen.append)
        await until(lambda: len(bobs.codes) >= 10 and len(carols.codes) >= 10, "pictures for those in the call")
        await until(lambda: abs(tone.hz - 660) < 12, "Bob's tone")
        await chromium.until(lambda s: s.sees(ada.name, codes=10) and s.hears(ada.name, 440))
        await until(lambda: is_shown(eve, ada) is False, "frames for the one without keys")
        assert all(publication.encrypted for publication in ada.ear.publications.values())

        # Carol hangs up in the room, and listens on at LiveKit with the keys she has.
        first = {each.me.identity: each.last(each) for each in (ada.party, bob)}
        bob.heard.clear()
        await meet(ada.party, bob)
        await until(lambda: ada.party.last(ada.party) != first[ada.name] and len(bob.heard) >= 2, "new keys")
        for key in bob.heard:
            assert key != first[key.identity]
            await chromium.use_key(key.identity, key.index, key.material)
        await until(lambda: is_shown(carol, ada) is False, "nothing that opens for who left")
        frames, codes = carols.frames, len(bobs.codes)
        shown = (await chromium.state()).publication(ada.name, "camera") or {}
        await until(lambda: len(bobs.codes) >= codes + 10, "Bob's pictures after the change of keys")
        await chromium.until(lambda s: s.sees(ada.name, codes=shown["codes"] + 10))
        assert carols.frames == frames
        assert unseen == []
