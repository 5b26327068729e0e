from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.clock_media import until
from tests.helpers.fakes import FakeInbound
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import Joined, ParticipantChanged
from visio_desktop.meeting.values import Capability, Participant, Source
from visio_desktop.rtc.frames import InboundStatistics
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.talk import showing as module
from visio_desktop.servers.talk.roster import Roster
from visio_desktop.servers.talk.showing import Showing
from visio_desktop.system.tasks import Tasks

ME = Joined(Participant("me", "Ada", is_me=True), "Tea", Capability.NONE, 0.0)
BOB = Fields({"sessionId": "b", "inCall": 7})


@pytest.fixture
def roster() -> Roster:
    return Roster()


@pytest.fixture
async def showing(roster: Roster, ear: SessionEar) -> AsyncIterator[Showing]:
    tasks = Tasks("test")
    made = Showing(roster, ear, tasks)
    made.tell(roster.listed([BOB], arriving=False))
    yield made
    await tasks.close()


async def test_nothing_is_told_before_we_are_in(showing: Showing, ear: SessionEar) -> None:
    assert ear.events == []
    showing.begin(ME)
    assert [type(event) for event in ear.events] == [Joined, ParticipantChanged]


async def test_a_stream_is_there_while_it_is_shown(showing: Showing, roster: Roster, ear: SessionEar) -> None:
    showing.begin(ME)
    camera, again = FakeInbound("1", is_video=True), FakeInbound("2", is_video=True)
    showing.tell(roster.said("b", "mute", Fields({"name": "video"})))
    showing.on_media("b", Source.CAMERA, camera)
    assert ear.streams == {}
    showing.tell(roster.said("b", "unmute", Fields({"name": "video"})))
    assert ear.streams == {"b:camera": camera}
    showing.on_media("b", Source.CAMERA, again)
    assert (ear.streams, ear.ended) == ({"b:camera": again}, ["b:camera"])
    showing.tell(roster.said("b", "mute", Fields({"name": "video"})))
    assert (ear.streams, ear.publications) == ({}, {})
    showing.tell(roster.said("b", "unmute", Fields({"name": "video"})))
    showing.on_media_ended("b", Source.CAMERA)
    assert ear.streams == {}
    assert ear.publication("", Source.CAMERA) is not None


async def test_a_screen_is_shown_when_it_comes_and_gone_with_whose_it_is(
    showing: Showing, roster: Roster, ear: SessionEar
) -> None:
    showing.begin(ME)
    screen = FakeInbound("1", is_video=True)
    showing.on_media("b", Source.SCREEN, screen)
    assert ear.streams == {"b:screen": screen}
    showing.on_media_ended("b", Source.SCREEN)
    assert (ear.streams, ear.publications) == ({}, {})
    showing.on_media("b", Source.SCREEN, screen)
    showing.tell(roster.gone("b"))
    assert ear.streams == {}


async def test_who_does_not_say_what_they_send_is_shown_once_there_is_something(
    showing: Showing, ear: SessionEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    showing.begin(ME)
    empty, full = FakeInbound("1", is_video=True), FakeInbound("2", is_video=False)
    monkeypatch.setattr(empty, "statistics", lambda: InboundStatistics(bytes_received=900))
    monkeypatch.setattr(full, "statistics", lambda: InboundStatistics(bytes_received=900))
    showing.on_media("b", Source.CAMERA, empty)
    showing.on_media("b", Source.MICROPHONE, full)
    await until(lambda: ear.streams == {"b:microphone": full}, "the sound alone")
