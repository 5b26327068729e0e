from __future__ import annotations

from visio_desktop.rtc.key_frames import KeyFrameRequests

RTT_MS = 100.0


def asked_at(requests: KeyFrameRequests, times: range, *, needed: bool, rtt_ms: float = RTT_MS) -> list[int]:
    return [now_ms for now_ms in times if requests.due(now_ms, needed=needed, rtt_ms=rtt_ms)]


def test_at_once_then_ever_less_often() -> None:
    assert asked_at(KeyFrameRequests(), range(0, 5000, 20), needed=True) == [0, 500, 1560, 2620, 3680, 4740]


def test_not_again_before_an_answer_can_be_here() -> None:
    assert asked_at(KeyFrameRequests(), range(0, 1200, 20), needed=True, rtt_ms=600.0) == [0, 760]


def test_never_without_need() -> None:
    assert asked_at(KeyFrameRequests(), range(0, 5000, 20), needed=False) == []


def test_a_wish_stays_until_a_key_frame() -> None:
    requests = KeyFrameRequests()
    requests.want()
    assert asked_at(requests, range(0, 700, 20), needed=False) == [0, 500]
    requests.came(700.0, rtt_ms=RTT_MS)
    assert asked_at(requests, range(700, 5000, 20), needed=False) == []
    assert requests.asked == 2


def test_a_key_frame_too_early_for_an_answer_leaves_one_owed() -> None:
    requests = KeyFrameRequests()
    requests.want()
    assert asked_at(requests, range(0, 520, 20), needed=False) == [0, 500]
    requests.came(580.0, rtt_ms=RTT_MS)  # asked for at 0: what went out at 500 met it on its way
    assert asked_at(requests, range(580, 1700, 20), needed=False) == [1560]
    requests.came(1700.0, rtt_ms=RTT_MS)
    assert asked_at(requests, range(1700, 5000, 20), needed=False) == []


def test_what_is_owed_is_paid_by_any_later_key_frame() -> None:
    requests = KeyFrameRequests()
    asked_at(requests, range(0, 20, 20), needed=True)
    requests.came(50.0, rtt_ms=RTT_MS)
    requests.came(400.0, rtt_ms=RTT_MS)
    assert asked_at(requests, range(400, 5000, 20), needed=False) == []


def test_a_request_after_a_key_frame_follows_the_last_one_by_what_servers_pass_on() -> None:
    requests = KeyFrameRequests()
    asked_at(requests, range(0, 520, 20), needed=True)
    requests.came(650.0, rtt_ms=RTT_MS)
    assert asked_at(requests, range(660, 2000, 20), needed=True)[0] == 1560


def test_another_stream_owes_nothing() -> None:
    requests = KeyFrameRequests()
    asked_at(requests, range(0, 20, 20), needed=True)
    requests.came(50.0, rtt_ms=RTT_MS)
    requests.restart()
    assert asked_at(requests, range(60, 5000, 20), needed=False) == []
