from __future__ import annotations

import pytest

from visio_desktop.meeting.hops import Hop, HopState, judge


@pytest.mark.parametrize(
    ("states", "good", "failed", "works"),
    [
        ({"tcp": True, "ice_udp": False, "ice_tcp": True}, True, "ice_udp", "ice_tcp"),
        ({"tcp": True, "ice_udp": True, "ice_tcp": False}, True, "ice_tcp", "ice_udp"),
        ({"tcp": True, "ice_udp": False, "ice_tcp": False}, False, "ice_udp", None),
        ({"tcp": False}, False, "tcp", None),
        ({"tcp": True}, True, None, None),
    ],
)
def test_of_the_ways_for_media_one_that_works_is_enough(
    states: dict[str, bool], good: bool, failed: str | None, works: str | None
) -> None:
    hops = [
        Hop(name, HopState.PASSED if passed else HopState.FAILED, is_way=name.startswith("ice"))
        for name, passed in states.items()
    ]
    verdict = judge(hops)
    assert verdict.is_good is good
    assert (verdict.failed and verdict.failed.name, verdict.works and verdict.works.name) == (failed, works)
    assert not verdict.is_untried


def test_where_no_way_was_tried_nothing_is_known_of_media() -> None:
    reached, media = Hop("tcp", HopState.PASSED), Hop("media", HopState.SKIPPED, is_way=True)
    assert judge([reached, media]).is_untried
    assert not judge([reached]).is_untried, "a kind of server without ways for media"
    assert not judge([Hop("tcp", HopState.FAILED), media]).is_untried
    assert not judge([reached, media, Hop("ice_udp", HopState.PASSED, is_way=True)]).is_untried
