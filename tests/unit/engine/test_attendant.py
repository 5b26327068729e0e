"""Attending a meeting for a command line."""

from visio_desktop.engine.attendant import DONE, DROPPED, NOT_JOINED, Ask, Attendant, BeginTime, Quit
from visio_desktop.meeting.intents import Join, Leave
from visio_desktop.meeting.state import DeviceState, Ending, Meeting, Page
from visio_desktop.meeting.values import Problem, ProblemCode

PROBLEM = Problem(ProblemCode.HOST_UNKNOWN, "meet.example.org")


def test_alone_it_joins_stays_for_its_time_and_leaves() -> None:
    attendant = Attendant(join_at_once=True, alone=True)
    assert attendant.take_in(Meeting()) == ()
    assert not attendant.goes_past(Meeting())
    assert attendant.goes_past(Meeting(page=Page.PREJOIN))
    assert attendant.take_in(Meeting(page=Page.PREJOIN)) == (Ask(Join()),)
    assert not attendant.goes_past(Meeting(page=Page.PREJOIN))
    assert attendant.take_in(Meeting(page=Page.PREJOIN)) == ()
    assert attendant.take_in(Meeting(page=Page.ROOM)) == (BeginTime(),)
    assert attendant.take_in(Meeting(page=Page.ROOM)) == ()
    assert attendant.time_is_up() == (Ask(Leave()),)
    assert attendant.take_in(Meeting(page=Page.ENDED, ending=Ending.LEFT)) == (Quit(),)
    assert attendant.status == DONE


def test_a_link_that_cannot_be_used_is_a_failure_to_join() -> None:
    attendant = Attendant(join_at_once=True, alone=True)
    assert attendant.take_in(Meeting(link_problem=PROBLEM)) == (Quit(),)
    assert (attendant.status, attendant.problem) == (NOT_JOINED, PROBLEM)


def test_a_failed_join_gives_its_reason() -> None:
    attendant = Attendant(join_at_once=True, alone=True)
    attendant.take_in(Meeting(page=Page.PREJOIN))
    assert attendant.take_in(Meeting(page=Page.FAILED, problem=PROBLEM)) == (Quit(),)
    assert (attendant.status, attendant.problem) == (NOT_JOINED, PROBLEM)


def test_a_meeting_that_could_not_be_kept_is_a_drop() -> None:
    attendant = Attendant(join_at_once=True, alone=True)
    attendant.take_in(Meeting(page=Page.ROOM))
    assert attendant.take_in(Meeting(page=Page.ENDED, ending=Ending.DROPPED, problem=PROBLEM)) == (Quit(),)
    assert attendant.status == DROPPED


def test_with_somebody_at_the_window_nothing_ends_by_itself() -> None:
    attendant = Attendant(join_at_once=False, alone=False)
    assert attendant.take_in(Meeting(page=Page.PREJOIN)) == ()
    attendant.take_in(Meeting(page=Page.ROOM))
    assert attendant.take_in(Meeting(page=Page.ENDED, ending=Ending.DROPPED, problem=PROBLEM)) == ()
    assert attendant.status == DROPPED
    assert attendant.take_in(Meeting(page=Page.ROOM)) == (BeginTime(),)
    assert attendant.status == DONE


def test_a_device_that_fails_is_kept_and_ends_nothing() -> None:
    attendant = Attendant(join_at_once=True, alone=True)
    missing = Problem(ProblemCode.CAMERA_MISSING)
    attendant.take_in(Meeting(page=Page.PREJOIN, camera=DeviceState(problem=missing)))
    assert attendant.take_in(Meeting(page=Page.ROOM, camera=DeviceState(problem=missing))) == (BeginTime(),)
    assert attendant.take_in(Meeting(page=Page.ROOM)) == ()
    assert (attendant.device_problems, attendant.status) == ([missing], DONE)


def test_who_was_alone_for_too_long_has_left_as_one_does() -> None:
    attendant = Attendant(join_at_once=True, alone=True)
    attendant.take_in(Meeting(page=Page.ROOM))
    assert attendant.take_in(Meeting(page=Page.ENDED, ending=Ending.ALONE)) == (Quit(),)
    assert attendant.status == DONE
