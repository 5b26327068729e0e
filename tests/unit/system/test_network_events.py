from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system import network_events
from visio_desktop.system.network_events import News
from visio_desktop.system.tasks import Tasks

NEW_LINK, DEL_LINK, NEW_ADDRESS, DEL_ADDRESS, NEW_ROUTE = 16, 17, 20, 21, 24


def message(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def address(kind: int, text: str, index: int = 2) -> bytes:
    attribute = struct.pack("=HH", 8, 1) + socket.inet_aton(text)
    return message(kind, struct.pack("=BBBBi", socket.AF_INET, 24, 0, 0, index) + attribute)


def link(kind: int, flags: int, index: int = 2) -> bytes:
    return message(kind, struct.pack("=BxHiII", 0, 1, index, flags, 0))


def route(prefix_bits: int, table: int = 254) -> bytes:
    return message(NEW_ROUTE, struct.pack("=BBBBBBBBI", socket.AF_INET, prefix_bits, 0, 0, table, 3, 0, 1, 0))


def test_an_address_is_news_once() -> None:
    news = News()
    assert news.is_change(address(NEW_ADDRESS, "192.0.2.7"))
    assert not news.is_change(address(NEW_ADDRESS, "192.0.2.7"))
    assert news.is_change(address(NEW_ADDRESS, "192.0.2.7", index=3))
    assert news.is_change(address(DEL_ADDRESS, "192.0.2.7"))
    assert news.is_change(address(NEW_ADDRESS, "192.0.2.7"))


def test_a_link_is_news_when_it_goes_up_or_down() -> None:
    news = News()
    assert not news.is_change(link(NEW_LINK, 0x41))
    assert not news.is_change(link(NEW_LINK, 0x1041))
    assert news.is_change(link(NEW_LINK, 0x01))
    assert news.is_change(link(NEW_LINK, 0x41))
    assert news.is_change(link(DEL_LINK, 0x41))


def test_only_the_way_to_everywhere_counts_among_routes() -> None:
    assert News().is_change(route(0))
    assert not News().is_change(route(24))
    assert not News().is_change(route(0, table=255))


def test_lost_news_are_a_change_and_all_messages_of_a_datagram_count() -> None:
    news = News()
    assert news.is_change(None)
    assert news.is_change(route(24) + address(NEW_ADDRESS, "192.0.2.7"))
    assert not news.is_change(b"")


@given(st.binary(max_size=200))
def test_rubbish_is_no_news_and_no_error(rubbish: bytes) -> None:
    News().is_change(rubbish)
    News().is_change(address(NEW_ADDRESS, "192.0.2.7") + rubbish)


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    owned = Tasks("test")
    yield owned
    await owned.close()


class Kernel:
    """A socket pair: what is written at one end comes out as the kernel's news."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        ours.setblocking(False)
        monkeypatch.setattr(network_events, "_open_kernel", lambda: ours)

    async def say(self, data: bytes) -> None:
        self._theirs.send(data)
        await asyncio.sleep(0.01)

    def close(self) -> None:
        self._theirs.close()


async def test_a_series_of_changes_is_told_at_its_beginning_and_its_end(
    monkeypatch: pytest.MonkeyPatch, tasks: Tasks
) -> None:
    kernel, told = Kernel(monkeypatch), list[str]()
    task = tasks.start(network_events.watch(lambda: told.append("changed"), settle_s=0.05), name="watch")
    await kernel.say(route(24))
    assert told == []
    await kernel.say(address(DEL_ADDRESS, "192.0.2.7"))
    assert told == ["changed"]
    for text in ("192.0.2.8", "192.0.2.9"):
        await kernel.say(address(NEW_ADDRESS, text))
    assert told == ["changed"]
    await asyncio.sleep(0.1)
    assert told == ["changed", "changed"]
    await kernel.say(route(0))
    await asyncio.sleep(0.1)
    assert told == ["changed"] * 3
    task.cancel()
    kernel.close()


async def test_without_the_kernel_we_look_for_ourselves(monkeypatch: pytest.MonkeyPatch, tasks: Tasks) -> None:
    ways, told = iter([("a", ""), ("a", ""), ("b", "")]), list[str]()
    monkeypatch.setattr(network_events, "_open_kernel", lambda: None)
    monkeypatch.setattr(network_events, "_LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(network_events, "way_out", lambda: next(ways, ("b", "")))
    tasks.start(network_events.watch(lambda: told.append("changed")), name="watch")
    await asyncio.sleep(0.05)
    assert told == ["changed"]


def test_the_way_out_is_an_address_or_nothing() -> None:
    found = network_events.way_out()
    assert len(found) == 2
    assert all(text == "" or ":" in text or text.count(".") == 3 for text in found)


async def test_the_real_kernel_can_be_listened_to(tasks: Tasks) -> None:
    task = tasks.start(network_events.watch(lambda: None), name="watch")
    await asyncio.sleep(0.02)
    assert not task.done()
