"""The practice meeting through the real path: child process, packets, DTLS-SRTP, decoders."""

import psutil

from tests.helpers.engines import running_engine
from tests.helpers.sinks import CountingSink
from tests.helpers.watching import Watcher
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.intents import AskServer, Join, Leave, OpenLink, SendChat, SetSourceOn, ShowCaptions
from visio_desktop.meeting.requests import LowerHand, MuteOther, React, RemovePerson, Rename
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.state import Ending, Page
from visio_desktop.meeting.values import Role, Source

EVERYBODY = 5


def join(engine: Engine, watcher: Watcher) -> None:
    engine.post(OpenLink("practice:"))
    watcher.wait_for(lambda m: m.page is Page.PREJOIN)
    engine.post(Join())
    watcher.wait_for(lambda m: m.page is Page.ROOM)


def test_four_people_are_seen_and_heard_and_leaving_leaves_nothing_running() -> None:
    before = {child.pid for child in psutil.Process().children()}
    with running_engine() as (engine, watcher):
        join(engine, watcher)
        meeting = watcher.wait_for(
            lambda m: len(m.participants) == EVERYBODY and all(p.publication(Source.CAMERA) for p in m.participants)
        )
        sinks: dict[str, CountingSink] = {}
        for person in meeting.participants[1:]:
            camera = person.publication(Source.CAMERA)
            assert camera is not None
            sinks[person.name] = CountingSink()
            engine.attach(camera.id, sinks[person.name])
        for name, sink in sinks.items():
            assert sink.wait_for(60), name
            assert sink.latest is not None
            assert (sink.latest.width_px, sink.latest.height_px) == (640, 360)
        report = Report(Marks())
        engine.fill(report)
        voices = [row for row in report.subscriptions if row.source == "microphone"]
        assert any((row.playout_delay_ms or 0) > 0 for row in voices)
        assert {row.source for row in report.publications} == {"microphone", "camera"}
        engine.post(Leave())
        watcher.wait_for(lambda m: m.page is Page.ENDED and m.ending is Ending.LEFT)
    assert {child.pid for child in psutil.Process().children()} <= before


def test_what_one_writes_is_answered() -> None:
    with running_engine(on=False) as (engine, watcher):
        join(engine, watcher)
        engine.post(SendChat("anybody there?"))
        meeting = watcher.wait_for(lambda m: any("anybody there?" in line.text for line in m.chat if not line.is_mine))
        mine = [line for line in meeting.chat if line.is_mine]
        assert [(line.text, line.pending, line.failed) for line in mine] == [("anybody there?", False, False)]


def test_slides_are_shared_somebody_raises_a_hand_and_who_leads_uses_all_of_the_room() -> None:
    with running_engine(on=False) as (engine, watcher):
        join(engine, watcher)
        meeting = watcher.wait_for(lambda m: m.focus is not None)
        assert meeting.focus is not None
        assert meeting.focus.source is Source.SCREEN
        sink = CountingSink()
        engine.attach(meeting.focus.id, sink)
        assert sink.wait_for(5)
        watcher.wait_for(lambda m: len(m.participants) == EVERYBODY and bool(m.raised_hands))
        engine.post(ShowCaptions(on=True))
        for request in (
            React(Emoji.PARTY_POPPER),
            Rename("Odile O."),
            LowerHand("chloe"),
            MuteOther("bruno"),
            RemovePerson("dmitri"),
        ):
            engine.post(AskServer(request))
        meeting = watcher.wait_for(
            lambda m: (
                not m.raised_hands
                and m.participant("dmitri") is None
                and (bruno := m.participant("bruno")) is not None
                and not bruno.microphone_open
                and any(r.participant_id == "chloe" for r in m.room.reactions)
                and any(caption.final for caption in m.room.captions)
            )
        )
        assert meeting.me is not None
        assert (meeting.me.name, meeting.me.role) == ("Odile O.", Role.OWNER)
        mine = [r.emoji for r in meeting.room.reactions if r.participant_id == meeting.me.id]
        assert mine == [Emoji.PARTY_POPPER]


def test_turning_on_later_is_sent_and_off_again_is_not() -> None:
    with running_engine(on=False) as (engine, watcher):
        join(engine, watcher)
        engine.post(SetSourceOn(Source.CAMERA, on=True))
        watcher.wait_for(lambda m: m.me is not None and m.me.publication(Source.CAMERA) is not None)
        engine.post(SetSourceOn(Source.CAMERA, on=False))
        watcher.wait_for(lambda m: bool(m.me and (camera := m.me.publication(Source.CAMERA)) and camera.muted))


def test_a_meeting_whose_server_dies_comes_back_by_itself() -> None:
    with running_engine() as (engine, watcher):
        join(engine, watcher)
        for child in psutil.Process().children():
            if "visio_desktop.practice" in " ".join(child.cmdline()):
                child.kill()
        watcher.wait_for(lambda m: m.reconnecting)
        meeting = watcher.wait_for(lambda m: not m.reconnecting and m.page is Page.ROOM and len(m.participants) > 1)
        assert meeting.microphone_on
        watcher.wait_for(lambda m: m.me is not None and m.me.publication(Source.MICROPHONE) is not None)
