"""What a snapshot tells."""

from dataclasses import replace

from visio_desktop.meeting.state import DeviceState, Meeting
from visio_desktop.meeting.values import DeviceKind, Participant, Publication, Source

ME = Participant("me", "Odile", is_me=True, publications=(Publication("mine", "me", Source.SCREEN),))
AMINA = Participant("a", "Amina", hand_raised_at_ms=20.0, publications=(Publication("s", "a", Source.SCREEN),))
BRUNO = Participant("b", "Bruno", hand_raised_at_ms=10.0, publications=(Publication("c", "b", Source.CAMERA),))


def test_hands_stand_in_the_order_in_which_they_went_up() -> None:
    assert Meeting(participants=(ME, AMINA, BRUNO)).raised_hands == (BRUNO, AMINA)


def test_ones_own_screen_is_never_put_in_focus() -> None:
    assert Meeting(participants=(ME, BRUNO)).focus is None
    focus = Meeting(participants=(ME, BRUNO, AMINA)).focus
    assert focus is not None
    assert focus.id == "s"


def test_a_pin_of_something_gone_is_as_no_pin() -> None:
    focus = Meeting(participants=(ME, AMINA), pinned="gone").focus
    assert focus is not None
    assert focus.id == "s"


def test_people_publications_and_devices_are_found() -> None:
    meeting = Meeting(participants=(ME, BRUNO), speaker=DeviceState("Headset"))
    assert meeting.me is ME
    assert meeting.participant("b") is BRUNO
    assert meeting.participant("nobody") is None
    assert meeting.publication("c") == BRUNO.publications[0]
    assert meeting.publication("nothing") is None
    assert meeting.device(DeviceKind.SPEAKER).spec == "Headset"
    assert Meeting().me is None


def test_each_source_has_its_switch() -> None:
    meeting = Meeting(microphone_on=True, screen_on=True)
    assert [meeting.is_on(source) for source in Source] == [True, False, True, False]
    assert replace(meeting, screen_sound=True).is_on(Source.SCREEN_AUDIO)
    assert not Meeting(screen_sound=True).is_on(Source.SCREEN_AUDIO)
