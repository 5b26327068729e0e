"""La Suite Meet as organisations run it: over https, with an older LiveKit, with rooms nobody registered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from tests.helpers.clock_media import ClockCamera, ClockViewer, until
from tests.helpers.lasuite import ContractServer, Options
from tests.helpers.lasuite.ours import Ours, adapter, ours, request
from tests.helpers.livekit_server import VERSIONS
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    HandChanged,
    InvitationChanged,
    Joined,
    RulesChanged,
    WaitingChanged,
)
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.requests import Admit, LowerHand, SetRules, StartCaptions, StartRecording
from visio_desktop.meeting.rooms import Access, RecordingKind, Rules
from visio_desktop.meeting.values import Capability, ProblemCode, Role, Source
from visio_desktop.net import Web
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import no_proxy
from visio_desktop.net.trust import trusting
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import JoinError, PublishRequest, RequestFailed
from visio_desktop.system.tasks import Tasks

CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=320, height_px=180, fps=15, bitrate_bps=600_000)


async def test_over_https_a_session_changes_things_and_a_guest_is_let_in(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    room, web = "res-tric-aaa", Web(Dialer(no_proxy, context=trusting(authority.file)))
    with ContractServer(tls=authority.serving("127.0.0.1")) as server:
        async with ours(server, room, "Odile", user="owner", by=adapter(web)) as odile:
            await odile.session.request(SetRules(Rules(Access.RESTRICTED, everyone_mutes=False)))
            await odile.hears(RulesChanged, lambda r: not r.rules.everyone_mutes)
            async with asyncio.TaskGroup() as group:
                visit = group.create_task(be_there(server, room, web))
                knocked = await odile.hears(WaitingChanged, lambda w: len(w.waiting) == 1)
                await odile.session.request(Admit(knocked.waiting[0].id, allowed=True))
            assert visit.result() == knocked.waiting[0].id
        with pytest.raises(JoinError) as refused:
            await adapter().join(request(server, room, "Ada"), odile.ear)
        assert refused.value.problem.code is ProblemCode.TLS_UNTRUSTED


async def be_there(server: ContractServer, room: str, web: Web) -> str:
    async with ours(server, room, "Gus", by=adapter(web)) as gus:
        await gus.session.set_hand(raised=True, at_ms=0)
        await gus.hears(HandChanged)
        return gus.me.id


async def test_a_session_that_ends_takes_no_more_than_it_gave(tmp_path: Path) -> None:
    with ContractServer() as server:
        async with ours(server, "pub-lica-aaa", "Odile", user="owner") as odile:
            server.expire("owner")
            with pytest.raises(RequestFailed) as refused:
                await odile.session.request(LowerHand("owner-sub"))
            assert refused.value.problem is not None
            assert refused.value.problem.code is ProblemCode.LOGIN_EXPIRED
            await odile.session.set_hand(raised=True, at_ms=0)
            await odile.hears(HandChanged)
            await odile.session.send_chat("m", "still here")


async def test_a_room_that_nobody_registered() -> None:
    with ContractServer(options=Options(unregistered_rooms=True)) as server:
        async with ours(server, "any-name-here", "Ada") as ada, ours(server, "any-name-here", "Ben") as ben:
            (joined,) = ada.heard(Joined)
            assert joined.title == "any-name-here"
            assert not joined.capabilities & (Capability.HAND | Capability.RENAME | Capability.CAPTIONS)
            await until(lambda: ben.ear.others == ["Ada"], "Ada")
            with pytest.raises(RequestFailed):
                await ada.session.set_hand(raised=True, at_ms=0)
            assert ada.me.role is Role.MEMBER
            assert not ada.heard(CapabilitiesChanged)


async def test_what_the_server_lacks_is_not_offered() -> None:
    lacking = Options(subtitles=False, recording="off", telephony=False, diagnostics=False)
    with ContractServer(options=lacking) as server:
        async with ours(server, "pub-lica-aaa", "Odile", user="owner") as odile:
            (joined,) = odile.heard(Joined)
            missing = Capability.CAPTIONS | Capability.RECORD | Capability.TRANSCRIBE | Capability.REQUEST_RECORDING
            assert not joined.capabilities & missing
            assert Capability.ROLES in joined.capabilities
            invitation = (await odile.hears(InvitationChanged)).invitation
            assert (invitation.phone, invitation.pin) == ("", "")
            for request_of_theirs in (StartCaptions(), StartRecording(RecordingKind.SCREEN)):
                with pytest.raises(RequestFailed):
                    await odile.session.request(request_of_theirs)
        hops = [hop async for hop in adapter().check(request(server, "pub-lica-aaa", "Ada"))]
        assert not [hop for hop in hops if hop.state is HopState.FAILED]


async def test_with_an_older_livekit_pictures_and_words_get_through() -> None:
    tasks = Tasks("test")
    with ContractServer(VERSIONS[-1]) as server:
        async with ours(server, "pub-lica-aaa", "Ada") as ada, ours(server, "pub-lica-aaa", "Ben") as ben:
            ClockCamera(await ada.session.publish(CAMERA), tasks)
            viewer = await view(ben, "Ada")
            await until(lambda: len(viewer.codes) >= 10, "10 pictures")
            await ada.session.set_hand(raised=True, at_ms=0)
            await ben.hears(HandChanged, lambda h: h.participant_id == ada.me.id and h.raised_at_ms is not None)
            await ada.session.send_chat("m", "hello")
            await until(lambda: [line.text for line in ben.ear.chat] == ["hello"], "the line")
            await tasks.close()


async def view(person: Ours, name: str) -> ClockViewer:
    await until(lambda: person.ear.stream(name, Source.CAMERA) is not None, f"{name}'s camera")
    stream = person.ear.stream(name, Source.CAMERA)
    assert stream is not None
    return ClockViewer(stream)
