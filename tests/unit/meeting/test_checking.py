from __future__ import annotations

import pytest

from tests.helpers.dialogue import Dialogue
from tests.helpers.fake_engine import RECENTS, ready
from visio_desktop.meeting.effects import RunCheck
from visio_desktop.meeting.events import CheckOver, HopTried, LinkRecognised
from visio_desktop.meeting.hops import Check, Hop, HopState
from visio_desktop.meeting.intents import CheckConnection, EndCheck, GoHome, Intent, Join, Leave
from visio_desktop.meeting.state import Page

LINK = RECENTS[0]
PREJOIN = ready(page=Page.PREJOIN, link=LINK)
TCP = Hop("tcp", HopState.PASSED, "port 443", 3.0)


def begun(*, inside: bool = False) -> Dialogue:
    dialogue = Dialogue(PREJOIN)
    dialogue << CheckConnection(inside) >> RunCheck(LINK, PREJOIN.name, PREJOIN.next_id, inside)
    return dialogue


def test_a_test_is_told_hop_by_hop_until_it_is_over() -> None:
    dialogue = begun()
    number = PREJOIN.next_id
    assert dialogue.meeting.check == Check(number)
    dialogue << HopTried(number, TCP) >> ()
    dialogue << CheckOver(number) >> ()
    assert dialogue.meeting.check == Check(number, hops=(TCP,), over=True)
    dialogue << HopTried(number, TCP) >> ()
    assert dialogue.meeting.check == Check(number, hops=(TCP,), over=True)


def test_what_an_earlier_test_says_changes_nothing() -> None:
    dialogue = begun()
    earlier = PREJOIN.next_id
    dialogue << CheckConnection(inside=True) >> RunCheck(LINK, PREJOIN.name, earlier + 1, inside=True)
    dialogue << HopTried(earlier, TCP) >> ()
    dialogue << CheckOver(earlier) >> ()
    assert dialogue.meeting.check == Check(earlier + 1, inside=True)


@pytest.mark.parametrize("intent", [Join(), GoHome(), EndCheck()])
def test_it_ends_with_its_page_or_on_demand(intent: Intent) -> None:
    dialogue = begun()
    dialogue << intent
    assert dialogue.meeting.check is None
    dialogue << HopTried(PREJOIN.next_id, TCP) >> ()
    assert dialogue.meeting.check is None


def test_another_link_knows_nothing_of_it() -> None:
    dialogue = begun()
    dialogue << LinkRecognised(RECENTS[1])
    assert (dialogue.meeting.page, dialogue.meeting.check) == (Page.PREJOIN, None)


def test_joining_is_not_in_its_way_nor_it_in_that_of_joining() -> None:
    tested, plain = begun(), Dialogue(PREJOIN)
    tested << Join()
    plain << Join()
    assert tested.effects == plain.effects
    tested << Leave()
    assert (tested.meeting.page, tested.meeting.check) == (Page.PREJOIN, None)


@pytest.mark.parametrize("page", [page for page in Page if page is not Page.PREJOIN])
def test_elsewhere_nothing_is_tested(page: Page) -> None:
    dialogue = Dialogue(ready(page=page, link=LINK))
    dialogue << CheckConnection() >> ()
    assert dialogue.meeting.check is None


def test_a_server_of_endless_hops_fills_no_snapshot() -> None:
    dialogue = begun()
    for _ in range(100):
        dialogue << HopTried(PREJOIN.next_id, TCP)
    assert dialogue.meeting.check is not None
    assert len(dialogue.meeting.check.hops) == 40
