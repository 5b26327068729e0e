"""What every adapter keeps to, whatever the server: `servers.port` as tests.

A kind of server joins in by a `Fixture` of its own and a subclass of `AdapterContract` in `test_adapters.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from functools import partial

import pytest

from tests.contract.house import CAMERA, LONG_S, MICROPHONE, SCREEN, Fixture, Foreigner, House, Person, in_touch
from tests.contract.requests import Requests, RequestsAlone
from tests.helpers.clock_media import all_see, until
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import (
    Dropped,
    HandChanged,
    Joined,
    MutedByServer,
    ParticipantLeft,
    PublicationGone,
)
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.requests import (
    MuteEveryone,
)
from visio_desktop.meeting.values import Capability, ProblemCode, Source
from visio_desktop.servers.port import JoinError, RequestFailed, Session, SessionClosed, Wanted

# The longest silence in which a server's death may go unnoticed where its connection breaks visibly.
CRASH_NOTICED_S = 3.0
# How long an adapter may try to mend what is broken. `LiveKitFixture` does so for a shorter time than people's.
GIVEN_UP_S = 15.0


GUESTS, ROUNDS = ("Bob", "Carol", "Dan"), 7
"""Three at once come, send, are met and go, seven times: many more is more than a busy machine of two cores can do."""
TONES = {"Ada": 440.0, "Bob": 550.0, "Carol": 660.0, "Dan": 880.0, "Zoe": 1_100.0}


async def all_meet(people: Mapping[str, Person | Foreigner]) -> None:
    """Everybody sees and hears everybody else, and nobody besides."""
    tones = {name: TONES[name] for name in people}
    await asyncio.gather(
        *(each.meets({name: hz for name, hz in tones.items() if name != me}) for me, each in people.items())
    )


async def assert_over(session: Session) -> None:
    """Every call says that it is over."""
    calls = [
        session.publish(CAMERA),
        session.unpublish(Source.CAMERA),
        session.set_muted(Source.CAMERA, muted=True),
        session.set_wanted("x", Wanted()),
        session.send_chat("m", "hello"),
        session.set_hand(raised=True, at_ms=1.0),
        session.request(MuteEveryone()),
    ]
    for call in calls:
        with pytest.raises(SessionClosed):
            await call
    await session.leave()


def only_where(fixture: Fixture, capability: Capability) -> None:
    """What holds only for a kind of server that can do this; one that cannot leaves the test out by its name."""
    assert capability in fixture.adapter().capabilities, f"no {capability.name} here"


class AloneContract(RequestsAlone):
    """What holds without anybody else. A subclass has a `fixture` fixture that gives a running server."""

    noticed_s = CRASH_NOTICED_S

    @pytest.fixture
    async def house(self, fixture: Fixture) -> AsyncIterator[House]:
        async with AsyncExitStack() as stack:
            yield House(fixture, stack)

    async def test_links(self, fixture: Fixture) -> None:
        adapter = fixture.adapter()
        link = fixture.request("Ada").link
        assert adapter.recognise(link.text) == link
        assert link.kind == adapter.kind
        assert adapter.recognise("mailto:ada@example.org") is None

    async def test_refusals(self, fixture: Fixture) -> None:
        found = {}
        for name, (request, _) in fixture.refusals().items():
            ear = SessionEar()
            with pytest.raises(JoinError) as caught:
                await fixture.adapter().join(request, ear)
            found[name] = caught.value.problem.code
            assert ear.events == []
        assert found == {name: code for name, (_, code) in fixture.refusals().items()}

    async def test_one_hears_of_ones_own_publications(self, house: House) -> None:
        only_where(house.fixture, Capability.PUBLISH)
        ada = await house.join("Ada")
        await ada.show()
        publication = ada.ear.publication("Ada", Source.CAMERA)
        assert publication is not None
        await ada.session.unpublish(Source.CAMERA)
        assert PublicationGone(publication.id) in ada.ear.events
        await ada.session.unpublish(Source.CAMERA)

    async def test_publishing_twice_is_refused(self, house: House) -> None:
        only_where(house.fixture, Capability.PUBLISH)
        ada = await house.join("Ada")
        await ada.show()
        with pytest.raises(RequestFailed):
            await ada.session.publish(CAMERA)

    async def test_check(self, fixture: Fixture) -> None:
        hops = [hop async for hop in fixture.adapter().check(fixture.request("Ada"))]
        assert hops[0].name == "link"
        assert all(hop.state is not HopState.FAILED for hop in hops), hops
        assert any(hop.state is HopState.PASSED for hop in hops[1:])

    async def test_after_leaving_nothing_works_and_nothing_runs(self, house: House) -> None:
        before = len(asyncio.all_tasks())
        ada = await house.join("Ada")
        await self._publish_if_possible(ada)
        await ada.session.leave()
        await assert_over(ada.session)
        assert ada.ear.dropped is None
        await until(lambda: len(asyncio.all_tasks()) <= before, "no task left")

    async def test_a_death_is_told_once_and_ends_the_session(self, house: House) -> None:
        ada = await house.join("Ada")
        await self._publish_if_possible(ada)
        await until(lambda: "first_ice_connected" in ada.ear.marks, "media")
        await house.fixture.crash()
        await until(lambda: ada.ear.is_disturbed, "noticed", timeout_s=self.noticed_s)
        await until(lambda: ada.ear.dropped is not None, "given up", timeout_s=GIVEN_UP_S)
        assert self.why(ada) == (ProblemCode.CONNECTION_LOST, True)
        assert sum(isinstance(e, Dropped) for e in ada.ear.events) == 1
        await assert_over(ada.session)

    @staticmethod
    async def _publish_if_possible(person: Person) -> None:
        if Capability.PUBLISH in person.offered:
            await person.session.publish(MICROPHONE)

    @staticmethod
    def why(person: Person) -> tuple[ProblemCode, bool]:
        """Why somebody was dropped, and whether coming back is worth trying."""
        dropped = person.ear.dropped
        assert dropped is not None
        return dropped.problem.code, dropped.may_retry


class AdapterContract(Requests, AloneContract):
    """All of it, for servers where people meet."""

    @pytest.fixture
    async def foreigner(self) -> Foreigner | None:
        """Somebody with another client; a kind of server that has one gives it in its subclass."""
        return None

    async def test_joining(self, house: House) -> None:
        ada = await house.join("Ada")
        first = ada.ear.events[0]
        assert isinstance(first, Joined)
        assert first.me.is_me
        assert first.me.name == "Ada"
        assert first.capabilities in house.fixture.adapter().capabilities
        assert ada.ear.marks[0] == "signalling_open"
        bob = await house.join("Bob")
        assert bob.ear.others == ["Ada"]
        await until(lambda: ada.ear.others == ["Bob"], "Bob seen by Ada")
        await until(lambda: ada.ear.marks == ["signalling_open", "first_ice_connected"], "media connected")
        assert ada.session.path()["protocol"] == "udp"

    async def test_publishing_again_and_a_second_picture(self, house: House) -> None:
        only_where(house.fixture, Capability.SCREEN_SHARE)
        ada, bob = await house.join("Ada"), await house.join("Bob")
        for _ in range(2):
            camera, screen = await ada.show(), await ada.show(SCREEN)
            views = [await bob.view("Ada"), await bob.view("Ada", Source.SCREEN)]
            await until(all_see(views, 3), "camera and screen")
            for sent, source in ((camera, Source.CAMERA), (screen, Source.SCREEN)):
                sent.task.cancel()
                await ada.session.unpublish(source)
            await until(lambda: bob.ear.publication("Ada", Source.CAMERA) is None, "the camera gone")
            await until(lambda: bob.ear.publication("Ada", Source.SCREEN) is None, "the screen gone")
            assert not bob.ear.streams

    async def test_what_is_not_wanted_does_not_come(self, house: House) -> None:
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.show()
        view = await bob.view("Ada")
        await until(lambda: len(view.codes) >= 3, "pictures")
        publication = await bob.publication("Ada", Source.CAMERA)
        await bob.session.set_wanted("nobody's", Wanted(enabled=False))
        await bob.session.set_wanted(publication, Wanted(enabled=False))
        await asyncio.sleep(0.5)
        seen = view.frames
        await asyncio.sleep(0.6)
        assert view.frames - seen <= 1
        await bob.session.set_wanted(publication, Wanted(width_px=320, height_px=180))
        await until(lambda: view.frames > seen + 5, "pictures again")

    async def test_muting_is_seen(self, house: House) -> None:
        only_where(house.fixture, Capability.PUBLISH)
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.say(440)
        publication = await bob.publication("Ada", Source.MICROPHONE)
        for muted in (True, False):
            await ada.session.set_muted(Source.MICROPHONE, muted=muted)
            told = partial(lambda muted: bob.ear.publications[publication].muted is muted, muted)
            await until(told, f"muted {muted}")
            own = ada.ear.publication("Ada", Source.MICROPHONE)
            assert own is not None
            assert own.muted is muted
        await ada.session.set_muted(Source.SCREEN, muted=True)

    async def test_a_moderator_mutes(self, house: House) -> None:
        ada = await house.join("Ada")
        await ada.say(440)
        own = ada.ear.publication("Ada", Source.MICROPHONE)
        assert own is not None
        await house.fixture.mute(ada.ear.me.id, own.id)
        await until(lambda: MutedByServer(Source.MICROPHONE) in ada.ear.events, "muted")
        assert ada.ear.publications[own.id].muted

    async def test_chat(self, house: House) -> None:
        only_where(house.fixture, Capability.CHAT)
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await in_touch(ada, bob)
        texts = ["tea?", "with milk ☕", "x" * 2_000]
        for number, text in enumerate(texts):
            await ada.session.send_chat(f"m{number}", text)
        await until(lambda: len(bob.ear.chat) == 3, "three lines")
        assert [m.text for m in bob.ear.chat] == texts
        assert {(m.sender_name, m.sender_id, m.is_mine) for m in bob.ear.chat} == {("Ada", ada.ear.me.id, False)}
        assert [(m.id, m.is_mine) for m in ada.ear.chat] == [("m0", True), ("m1", True), ("m2", True)]
        assert len({m.id for m in bob.ear.chat}) == 3
        with pytest.raises(RequestFailed):
            await ada.session.send_chat("long", "x" * 1_000_000)

    async def test_hands(self, house: House) -> None:
        only_where(house.fixture, Capability.HAND)
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.session.set_hand(raised=True, at_ms=1_795_325_606_000)
        raised = HandChanged(ada.ear.me.id, 1_795_325_606_000)
        await until(lambda: raised in bob.ear.events and raised in ada.ear.events, "hand up")
        carol = await house.join("Carol")
        await until(lambda: raised in carol.ear.events, "hand up for those who come later")
        await ada.session.set_hand(raised=False, at_ms=0)
        await until(lambda: HandChanged(ada.ear.me.id, None) in bob.ear.events, "hand down")

    async def test_twenty_come_and_go_with_media_on_every_track(
        self, house: House, foreigner: Foreigner | None
    ) -> None:
        """Everybody sees and hears everybody, each time: those who stay, those who come, and another client."""
        only_where(house.fixture, Capability.PUBLISH | Capability.SUBSCRIBE)
        ada = await house.join("Ada")
        staying: dict[str, Person | Foreigner] = {"Ada": ada}
        await ada.show()
        await ada.say(TONES["Ada"])
        if foreigner is not None:
            staying["Zoe"] = foreigner
            await foreigner.come("Zoe", TONES["Zoe"])
        for _ in range(ROUNDS):
            guests = dict(zip(GUESTS, await asyncio.gather(*map(house.join, GUESTS)), strict=True))
            await asyncio.gather(*(guest.show() for guest in guests.values()))
            await asyncio.gather(*(guest.say(TONES[name]) for name, guest in guests.items()))
            await all_meet(staying | guests)
            await asyncio.gather(*(guest.go() for guest in guests.values()))
            await all_meet(staying)
        assert sum(isinstance(e, ParticipantLeft) for e in ada.ear.events) == ROUNDS * len(GUESTS)
        if foreigner is not None:
            await foreigner.go()
            await until(lambda: ada.ear.others == [], "nobody left", timeout_s=LONG_S)
        await until(lambda: not ada.ear.streams, "no stream left")

    async def test_leaving(self, house: House) -> None:
        before = len(asyncio.all_tasks())
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.say(440)
        await bob.publication("Ada", Source.MICROPHONE)
        await ada.session.leave()
        await assert_over(ada.session)
        await until(lambda: bob.ear.others == [], "Ada gone")
        assert bob.ear.dropped is None
        assert ada.ear.dropped is None
        await bob.session.leave()
        await until(lambda: len(asyncio.all_tasks()) <= before + 1, "no task left but the tone's")

    async def test_being_removed(self, house: House) -> None:
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await house.fixture.remove(ada.ear.me.id)
        await until(lambda: ada.ear.dropped is not None, "removed")
        assert self.why(ada) == (ProblemCode.REMOVED, False)
        await assert_over(ada.session)
        await until(lambda: bob.ear.others == [], "Ada gone")

    async def test_the_meeting_ends(self, house: House) -> None:
        ada = await house.join("Ada")
        # Whoever is not quite in yet LiveKit just hangs up on, without a word.
        await until(lambda: "first_ice_connected" in ada.ear.marks, "media")
        await house.fixture.end()
        await until(lambda: ada.ear.dropped is not None, "ended")
        assert self.why(ada) == (ProblemCode.ROOM_ENDED, False)

    async def test_a_death_is_told_once_and_ends_the_session(self, house: House) -> None:
        await super().test_a_death_is_told_once_and_ends_the_session(house)
        with pytest.raises(JoinError):
            await house.join("Bob")

    async def test_coming_back_as_oneself(self, fixture: Fixture, house: House) -> None:
        bob = await house.join("Bob")
        adapter, ear = fixture.adapter(), SessionEar()
        for _ in range(2):
            session = await adapter.join(fixture.request("Ada"), ear)
            await session.publish(MICROPHONE)
            await until(lambda: bob.ear.others == ["Ada"], "Ada there, once")
            await session.leave()
            await until(lambda: bob.ear.others == [], "Ada gone")

    async def test_check_names_the_hop_that_fails(self, fixture: Fixture) -> None:
        request = fixture.request("Ada")
        await fixture.crash()
        hops = [hop async for hop in fixture.adapter().check(request)]
        failed = [hop for hop in hops if hop.state is HopState.FAILED]
        assert len(failed) == 1
        assert failed[0].problem is not None
        after = hops[hops.index(failed[0]) + 1 :]
        assert {hop.state for hop in after} <= {HopState.SKIPPED}
