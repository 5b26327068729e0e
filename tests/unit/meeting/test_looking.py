"""How one's own picture is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.changes import emptied
from visio_desktop.meeting.look import BLUR, Look, PictureQuality
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, Source

HIDDEN = Look(BLUR)
SLOW = Problem(ProblemCode.BACKGROUND_TOO_SLOW)
REFUSED = Problem(ProblemCode.BACKGROUND_IMAGE, "cat.gif")
FAILED = Problem(ProblemCode.BACKGROUND_FAILED)


def room(look: Look = HIDDEN) -> Meeting:
    return Meeting(page=Page.ROOM, camera_on=True, camera=DeviceState(opened_name="Camera"), look=look)


def test_the_look_of_last_time_is_worn_before_any_camera_is_opened() -> None:
    begun = Dialogue(Meeting()) << ev.Preferences(
        "Odile", False, True, "default", "default", "default", (), look=HIDDEN
    )
    assert begun.meeting.look == HIDDEN
    assert begun.effects[0] == do.WearLook(HIDDEN)


def test_a_background_is_worn_at_once_and_remembered() -> None:
    chosen = Dialogue(room(Look())) << want.ChooseLook(HIDDEN)
    assert chosen.meeting.look == HIDDEN
    assert chosen.effects == (do.WearLook(HIDDEN), do.Remember("camera_background", BLUR))


def test_the_same_look_again_does_nothing() -> None:
    assert (Dialogue(room()) << want.ChooseLook(HIDDEN)).effects == ()


def test_another_size_opens_the_camera_anew_where_it_is_open() -> None:
    small = Look(quality=PictureQuality.SMALL)
    remembered = do.Remember("camera_quality", "360p")
    chosen = Dialogue(room(Look())) << want.ChooseLook(small)
    assert chosen.effects == (do.WearLook(small), do.OpenDevice(DeviceKind.CAMERA, "default"), remembered)
    off = Dialogue(replace(room(Look()), camera_on=False)) << want.ChooseLook(small)
    assert off.effects == (do.WearLook(small), remembered)


def test_light_is_remembered_too() -> None:
    chosen = Dialogue(Meeting()) << want.ChooseLook(Look(brighten=True))
    assert chosen.effects[-1] == do.Remember("camera_brighten", "true")


def test_a_new_file_is_tried_at_once() -> None:
    mine = Look("file:/pictures/cat.gif")
    chosen = Dialogue(Meeting()) << want.ChooseLook(mine)
    assert chosen.effects[0] == do.WearLook(mine, trial=True)
    bright = replace(mine, brighten=True)
    assert (chosen << want.ChooseLook(bright)).effects[0] == do.WearLook(bright)


def test_a_picture_that_is_refused_becomes_a_blurred_room_and_is_told() -> None:
    refused = Dialogue(room(Look("file:cat.gif"))) << ev.LookTroubled("file:cat.gif", REFUSED)
    assert refused.meeting.look == HIDDEN
    assert refused.meeting.look_problem == REFUSED
    assert refused.effects == (do.WearLook(HIDDEN), do.Remember("camera_background", BLUR))
    assert [toast.problem for toast in refused.meeting.toasts] == [REFUSED]


def test_before_the_meeting_there_is_no_notice_but_the_problem_stands() -> None:
    refused = Dialogue(Meeting(page=Page.PREJOIN, look=Look("file:cat.gif"))) << ev.LookTroubled(
        "file:cat.gif", REFUSED
    )
    assert refused.meeting.toasts == ()
    assert refused.meeting.look_problem == REFUSED
    assert (refused << want.ChooseLook(Look())).meeting.look_problem is None


def test_where_the_room_cannot_be_hidden_the_choice_stands() -> None:
    failed = Dialogue(room()) << ev.LookTroubled(BLUR, FAILED)
    assert (failed.meeting.look, failed.meeting.camera_on) == (HIDDEN, True)
    assert failed.effects == ()
    assert failed.meeting.look_problem == FAILED


def test_where_this_computer_is_too_slow_the_camera_goes_off_and_the_choice_stands() -> None:
    slow = Dialogue(room()) << ev.LookTroubled(BLUR, SLOW)
    assert slow.effects == (do.SetSending(Source.CAMERA, on=False), do.CloseDevice(DeviceKind.CAMERA))
    assert (slow.meeting.camera_on, slow.meeting.look) == (False, HIDDEN)
    assert slow.meeting.camera == DeviceState(problem=SLOW)
    assert [toast.problem for toast in slow.meeting.toasts] == [SLOW]
    assert (slow << want.ChooseLook(Look())).meeting.camera.problem is None


@pytest.mark.parametrize("problem", [SLOW, REFUSED, FAILED])
def test_what_is_told_of_a_look_worn_before_counts_no_longer(problem: Problem) -> None:
    late = Dialogue(room(Look())) << ev.LookTroubled(BLUR, problem)
    assert late.effects == ()
    assert late.meeting == room(Look())


def test_the_look_outlives_the_meeting() -> None:
    assert emptied(room()).look == HIDDEN
