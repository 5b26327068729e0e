from __future__ import annotations

import pytest

from tests.contract.house import CAMERA, MICROPHONE, SCREEN
from tests.helpers.clock_media import ClockCamera, ClockViewer, until
from tests.helpers.galene_people import Member, Tea
from visio_desktop.meeting.events import PublicationGone
from visio_desktop.meeting.values import Source
from visio_desktop.servers.galene import stream as streams
from visio_desktop.servers.port import Wanted
from visio_desktop.system.tasks import Tasks

OFF, SMALL, LARGE = Wanted(enabled=False), Wanted(width_px=320, height_px=180), Wanted(width_px=1280, height_px=720)


def asked(member: Member) -> list[list[str]]:
    """What somebody has asked of single streams."""
    return [said["request"] for said in member.there.said if said["type"] == "requestStream"]


def count(member: Member, what: str) -> int:
    """How often somebody said something of this type."""
    return sum(said["type"] == what for said in member.there.said)


async def there(member: Member, name: str, source: Source) -> str:
    """The id of what somebody sends, once it comes."""
    await until(lambda: member.ear.stream(name, source) is not None, f"{name}'s {source.value}")
    found = member.ear.publication(name, source)
    assert found is not None
    return found.id


async def seen(member: Member, name: str) -> None:
    """Wait for pictures by what comes now."""
    await there(member, name, Source.CAMERA)
    stream = member.ear.stream(name, Source.CAMERA)
    assert stream is not None
    view = ClockViewer(stream)
    await until(lambda: len(view.codes) >= 2, f"pictures of {name}")


async def test_faces_are_asked_for_as_large_as_they_are_shown(room: Tea) -> None:
    ada, bob = await room.join("Ada"), await room.join("Bob")
    await until(lambda: count(bob, "request") == 1, "a request")
    (request,) = [said["request"] for said in bob.there.said if said["type"] == "request"]
    assert request == {"": ["audio", "video"], "camera": ["audio", "video-low"]}
    for each in (MICROPHONE, CAMERA, SCREEN):
        await ada.session.publish(each)
    camera, screen = await there(bob, "Ada", Source.CAMERA), await there(bob, "Ada", Source.SCREEN)
    for wanted in (SMALL, LARGE, LARGE, OFF, SMALL):
        await bob.session.set_wanted(camera, wanted)
    await bob.session.set_wanted(screen, SMALL)
    await until(lambda: len(asked(bob)) == 3, "three words")
    assert asked(bob) == [["audio", "video"], ["audio"], ["audio", "video-low"]]
    assert count(bob, "abort") == 0


async def test_what_nobody_looks_at_is_given_up_and_comes_back_when_it_is_looked_at(room: Tea, tasks: Tasks) -> None:
    ada, bob, eve = await room.join("Ada"), await room.join("Bob"), await room.join("Eve")
    for member in (ada, eve):
        ClockCamera(await member.session.publish(CAMERA), tasks)
    ids = [await there(bob, name, Source.CAMERA) for name in ("Ada", "Eve")]
    for each in ids:
        await bob.session.set_wanted(each, OFF)
    await until(lambda: not bob.ear.streams and bob.there.downs == {}, "given up")
    assert set(ids) <= set(bob.ear.publications)
    await bob.session.set_wanted(ids[0], SMALL)
    await seen(bob, "Ada")
    # Asking for one brings all back: the others are given up at once, unseen.
    await until(lambda: count(bob, "abort") == 3, "Eve's again")
    assert bob.ear.stream("Eve", Source.CAMERA) is None
    await bob.session.set_wanted(ids[1], SMALL)
    await seen(bob, "Eve")
    assert [e for e in bob.ear.events if isinstance(e, PublicationGone)] == []
    await bob.session.set_wanted(ids[1], OFF)
    await eve.session.unpublish(Source.CAMERA)
    await until(lambda: PublicationGone(ids[1]) in bob.ear.events, "gone for good")


async def test_off_and_on_again_at_once_ends_with_pictures(room: Tea, tasks: Tasks) -> None:
    ada, bob = await room.join("Ada"), await room.join("Bob")
    ClockCamera(await ada.session.publish(CAMERA), tasks)
    camera = await there(bob, "Ada", Source.CAMERA)
    for wanted in (OFF, SMALL, OFF, SMALL):
        await bob.session.set_wanted(camera, wanted)
    await until(lambda: bob.ear.ended == [camera], "ended once")
    await seen(bob, "Ada")


async def test_a_connection_that_failed_is_asked_for_anew(
    room: Tea, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MEND_AFTER_S", 0.01)
    ada, bob = await room.join("Ada"), await room.join("Bob")
    ClockCamera(await ada.session.publish(CAMERA), tasks)
    camera = await there(bob, "Ada", Source.CAMERA)
    await bob.session.set_wanted(camera, LARGE)
    await until(lambda: len(asked(bob)) == 1, "a large picture")
    await seen(bob, "Ada")
    first = next(iter(bob.there.downs.values()))
    await first.peer.close()
    await until(lambda: first not in bob.there.downs.values() and len(bob.there.downs) == 1, "another")
    await seen(bob, "Ada")
    await until(lambda: len(asked(bob)) == 2, "as large as before")
    assert [e for e in bob.ear.events if isinstance(e, PublicationGone)] == []


async def test_who_leaves_takes_all_along_and_two_screens_have_two_names(room: Tea) -> None:
    ada, bob = await room.join("Ada"), await room.join("Bob")
    await ada.session.publish(SCREEN)
    screen = await there(bob, "Ada", Source.SCREEN)
    down = next(iter(bob.there.downs.values()))
    await bob.there.say("offer", id="second", label="video", source=ada.there.id, username="Ada", sdp="v=0")
    await until(lambda: "second" in [said["id"] for said in bob.there.said if said["type"] == "abort"], "no offer")
    assert bob.ear.publication("Ada", Source.SCREEN) is not None
    assert down.offers == 1
    await ada.session.leave()
    await until(lambda: bob.ear.others == [] and not bob.ear.streams, "all gone")
    assert PublicationGone(screen) in bob.ear.events
