"""Ways by themselves; `tests/end2end/test_ways.py` tries them for real."""

from __future__ import annotations

import pytest

from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.livekit.trial import WAYS, _Media


def test_each_way_closes_all_others() -> None:
    alone = {way.name: way.alone(NetworkOptions(dscp=34)) for way in WAYS}
    assert {name: (n.allow_udp, n.allow_tcp, n.relay_only, set(n.relays)) for name, n in alone.items()} == {
        "ice_udp": (True, False, False, set()),
        "ice_tcp": (False, True, False, set()),
        "turn_udp": (True, True, True, {"udp"}),
        "turn_tcp": (True, True, True, {"tcp"}),
        "turn_tls": (True, True, True, {"tls"}),
    }
    assert {network.dscp for network in alone.values()} == {34}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("candidate:1 1 tcp 1 10.0.0.1 7881 typ host tcptype passive", [("10.0.0.1", 7881)]),
        ("a=candidate:1 1 TCP 1 ::1 7881 typ host", [("::1", 7881)]),
        ("candidate:1 1 udp 1 10.0.0.1 7881 typ host", []),
        ("candidate:1 1 tcp 1 10.0.0.1 x typ host", []),
        ("candidate:1 1 tcp 1 10.0.0.1 ² typ host", []),
        ("rubbish", []),
        ("", []),
    ],
)
def test_addresses_reached_over_tcp(line: str, found: list[tuple[str, int]]) -> None:
    media = _Media()
    for _ in range(100):
        media.note(line)
    assert list(dict.fromkeys(media.tcp_addresses)) == found
    assert len(media.tcp_addresses) <= 4
