"""Joining without asking."""

from __future__ import annotations

from visio_desktop.engine.at_once import AtOnce
from visio_desktop.meeting.intents import Intent, Join
from visio_desktop.meeting.state import Meeting, Page


def test_it_joins_once_as_soon_as_it_may_and_tells_before() -> None:
    done: list[Intent | str] = []
    at_once = AtOnce(done.append, lambda: done.append("told"))
    at_once.take_in(Meeting())
    assert done == []
    for page in (Page.PREJOIN, Page.PREJOIN, Page.JOINING, Page.ROOM, Page.PREJOIN):
        at_once.take_in(Meeting(page=page))
    assert done == ["told", Join()]
