from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import with_toast
from visio_desktop.meeting.rooms import Access, Room, Rules
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.widgets.pending_rules import SILENT_AFTER_MS, PendingRules

OPEN, CLOSED = Rules(Access.PUBLIC), Rules(Access.RESTRICTED)
HOLDS_OPEN, HOLDS_CLOSED = Meeting(room=Room(rules=OPEN)), Meeting(room=Room(rules=CLOSED))
NOW = [0.0]


def pending() -> PendingRules:
    NOW[0] = 0.0
    rules = PendingRules(lambda: NOW[0])
    rules.take_in(HOLDS_OPEN)
    rules.ask(CLOSED)
    return rules


def test_what_was_asked_for_is_shown_until_it_holds() -> None:
    rules = pending()
    assert (rules.shown, rules.pending) == (CLOSED, True)
    rules.take_in(HOLDS_OPEN)
    assert rules.pending
    rules.take_in(HOLDS_CLOSED)
    assert (rules.shown, rules.pending, rules.refused) == (CLOSED, False, False)


def test_a_refusal_brings_back_what_holds() -> None:
    rules = pending()
    rules.take_in(with_toast(HOLDS_OPEN, "problem", Problem(ProblemCode.LOGIN_EXPIRED)))
    assert (rules.shown, rules.pending, rules.refused) == (OPEN, False, True)
    rules.ask(CLOSED)
    assert not rules.refused


def test_an_older_problem_or_one_of_a_device_is_no_refusal() -> None:
    NOW[0] = 0.0
    before = with_toast(HOLDS_OPEN, "problem", Problem(ProblemCode.REQUEST_REFUSED))
    rules = PendingRules(lambda: NOW[0])
    rules.take_in(before)
    rules.ask(CLOSED)
    rules.take_in(with_toast(before, "problem", Problem(ProblemCode.CAMERA_BUSY)))
    assert rules.pending


def test_a_silent_server_has_not_done_it() -> None:
    rules = pending()
    NOW[0] = SILENT_AFTER_MS
    rules.take_in(HOLDS_OPEN)
    assert (rules.shown, rules.refused) == (OPEN, True)


def test_somebody_elses_change_is_shown_when_nothing_is_pending() -> None:
    rules = PendingRules(lambda: 0.0)
    assert rules.shown is None
    rules.take_in(HOLDS_OPEN)
    assert rules.shown == OPEN
    rules.take_in(replace(HOLDS_OPEN, room=Room(rules=CLOSED)))
    assert rules.shown == CLOSED
