from __future__ import annotations

import asyncio
import socket
import sys
from random import Random
from typing import cast

import pytest

from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.rtc.ice.sockets import host_addresses, is_usable, mark, marking_of, open_socket


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("10.0.0.1", True),
        ("192.0.2.7", True),
        ("fd00::1", True),
        ("2001:db8::1", True),
        ("127.0.0.1", False),
        ("127.0.1.1", False),
        ("::1", False),
        ("169.254.1.1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("0.0.0.0", False),
        ("::ffff:10.0.0.1", False),
        ("ff02::1", False),
        ("rubbish", False),
    ],
)
def test_which_addresses_others_may_reach(address: str, usable: bool) -> None:
    assert is_usable(address) is usable


def test_the_addresses_of_this_machine() -> None:
    found = host_addresses()
    assert all(map(is_usable, found))
    assert len(set(found)) == len(found) <= 16


class Open(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_ports_out_of_a_range_until_it_is_used_up(address: str) -> None:
    opened: list[Open] = []
    try:
        while len(opened) < 3:
            opened += [await open_socket(Open, address, ports=(41_000, 41_002), spread=Random(2))]
        found = sorted(one.transport.get_extra_info("sockname")[1] for one in opened)
        assert found == [41_000, 41_001, 41_002]
        with pytest.raises(OSError):  # noqa: PT011 - which one is the system's choice
            await open_socket(Open, address, ports=(41_000, 41_002), spread=Random(2))
    finally:
        for one in opened:
            one.transport.close()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("family", "level", "option"),
    [
        (socket.AF_INET, socket.IPPROTO_IP, socket.IP_TOS),
        (socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
    ],
)
def test_marks_are_set_where_asked_for(family: socket.AddressFamily, level: int, option: int) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as handle:
        mark(handle, 0)
        assert handle.getsockopt(level, option) == 0
        mark(handle, 34)
        assert handle.getsockopt(level, option) == 34 << 2


FAMILIES = {
    "127.0.0.1": (socket.AF_INET, socket.IPPROTO_IP, socket.IP_RECVTOS, socket.IP_TOS),
    "::1": (socket.AF_INET6, socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, socket.IPV6_TCLASS),
}


@pytest.mark.parametrize("address", FAMILIES)
async def test_sound_and_pictures_of_one_socket_arrive_with_marks_of_their_own(address: str) -> None:
    family, level, wish, kind = FAMILIES[address]
    marking = marking_of(NetworkOptions(dscp=34, dscp_sound=46))
    assert marking is not None
    with socket.socket(family, socket.SOCK_DGRAM) as there:
        there.setsockopt(level, wish, 1)
        there.settimeout(10)
        there.bind((address, 0))
        opened = await open_socket(Open, address, ports=None, spread=Random(1))
        marks = []
        for is_sound in (False, True, True, False):
            marking.use(opened.transport, is_sound=is_sound)
            opened.transport.sendto(b"x", there.getsockname())
            _, told, _, _ = there.recvmsg(16, 64)
            # As one byte or as an int, each system in its own way.
            marks += [
                int.from_bytes(data, sys.byteorder) >> 2 for told_level, which, data in told if told_level == level
            ]
            assert {which for _, which, _ in told} == {kind}
        opened.transport.close()
        await asyncio.sleep(0)
    assert marks == [34, 46, 46, 34]


def test_where_all_is_marked_alike_or_nothing_nobody_changes_marks() -> None:
    assert marking_of(NetworkOptions()) is None
    assert marking_of(NetworkOptions(dscp=10, dscp_sound=10)) is None
