"""Devices come and go."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import hotplug
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode, Source

CAMERA, MIC, SPEAKER = DeviceKind
INSIDE = Device(MIC, "in", "Inside", is_default=True)
OUTSIDE = Device(SPEAKER, "out", "Outside", is_default=True)
HEADSET = (Device(MIC, "head-in", "Headset", group="usb1"), Device(SPEAKER, "head-out", "Headset", group="usb1"))
WEBCAM = Device(CAMERA, "cam", "Webcam")
FAILED = Problem(ProblemCode.MICROPHONE_FAILED, "Headset")
BUILT_IN = (INSIDE, OUTSIDE)
ALL = (*BUILT_IN, *HEADSET)


def room(mic: str, speaker: str, devices: tuple[Device, ...], name: str = "Headset") -> Meeting:
    return Meeting(
        page=Page.ROOM,
        microphone_on=True,
        microphone=DeviceState(mic, name),
        speaker=DeviceState(speaker, name),
        devices=devices,
    )


def told(dialogue: Dialogue) -> list[tuple[str, str]]:
    return [(toast.key, dict(toast.arguments)["name"]) for toast in dialogue.meeting.toasts]


def default(*kinds: DeviceKind) -> tuple[do.OpenDevice, ...]:
    return tuple(do.OpenDevice(kind, "default") for kind in kinds)


def test_the_first_list_says_nothing_of_what_was_plugged_in() -> None:
    dialogue = Dialogue(room("head-in", "head-out", ())) << ev.DevicesListed(BUILT_IN) >> ()
    assert dialogue.meeting.toasts == ()
    assert dialogue.meeting.devices == BUILT_IN


def test_an_unplugged_headset_gives_way_to_the_default_and_is_used_again_when_it_is_back() -> None:
    dialogue = Dialogue(room("head-in", "head-out", ALL)) << ev.DevicesListed(BUILT_IN) >> default(MIC, SPEAKER)
    assert told(dialogue) == [("device_gone", "Headset")], "once for both halves"
    assert dialogue.meeting.microphone == DeviceState("head-in", standing_in=True)
    assert dialogue.meeting.microphone_on
    dialogue << ev.DeviceOpened(MIC, "Inside") << ev.DeviceOpened(SPEAKER, "Outside")
    dialogue << ev.DevicesListed(ALL)
    dialogue >> (do.OpenDevice(MIC, "head-in"), do.OpenDevice(SPEAKER, "head-out"))
    assert told(dialogue) == [("device_gone", "Headset"), ("device_back", "Headset")]
    assert not dialogue.meeting.microphone.standing_in


def test_what_is_off_while_its_device_is_away_is_opened_rightly_later() -> None:
    away = replace(room("head-in", "default", BUILT_IN), microphone_on=False)
    away = replace(away, microphone=DeviceState("head-in", standing_in=True))
    dialogue = Dialogue(away) << ev.DevicesListed(ALL) >> ()
    assert dialogue.meeting.microphone == DeviceState("head-in")
    opened = Dialogue(away) << want.SetSourceOn(Source.MICROPHONE, on=True)
    assert do.OpenDevice(MIC, "default") in opened.effects


def test_a_device_that_fails_while_used_is_replaced_and_one_that_never_worked_is_told() -> None:
    dialogue = Dialogue(room("head-in", "default", ALL)) << ev.DeviceFailed(MIC, FAILED) >> default(MIC)
    assert dialogue.meeting.microphone_on
    assert dialogue.meeting.microphone.standing_in
    dialogue << ev.DeviceFailed(MIC, FAILED)
    assert not dialogue.meeting.microphone_on, "nothing is left to take its place"
    assert dialogue.meeting.microphone.problem == FAILED
    never = replace(room("head-in", "default", ALL), microphone=DeviceState("head-in"))
    assert (Dialogue(never) << ev.DeviceFailed(MIC, FAILED)).meeting.microphone.problem == FAILED
    assert (Dialogue(room("file:a.wav", "default", ALL)) << ev.DeviceFailed(MIC, FAILED)).effects != default(MIC)


def test_the_systems_choice_is_followed_where_it_was_chosen() -> None:
    moved = (*(replace(d, is_default=False) for d in BUILT_IN), *(replace(d, is_default=True) for d in HEADSET))
    known = room("default", "default", ALL)
    dialogue = Dialogue(known) << ev.DevicesListed(moved) >> default(MIC, SPEAKER)
    assert told(dialogue) == [("device_default", "Headset")]
    Dialogue(room("in", "out", ALL)) << ev.DevicesListed(moved) >> ()


def test_what_takes_over_as_the_default_when_plugged_in_is_not_offered_besides() -> None:
    moved = (*(replace(d, is_default=False) for d in BUILT_IN), *(replace(d, is_default=True) for d in HEADSET))
    dialogue = Dialogue(room("default", "default", BUILT_IN)) << ev.DevicesListed(moved) >> default(MIC, SPEAKER)
    assert told(dialogue) == [("device_default", "Headset")]


def test_a_headset_that_is_plugged_in_offers_itself_as_one_thing() -> None:
    dialogue = Dialogue(room("in", "out", BUILT_IN)) << ev.DevicesListed(ALL) >> ()
    (offer,) = dialogue.meeting.toasts
    assert offer.key == hotplug.NEW
    assert hotplug.offered(offer) == ((MIC, "head-in"), (SPEAKER, "head-out"))
    dialogue << want.UseDevices(hotplug.offered(offer))
    dialogue >> (
        do.OpenDevice(MIC, "head-in"),
        do.Remember("microphone", "head-in"),
        do.OpenDevice(SPEAKER, "head-out"),
        do.Remember("speaker", "head-out"),
    )


def test_what_is_unplugged_again_is_offered_no_longer() -> None:
    dialogue = Dialogue(room("in", "out", BUILT_IN)) << ev.DevicesListed(ALL) << ev.DevicesListed(BUILT_IN)
    assert dialogue.meeting.toasts == ()


def test_a_camera_is_offered_and_never_taken() -> None:
    filmed = replace(room("in", "out", (*BUILT_IN, WEBCAM)), camera_on=True, camera=DeviceState("cam", "Webcam"))
    dialogue = Dialogue(filmed) << ev.DevicesListed(BUILT_IN) >> ()
    bare = replace(filmed, devices=BUILT_IN, camera=DeviceState())
    dialogue = Dialogue(bare) << ev.DevicesListed((*BUILT_IN, WEBCAM)) >> ()
    assert told(dialogue) == [(hotplug.NEW, "Webcam")]


def test_outside_a_meeting_nothing_is_said() -> None:
    at_home = Meeting(devices=BUILT_IN, microphone=DeviceState("in"))
    dialogue = Dialogue(at_home) << ev.DevicesListed(ALL) >> ()
    assert dialogue.meeting.toasts == ()


def test_a_loudspeaker_that_is_away_from_the_beginning_is_replaced_too() -> None:
    joining = Meeting(page=Page.JOINING, speaker=DeviceState("head-out"))
    missing = ev.DeviceFailed(SPEAKER, Problem(ProblemCode.SPEAKER_MISSING, "head-out"))
    dialogue = Dialogue(joining) << missing >> default(SPEAKER)
    assert told(dialogue) == [("device_away", "")]
    assert (dialogue << missing).meeting.speaker.problem is not None


def test_a_loudspeaker_comes_by_itself_where_there_was_none() -> None:
    deaf = replace(room("in", "default", (INSIDE,)), speaker=DeviceState(problem=Problem(ProblemCode.SPEAKER_MISSING)))
    Dialogue(deaf) << ev.DevicesListed(BUILT_IN) >> default(SPEAKER)


PRESENT = st.lists(st.sampled_from(("a", "b", "c")), unique=True, min_size=1).flatmap(
    lambda keys: st.tuples(st.just(tuple(keys)), st.sampled_from(keys))
)


def sounding(keys: tuple[str, ...], chosen: str) -> tuple[Device, ...]:
    return tuple(
        Device(kind, f"{key}{kind.value}", f"Device {key}", is_default=key == chosen, group=key)
        for key in keys
        for kind in (MIC, SPEAKER)
    )


class _Machine:
    """Opens what it is told, as long as that is there."""

    def __init__(self, spec: str) -> None:
        self.here = sounding(("a", "b", "c"), "a")
        self.open: dict[DeviceKind, str] = {}
        self.dialogue = Dialogue(
            Meeting(
                page=Page.ROOM,
                microphone_on=True,
                microphone=DeviceState(_of(spec, MIC)),
                speaker=DeviceState(_of(spec, SPEAKER)),
            )
        )
        self.dialogue << ev.DevicesListed(self.here)
        for kind in (MIC, SPEAKER):
            self._carry_out((do.OpenDevice(kind, self.dialogue.meeting.device(kind).spec),))

    def plug(self, present: tuple[tuple[str, ...], str]) -> None:
        self.here = sounding(*present)
        self.open = {kind: key for kind, key in self.open.items() if key in {d.key for d in self.here}}
        self.dialogue << ev.DevicesListed(self.here)
        self._carry_out(self.dialogue.effects)

    def _carry_out(self, effects: tuple[do.Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, do.OpenDevice):
                answer = self._opened(effect)
                self.dialogue << answer
                self._carry_out(self.dialogue.effects)

    def _opened(self, effect: do.OpenDevice) -> ev.Event:
        here = [d for d in self.here if d.kind is effect.kind]
        found = next((d for d in here if d.is_default if effect.spec == "default"), None)
        found = found or next((d for d in here if d.key == effect.spec), None)
        if found is None:
            return ev.DeviceFailed(effect.kind, Problem(ProblemCode.MICROPHONE_MISSING))
        self.open[effect.kind] = found.key
        return ev.DeviceOpened(effect.kind, found.name)


def _of(spec: str, kind: DeviceKind) -> str:
    return spec if spec == "default" else spec + kind.value


@given(st.sampled_from(("default", "a", "b")), st.lists(PRESENT, min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_after_any_comings_and_goings_the_right_device_is_used(
    spec: str, times: list[tuple[tuple[str, ...], str]]
) -> None:
    machine = _Machine(spec)
    for present in times:
        machine.plug(present)
        keys, chosen = present
        right = spec if spec in keys else chosen
        assert machine.open == {kind: _of(right, kind) for kind in (MIC, SPEAKER)}
        assert machine.dialogue.meeting.microphone_on
        assert len(machine.dialogue.meeting.toasts) <= 4
