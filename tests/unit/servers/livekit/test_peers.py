from __future__ import annotations

from livekit.protocol.rtc import ICEServer

from visio_desktop.rtc import IceServer
from visio_desktop.servers.livekit.peers import peer_options


def test_relays_of_the_server_and_no_strangers() -> None:
    servers = [
        ICEServer(urls=["stun:stun.example.com:3478"]),
        ICEServer(
            urls=["turn:a.org?transport=udp", "turns:a.org:443", "stun:a.org"], username="u", credential="sesame"
        ),
        ICEServer(urls=["https://a.org"]),
    ]
    options = peer_options(servers, host_addresses=("127.0.0.1",))
    assert options.ice_servers == (IceServer(("turn:a.org?transport=udp", "turns:a.org:443"), "u", "sesame"),)
    assert options.host_addresses == ("127.0.0.1",)
    assert "sesame" not in repr(options)


def test_a_long_list_is_cut() -> None:
    options = peer_options([ICEServer(urls=["turn:a.org"])] * 1_000, host_addresses=None)
    assert len(options.ice_servers) == 16
