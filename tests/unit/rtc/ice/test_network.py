from __future__ import annotations

from visio_desktop.net.dial import Dialer
from visio_desktop.rtc.ice.network import EVERY_RELAY, EVERYTHING, NO_PATH, NetworkOptions, Path


def test_nothing_goes_over_tcp_without_somebody_to_connect() -> None:
    assert EVERYTHING.dialer is None
    assert EVERYTHING.relays == EVERY_RELAY
    assert not EVERYTHING.relay_only


def test_a_dialer_stays_out_of_logs() -> None:
    assert "Dialer" not in repr(NetworkOptions(dialer=Dialer()))


def test_a_path_says_how_media_goes() -> None:
    assert Path("tls", "relay", "http://proxy:3128") != Path("tls", "relay")
    assert (NO_PATH.protocol, NO_PATH.candidate, NO_PATH.proxy) == ("", "", "")
