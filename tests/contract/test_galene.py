"""The contract of `servers.port`, kept by Galene's adapter against a server of our own that speaks its protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from tests.contract import suite
from tests.contract.galene_fixture import GaleneFixture, groups
from tests.contract.hostile import HostileContract
from tests.contract.house import House, Person
from tests.contract.suite import AdapterContract
from tests.helpers.clock_media import until
from tests.helpers.galene_peer import galene_peer
from visio_desktop.meeting.events import Joined, PublicationGone
from visio_desktop.meeting.values import Source
from visio_desktop.servers.port import Wanted


class TestGalene(HostileContract, AdapterContract):
    test_another_name_is_told = None  # type: ignore[assignment]
    test_reactions_are_seen = None  # type: ignore[assignment]
    test_an_edited_line_replaces_the_first = None  # type: ignore[assignment]
    test_the_meeting_ends = None  # type: ignore[assignment]
    patience: ClassVar = {
        "galene.status.STATUS_TIMEOUT_S": 2.0,
        "galene.signal.OPEN_TIMEOUT_S": 2.0,
        "galene.entrance.ENTRY_TIMEOUT_S": 2.0,
    }

    @pytest.fixture
    async def fixture(self) -> AsyncIterator[GaleneFixture]:
        async with galene_peer(*groups()) as server:
            yield GaleneFixture(server)

    @pytest.fixture(autouse=True)
    def _fewer_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """All connections, the server's too, are in this process: twenty come and go by twos."""
        monkeypatch.setattr(suite, "GUESTS", ("Bob", "Carol"))
        monkeypatch.setattr(suite, "ROUNDS", 10)

    async def test_joining(self, house: House) -> None:
        """As everywhere, but that there is no connection before somebody sends."""
        ada = await house.join("Ada")
        first = ada.ear.events[0]
        assert isinstance(first, Joined)
        assert (first.me.name, first.me.is_me, first.title) == ("Ada", True, "Tea room")
        assert first.capabilities in house.fixture.adapter().capabilities
        assert ada.ear.marks == ["signalling_open"]
        bob = await house.join("Bob")
        assert bob.ear.others == ["Ada"]
        await until(lambda: ada.ear.others == ["Bob"], "Bob seen by Ada")
        assert ada.session.path()["protocol"] == ""
        await ada.show()
        await until(lambda: ada.ear.marks == ["signalling_open", "first_ice_connected"], "media connected")
        assert ada.session.path()["protocol"] == "udp"

    async def test_what_is_not_wanted_does_not_come(self, house: House) -> None:
        """As everywhere, but that what is wanted again comes as another stream; the rest of a stream goes on."""
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.show()
        view = await bob.view("Ada")
        await until(lambda: len(view.codes) >= 3, "pictures")
        publication = await bob.publication("Ada", Source.CAMERA)
        await bob.session.set_wanted("nobody's", Wanted(enabled=False))
        for alone in (True, False):
            await bob.session.set_wanted(publication, Wanted(enabled=False))
            await until(lambda: bob.ear.stream("Ada", Source.CAMERA) is None, "no pictures")
            assert publication in bob.ear.publications
            assert (bob.ear.stream("Ada", Source.MICROPHONE) is None) is alone
            if alone:
                await ada.say(440)
            await self.hears(bob, "Ada", 440)
            await bob.session.set_wanted(publication, Wanted(width_px=320, height_px=180))
            await self.sees(bob, "Ada")
        assert [e for e in bob.ear.events if isinstance(e, PublicationGone)] == []

    @staticmethod
    async def hears(person: Person, name: str, hz: float) -> None:
        """Wait until somebody's tone is heard."""
        listener = await person.listen(name)
        await until(lambda: abs(listener.hz - hz) < 12, f"a tone of {hz:g} Hz")

    @staticmethod
    async def sees(person: Person, name: str) -> None:
        """Wait until somebody is seen, by what comes now."""
        view = await person.view(name)
        await until(lambda: len(view.codes) >= 3, f"pictures of {name}")
