from __future__ import annotations

import socket

import pytest

from tests.helpers.needs import free_port
from tests.helpers.proxy import proxying
from tests.helpers.streams import echoing
from visio_desktop.net import HostUnreachable
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import Proxy, no_proxy
from visio_desktop.rtc.ice.errors import RelayError
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.rtc.ice.reaching import dial, reach_relay
from visio_desktop.rtc.ice.relays import Relay
from visio_desktop.rtc.ice.streams import StreamLine


async def test_the_proxy_on_the_way_is_told() -> None:
    async with echoing() as port, proxying() as proxy:
        through = Dialer(lambda _h, _p: Proxy("127.0.0.1", proxy.port))
        _, line, via = await dial(through, StreamLine, "127.0.0.1", port, secure=False)
        assert via == proxy.url
        assert proxy.asked == [f"127.0.0.1:{port}"]
        line.close()
        _, line, via = await dial(Dialer(no_proxy), StreamLine, "127.0.0.1", port, secure=False)
        assert via == ""
        line.close()


async def test_what_a_proxy_does_not_let_through_is_tried_directly() -> None:
    async with echoing() as port, proxying(ports=frozenset({443})) as proxy:
        through = Dialer(lambda _h, _p: Proxy("127.0.0.1", proxy.port))
        _, line, via = await dial(through, StreamLine, "127.0.0.1", port, secure=False)
        assert via == ""
        assert proxy.asked == []
        line.close()
        with pytest.raises(HostUnreachable):
            await dial(through, StreamLine, "127.0.0.1", free_port(), secure=False)


async def test_a_relay_over_tcp_needs_somebody_to_connect() -> None:
    with pytest.raises(RelayError):
        await reach_relay(Relay("127.0.0.1", 1, "tls"), NetworkOptions())


async def test_where_nobody_listens_over_udp_it_is_known_before_any_timeout() -> None:
    client, via = await reach_relay(Relay("127.0.0.1", free_port(), "udp"), NetworkOptions(dscp=34))
    handle = client.get_extra_info("socket")
    assert handle.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 34 << 2  # and may be marked otherwise later
    assert via == ""
    with pytest.raises(RelayError, match="gone"):
        await client.allocate()
