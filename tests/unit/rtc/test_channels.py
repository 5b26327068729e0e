from __future__ import annotations

import pytest

from tests.helpers.rtc_pair import pair, until
from visio_desktop.rtc.errors import ChannelClosed, MessageTooLarge


async def test_messages_go_both_ways_in_order() -> None:
    async with pair() as two:
        mine = two.caller.open_channel("chat")
        opened: list[str] = []
        back: list[bytes] = []
        mine.on_open(lambda: opened.append("chat"))
        mine.on_message(back.append)
        await two.negotiate()
        await until(lambda: opened == ["chat"])
        for number in range(50):
            mine.send(bytes([number]) * 3_000)
        heard = two.callee_heard
        await until(lambda: len(heard.messages) == 50)
        assert [data[0] for _, data in heard.messages] == list(range(50))
        heard.channels["chat"].send(b"")
        await until(lambda: back == [b""])
        again: list[str] = []
        mine.on_open(lambda: again.append("at once"))
        assert again == ["at once"]


async def test_what_cannot_be_sent_is_refused() -> None:
    async with pair() as two:
        mine = two.caller.open_channel("chat")
        with pytest.raises(ChannelClosed):
            mine.send(b"too early")
        await two.negotiate()
        await until(lambda: mine.is_open)
        with pytest.raises(MessageTooLarge):
            mine.send(b"x" * 65_536)
        for _ in range(128):
            mine.send(b"x" * 65_535)
        with pytest.raises(MessageTooLarge):
            mine.send(b"x" * 65_535)


async def test_a_closed_connection_closes_its_channels() -> None:
    async with pair() as two:
        mine = two.caller.open_channel("chat")
        await two.negotiate()
        await until(lambda: mine.is_open)
        await two.caller.close()
        assert not mine.is_open
        with pytest.raises(ChannelClosed):
            mine.send(b"too late")


async def test_text_arrives_as_bytes() -> None:
    async with pair() as two:
        mine = two.caller.open_channel("chat")
        await two.negotiate()
        await until(lambda: mine.is_open)
        mine.send("été".encode(), as_text=True)
        await until(lambda: two.callee_heard.messages == [("chat", "été".encode())])
