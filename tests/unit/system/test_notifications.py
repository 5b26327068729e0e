from __future__ import annotations

import asyncio
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.message_bus import FakeDesktop, message_bus
from visio_desktop.system.dbus import SessionBus
from visio_desktop.system.notifications import Note, Notifier, Pressed, bearable

KNOCK = Note("lobby", "Ada <b>wants</b> in", "a & b <i>c</i>", (("admit:7", "Let in"), ("show", "Show")), urgent=True)


async def test_a_notice_is_shown_replaced_pressed_and_withdrawn() -> None:
    pressed: list[Pressed] = []
    async with message_bus() as address, FakeDesktop(address) as desktop:
        notifier = Notifier("Visio", pressed.append, partial(SessionBus.connect, address))
        assert await notifier.show(KNOCK)
        first = desktop.notes[0]
        assert first.summary == KNOCK.title
        assert first.body == "a &amp; b &lt;i&gt;c&lt;/i&gt;", "markup of others is text"
        assert first.actions == ["default", "Visio", "admit:7", "Let in", "show", "Show"]
        assert first.hints["urgency"] == 2
        await notifier.show(KNOCK)
        assert desktop.notes[1].replaces == first.number
        desktop.press(first.number, "admit:7", token="activation-1")
        desktop.press(first.number, "default")
        desktop.press(99, "show")
        await desktop.until(lambda: len(pressed) == 2)
        assert pressed == [Pressed("lobby", "admit:7", "activation-1"), Pressed("lobby", "")]
        assert notifier.is_showing
        await notifier.withdraw("lobby")
        await notifier.withdraw("lobby")
        assert not notifier.is_showing
        assert desktop.closed == [first.number]
        await notifier.close()


async def test_what_is_asked_for_at_once_happens_in_its_order() -> None:
    async with message_bus() as address, FakeDesktop(address) as desktop:
        notifier = Notifier("Visio", lambda _: None, partial(SessionBus.connect, address))
        await asyncio.gather(notifier.show(KNOCK), notifier.withdraw("lobby"), notifier.show(KNOCK))
        assert [note.replaces for note in desktop.notes] == [0, 0]
        assert desktop.closed == [desktop.notes[0].number]
        await notifier.close()
        assert desktop.closed == [note.number for note in desktop.notes]


async def test_a_notice_pressed_as_soon_as_it_is_seen_is_heard() -> None:
    pressed: list[Pressed] = []
    async with message_bus() as address, FakeDesktop(address) as desktop:
        desktop.on_note = lambda shown: desktop.press(shown.number, "show")
        notifier = Notifier("Visio", pressed.append, partial(SessionBus.connect, address))
        await notifier.show(KNOCK)
        await desktop.until(lambda: pressed == [Pressed("lobby", "show")])
        await notifier.close()


async def test_a_dismissed_notice_is_no_longer_replaced() -> None:
    async with message_bus() as address, FakeDesktop(address, can=()) as desktop:
        notifier = Notifier("Visio", lambda _: None, partial(SessionBus.connect, address))
        await notifier.show(KNOCK)
        assert desktop.notes[0].actions == [], "no buttons where the desktop has none"
        assert desktop.notes[0].body == KNOCK.body
        desktop.dismiss(desktop.notes[0].number)
        await desktop.until(lambda: not notifier._shown)
        await notifier.show(KNOCK)
        assert desktop.notes[1].replaces == 0
        await notifier.close()


async def test_without_a_service_nothing_is_shown_and_nothing_raised() -> None:
    async with message_bus() as address:
        notifier = Notifier("Visio", lambda _: None, partial(SessionBus.connect, address))
        assert not await notifier.show(KNOCK)
        assert notifier.missing
    nowhere = Notifier("Visio", lambda _: None, partial(SessionBus.connect, "unix:path=/nowhere/bus"))
    await nowhere.show(KNOCK)
    assert nowhere.missing
    await nowhere.withdraw("lobby")
    await nowhere.close()


@given(st.text(max_size=500))
def test_what_others_write_is_one_bearable_line(text: str) -> None:
    line = bearable(text, 100)
    assert len(line) <= 100
    assert line.isprintable()
