"""A picture in the camera's place: never beside the camera's, never where none may be sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.still import shown
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, Source

ME = "file:/pictures/me.png"
LOOK = Look(still=ME)
ROOM = Meeting(page=Page.ROOM, look=LOOK)
BROKEN = Problem(ProblemCode.STILL_IMAGE, "me.png")


def test_it_comes_once_the_camera_is_off_and_goes_before_the_camera_comes() -> None:
    filmed = replace(ROOM, camera_on=True, camera=DeviceState(opened_name="Camera"))
    off = Dialogue(filmed) << want.SetSourceOn(Source.CAMERA, on=False)
    assert off.effects[:2] == (do.SetSending(Source.CAMERA, on=False), do.CloseDevice(DeviceKind.CAMERA))
    assert off.effects[-1] == do.ShowStill(ME)
    assert not off.meeting.camera_on
    on = off << want.SetSourceOn(Source.CAMERA, on=True)
    assert on.effects[-1] == do.ShowStill("")


@pytest.mark.parametrize(
    "meeting",
    [
        replace(ROOM, camera_on=True),
        replace(ROOM, page=Page.PREJOIN),
        replace(ROOM, stills_off=True),
        replace(ROOM, still_withdrawn=True),
        replace(ROOM, look=Look()),
    ],
)
def test_nowhere_else_is_it_shown(meeting: Meeting) -> None:
    assert shown(ROOM) == ME
    assert shown(meeting) == ""


def test_whoever_may_send_no_camera_sends_no_picture_either() -> None:
    told = Dialogue(ROOM) << ev.SendingAllowed(frozenset({Source.MICROPHONE}))
    assert told.effects == (do.ShowStill(""),)


def test_a_host_who_turns_the_camera_off_sees_no_picture_until_it_is_turned_on_again() -> None:
    muted = Dialogue(replace(ROOM, camera_on=True)) << ev.MutedByServer(Source.CAMERA)
    assert not any(isinstance(effect, do.ShowStill) for effect in muted.effects)
    assert (Dialogue(ROOM) << ev.MutedByServer(Source.CAMERA)).effects == (do.ShowStill(""),)
    again = muted << want.SetSourceOn(Source.CAMERA, on=True) << want.SetSourceOn(Source.CAMERA, on=False)
    assert again.effects[-1] == do.ShowStill(ME)


def test_leaving_takes_it_back() -> None:
    assert (Dialogue(ROOM) << want.Leave()).effects[-1] == do.ShowStill("")


def test_it_is_chosen_tried_and_remembered() -> None:
    at_home = Dialogue(Meeting()) << want.ChooseLook(LOOK)
    at_home >> (do.ShowStill(ME, trial=True), do.Remember("camera_still", ME))
    inside = Dialogue(replace(ROOM, look=Look())) << want.ChooseLook(LOOK)
    inside >> (do.ShowStill(ME, trial=True), do.Remember("camera_still", ME), do.ShowStill(ME))
    (inside << want.ChooseLook(Look())) >> (do.Remember("camera_still", ""), do.ShowStill(""))


def test_one_that_cannot_be_shown_is_told_and_the_others_see_that_the_camera_is_off() -> None:
    failed = Dialogue(ROOM) << ev.StillFailed(ME, BROKEN)
    failed >> (do.Remember("camera_still", ""), do.ShowStill(""))
    assert (failed.meeting.look, failed.meeting.toasts[-1].problem) == (Look(), BROKEN)
    assert failed.meeting.look_problem == BROKEN
    assert (failed << ev.StillFailed(ME, BROKEN)).effects == ()
    assert (Dialogue(ROOM) << ev.StillFailed("file:other.png", BROKEN)).effects == ()


def test_what_the_organisation_does_not_want_is_not_chosen() -> None:
    (Dialogue(replace(ROOM, stills_off=True, look=Look())) << want.ChooseLook(LOOK)) >> ()
    (Dialogue(replace(ROOM, locked=frozenset({"camera_still"}))) << want.ChooseLook(Look())) >> ()
