from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.house import CAMERA, MICROPHONE, SCREEN
from tests.helpers.clock_media import ToneListener, ToneMicrophone, until
from tests.helpers.galene_media import Up
from tests.helpers.galene_people import Member, Tea
from visio_desktop.meeting.events import MutedByServer, PublicationGone
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStream, SendLayer
from visio_desktop.servers.galene import outgoing
from visio_desktop.servers.port import RequestFailed, SessionClosed
from visio_desktop.system.tasks import Tasks


def offers(member: Member) -> list[tuple[str, str, str]]:
    """Which streams somebody has offered: id, label, and what it replaces."""
    told = [said for said in member.there.said if said["type"] == "offer"]
    return [(said["id"], said["label"], said.get("replace", "")) for said in told]


async def heard(member: Member, name: str, hz: float, before: InboundStream | None = None) -> InboundStream:
    """Wait until somebody's tone is heard, by another stream than before."""
    await until(lambda: member.ear.stream(name, Source.MICROPHONE) not in {None, before}, "a stream")
    stream = member.ear.stream(name, Source.MICROPHONE)
    assert stream is not None
    listener = ToneListener(stream)
    await until(lambda: abs(listener.hz - hz) < 12, f"{hz:g} Hz")
    return stream


async def test_sound_and_camera_are_one_stream_and_a_screen_another(room: Tea, tasks: Tasks) -> None:
    ada, bob = await room.join("Ada"), await room.join("Bob")
    microphone = await ada.session.publish(MICROPHONE)
    ToneMicrophone(microphone, tasks, hz=440)
    await ada.session.publish(CAMERA)
    await ada.session.publish(SCREEN)
    (first, *_), (again, *_), (screen, *_) = found = offers(ada)
    assert found == [(first, "camera", ""), (first, "camera", ""), (screen, "screenshare", "")]
    assert again == first
    for source in (Source.MICROPHONE, Source.CAMERA, Source.SCREEN):
        await until(lambda s=source: bob.ear.stream("Ada", s) is not None, source.value)  # type: ignore[misc]
    await ada.session.unpublish(Source.CAMERA)
    (other, label, before) = offers(ada)[-1]
    assert (label, before, other != first) == ("camera", first, True)
    await until(lambda: bob.ear.publication("Ada", Source.CAMERA) is None, "the camera gone")
    await heard(bob, "Ada", 440)
    gone = [e.publication_id for e in bob.ear.events if isinstance(e, PublicationGone)]
    assert gone == [f"{ada.ear.me.id}:camera"]
    await ada.session.unpublish(Source.MICROPHONE)
    assert [said["id"] for said in ada.there.said if said["type"] == "close"] == [other]
    await until(lambda: bob.ear.publication("Ada", Source.MICROPHONE) is None, "the sound gone")
    assert set(ada.there.ups) == {screen}
    assert ada.session.capacity_bps() is None or isinstance(ada.session.capacity_bps(), int)


@pytest.mark.parametrize("asked", [True, False])
async def test_a_connection_that_failed_is_made_anew_and_frames_go_there(
    room: Tea, tasks: Tasks, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    monkeypatch.setattr(outgoing, "MEND_AFTER_S", 0.01)
    ada, bob = await room.join("Ada"), await room.join("Bob")
    microphone = await ada.session.publish(MICROPHONE)
    ToneMicrophone(microphone, tasks, hz=440)
    stream = await heard(bob, "Ada", 440)
    (first,) = ada.there.ups
    if asked:
        await ada.there.say("renegotiate", id=first)
    else:
        await ada.there.ups[first].peer.close()
    await until(lambda: len(offers(ada)) == 2, "another offer")
    assert offers(ada)[1][2] == first
    await until(lambda: first not in ada.there.ups and len(ada.there.ups) == 1, "in the place of the first")
    await heard(bob, "Ada", 440, stream)
    assert ada.ear.dropped is None
    assert [e for e in bob.ear.events if isinstance(e, PublicationGone)] == []


async def test_what_the_server_does_not_take_is_not_sent(room: Tea) -> None:
    ada = await room.join("Ada")
    room.server.refuses = True
    with pytest.raises(RequestFailed):
        await ada.session.publish(CAMERA)
    assert ada.ear.publication("Ada", Source.CAMERA) is None
    room.server.refuses = False
    await ada.session.publish(MICROPHONE)
    room.server.refuses = True
    with pytest.raises(RequestFailed):
        await ada.session.publish(CAMERA)
    await until(lambda: MutedByServer(Source.MICROPHONE) in ada.ear.events, "the stream is refused as a whole")
    await until(lambda: ada.there.ups == {}, "nothing is sent")
    assert len([said for said in ada.there.said if said["type"] == "close"]) == 2
    room.server.refuses = False
    await ada.session.publish(MICROPHONE)
    assert ada.ear.dropped is None


async def test_a_server_that_does_not_answer_is_waited_for_so_long(room: Tea, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(outgoing, "ANSWER_TIMEOUT_S", 0.2)
    monkeypatch.setattr(Up, "answer", nothing)
    ada = await room.join("Ada")
    with pytest.raises(RequestFailed):
        await ada.session.publish(CAMERA)
    monkeypatch.undo()
    stream = await ada.session.publish(
        replace(CAMERA, layers=(SendLayer("l", 2.0, 100_000), SendLayer("h", 1.0, 500_000)))
    )
    assert stream.layers == ()
    assert "a=simulcast" not in [said for said in ada.there.said if said["type"] == "offer"][-1]["sdp"]


async def test_leaving_while_an_offer_is_out_ends_it(room: Tea, tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(Up, "answer", nothing)
    ada = await room.join("Ada")
    found: list[str] = []

    async def publish() -> None:
        try:
            await ada.session.publish(CAMERA)
        except (RequestFailed, SessionClosed) as error:
            found.append(type(error).__name__)

    tasks.start(publish(), name="publish")
    await until(lambda: len(offers(ada)) == 1, "an offer")
    await ada.session.leave()
    await until(lambda: len(found) == 1, "it is over")
