from __future__ import annotations

from visio_desktop.rtc.key_frames import KeyFrameRequests


def asked_at(requests: KeyFrameRequests, times: range, *, needed: bool) -> list[int]:
    return [now_ms for now_ms in times if requests.due(now_ms, needed=needed)]


def test_at_once_then_ever_less_often() -> None:
    assert asked_at(KeyFrameRequests(), range(0, 5000, 20), needed=True) == [
        0,
        260,
        760,
        1360,
        1960,
        2560,
        3160,
        3760,
        4360,
        4960,
    ]


def test_never_without_need() -> None:
    assert asked_at(KeyFrameRequests(), range(0, 5000, 20), needed=False) == []


def test_a_wish_stays_until_a_key_frame() -> None:
    requests = KeyFrameRequests()
    requests.want()
    assert asked_at(requests, range(0, 320, 20), needed=False) == [0, 260]
    requests.settle()
    assert asked_at(requests, range(320, 5000, 20), needed=False) == []
    assert requests.asked == 2


def test_settled_requests_start_quickly_again_but_never_pour() -> None:
    requests = KeyFrameRequests()
    asked_at(requests, range(0, 900, 20), needed=True)
    requests.settle()
    assert asked_at(requests, range(900, 1800, 20), needed=True)[0] == 1020
