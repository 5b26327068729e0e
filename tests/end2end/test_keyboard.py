"""A whole practice meeting without a mouse and without looking: keys go in, a screen reader's words come out."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.helpers.keyboard import Keyboard
from tests.helpers.screen_reader import Node, ScreenReader, need_screen_reader
from tests.helpers.xvfb import Xvfb

SETTINGS = {
    "name": "Odile",
    "microphone_on": True,
    "camera_on": True,
    "camera": "test",
    "microphone": "test",
    "speaker": "null",
}
MOST_TABS = 30
# A button that stays pressed is told as a check box.
BUTTONS = ("push button", "check box")


class Person:
    """Somebody at the keyboard who hears what the screen reader says."""

    def __init__(self, keyboard: Keyboard, reader: ScreenReader) -> None:
        self.keyboard = keyboard
        self.reader = reader

    async def tab_to(self, name: str) -> None:
        """Press Tab until this has the keyboard."""
        for _ in range(MOST_TABS):
            if any(node.focused and node.name == name for node in await self.reader.read()):
                return
            self.keyboard.press("Tab")
            await asyncio.sleep(0.1)
        raise AssertionError(f"Tab does not come by {name}: {[n.name for n in await self.reader.read() if n.name]}")

    async def hears(self, start: str) -> Node:
        """Something whose name begins so."""
        seen = await self.reader.until(lambda nodes: any(n.name.startswith(start) for n in nodes), start)
        return next(node for node in seen if node.name.startswith(start))


@pytest.fixture
async def person(tmp_path: Path) -> AsyncIterator[Person]:
    need_screen_reader()
    (tmp_path / "visio-desktop").mkdir()
    (tmp_path / "visio-desktop" / "settings.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    homes = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), str(tmp_path))
    with Xvfb() as display, Keyboard(display.name) as keyboard:
        async with ScreenReader("visio-desktop", {**os.environ, **homes, **display.environment}) as reader:
            program = [sys.executable, "-m", "visio_desktop"]
            process = await asyncio.create_subprocess_exec(*program, env=reader.environment)
            try:
                await reader.until_named("Practice meeting")
                assert keyboard.enter("Visio Desktop")
                yield Person(keyboard, reader)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()


async def enter_the_room(person: Person) -> None:
    await person.tab_to("Practice meeting")
    person.keyboard.press("space")
    await person.reader.until_focused("Join")
    person.keyboard.press("Return")
    await person.hears("Amina Diallo")


async def let_in_who_waits(person: Person) -> None:
    """Somebody knocks in every practice meeting; then the list of people has the keyboard, and a row its menu."""
    keyboard, reader, admit = person.keyboard, person.reader, "Admit Emeka Okafor"
    await reader.until(lambda nodes: any(n.name == admit for n in nodes), admit, timeout_s=40.0)
    keyboard.press("Ctrl+Shift+P")
    await reader.until_focused(admit)
    keyboard.press("space")
    await reader.until(lambda nodes: any(n.name == "Emeka Okafor" and n.role == "list item" for n in nodes), "let in")
    await reader.until(lambda nodes: all(n.name != admit for n in nodes), "nobody waits")
    await reader.until(
        lambda nodes: any(n.focused and n.role == "list item" for n in nodes), "the keyboard in the list"
    )
    keyboard.press("Return")
    keyboard.press("Return")  # the menu begins with pinning
    await reader.until(lambda nodes: any(n.role == "filler" and "pinned" in n.name for n in nodes), "pinned")
    keyboard.press("Escape")
    await reader.until(lambda nodes: all(n.name != "Close panel" for n in nodes), "the panel closed")


async def test_a_meeting_by_keyboard_alone(person: Person) -> None:
    keyboard, reader = person.keyboard, person.reader
    await enter_the_room(person)
    await reader.until_named("Turn off microphone")
    keyboard.press("Ctrl+D")
    await reader.until_named("Turn on microphone")
    await person.hears("Odile (you), microphone off")

    keyboard.press("Ctrl+Shift+M")
    await reader.until_focused("Enter a message")
    keyboard.write("is anybody there")
    keyboard.press("Return")
    answered = "You wrote"
    await reader.until(lambda nodes: any(answered in n.text and "is anybody there" in n.text for n in nodes), answered)
    keyboard.press("Escape")
    await reader.until(lambda nodes: all(n.name != "Enter a message" for n in nodes), "the chat closed")

    keyboard.press("Ctrl+Shift+H")
    await reader.until_named("Lower hand")
    await reader.until(lambda nodes: any("Odile (you)" in n.name and "hand raised" in n.name for n in nodes), "hand")

    keyboard.press("Ctrl+Shift+E")
    await reader.until_focused("React: thumbs up")
    keyboard.press("Right")
    await reader.until_focused("React: thumbs down")
    keyboard.press("4")
    keyboard.press("Escape")
    await reader.until(lambda nodes: all(n.name != "React: thumbs up" for n in nodes), "the reactions closed")

    keyboard.press("Ctrl+Shift+S")
    await reader.until_named("Copy all")
    assert keyboard.enter("Call statistics")
    rows = {"You: camera", "Amina Diallo: camera", "Amina Diallo: microphone"}
    await reader.until(lambda nodes: rows <= {n.name for n in nodes} and any("kbit/s" in n.name for n in nodes), "rows")
    await person.tab_to("Copy all")
    keyboard.press("space")
    await reader.until_named("Copied")
    keyboard.press("Escape")
    await reader.until(lambda nodes: all(n.name != "Call statistics" for n in nodes), "the statistics closed")
    assert keyboard.enter("Practice meeting")

    await let_in_who_waits(person)

    keyboard.press("F2")
    await person.tab_to("Leave the meeting")
    keyboard.press("space")
    await reader.until_named("You have left the meeting")
    await person.tab_to("Rejoin the meeting")
    keyboard.press("Return")
    await person.hears("Amina Diallo")


async def test_a_screen_reader_finds_buttons_and_people_by_name(person: Person) -> None:
    await enter_the_room(person)
    await person.hears("Dmitri Novak")
    nodes = await person.reader.read()
    buttons = {node.name for node in nodes if node.role in BUTTONS and node.focusable}
    wanted = {
        "Turn off microphone",
        "Choose microphone and loudspeaker",
        "Turn off camera",
        "Choose camera",
        "Raise hand",
        "More options",
        "Leave the meeting",
        "Information",
    }
    assert wanted <= buttons
    assert any(name.startswith("Participants: ") for name in buttons)
    assert all(node.name for node in nodes if node.role in BUTTONS)
    people = {node.name.split(",")[0] for node in nodes if node.focusable}
    assert {"Odile (you)", "Amina Diallo", "Bruno Lefèvre", "Chloé Martin", "Dmitri Novak"} <= people
