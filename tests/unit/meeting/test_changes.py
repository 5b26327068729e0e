"""The steps that several inputs share."""

from visio_desktop.meeting.changes import (
    close_everything,
    emptied,
    open_wanted_devices,
    over,
    with_device,
    with_participant,
    with_toast,
)
from visio_desktop.meeting.effects import Disconnect, OpenDevice, SetSending
from visio_desktop.meeting.state import DeviceState, Ending, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, Participant, Problem, ProblemCode


def test_the_oldest_notice_gives_way_and_ids_are_never_used_twice() -> None:
    meeting = Meeting()
    for number in range(7):
        meeting = with_toast(meeting, "chat", name=str(number))
    assert [dict(toast.arguments)["name"] for toast in meeting.toasts] == ["3", "4", "5", "6"]
    assert len({toast.id for toast in meeting.toasts}) == 4


def test_every_kind_of_device_has_its_place() -> None:
    for kind in DeviceKind:
        assert with_device(Meeting(), kind, DeviceState("x")).device(kind).spec == "x"


def test_changing_somebody_who_is_not_there_changes_nothing() -> None:
    meeting = Meeting(participants=(Participant("a", "Amina"),))
    assert with_participant(meeting, "b", lambda p: p) is meeting


def test_only_what_is_on_is_opened() -> None:
    assert open_wanted_devices(Meeting()) == ()
    wanted = open_wanted_devices(Meeting(camera_on=True, camera=DeviceState("test")))
    assert wanted == (OpenDevice(DeviceKind.CAMERA, "test"),)


def test_the_gates_close_before_anything_else() -> None:
    effects = close_everything()
    first_other = next(i for i, effect in enumerate(effects) if not isinstance(effect, SetSending))
    assert first_other == 3
    assert effects[first_other] == Disconnect()
    assert all(not effect.on for effect in effects[:3] if isinstance(effect, SetSending))


def test_choices_outlive_a_room_and_what_was_in_it_does_not() -> None:
    people = (Participant("me", "Odile", is_me=True),)
    meeting = Meeting(name="Odile", camera_on=True, participants=people, camera=DeviceState("cam", "Cam"), unread=3)
    after = emptied(meeting)
    assert (after.name, after.camera_on, after.camera.spec) == ("Odile", True, "cam")
    assert (after.participants, after.unread, after.camera.opened_name) == ((), 0, "")


def test_a_microphone_opened_by_holding_a_key_is_off_in_the_next_room() -> None:
    assert not emptied(Meeting(microphone_on=True, held_to_talk=True)).microphone_on


def test_each_end_has_its_name() -> None:
    for code, ending in (
        (ProblemCode.REMOVED, Ending.REMOVED),
        (ProblemCode.ROOM_ENDED, Ending.ROOM_ENDED),
        (ProblemCode.CONNECTION_LOST, Ending.DROPPED),
        (ProblemCode.DUPLICATE_IDENTITY, Ending.ELSEWHERE),
    ):
        ended, _ = over(Meeting(page=Page.ROOM), Problem(code))
        assert ended.ending is ending
    assert over(Meeting(page=Page.ROOM), None)[0].ending is Ending.LEFT
