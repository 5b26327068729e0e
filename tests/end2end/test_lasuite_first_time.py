"""A link, a login, a meeting: the whole application by keyboard, and what a screen reader hears of both its windows."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

import pytest

from tests.helpers.keyboard import Keyboard
from tests.helpers.lasuite import ContractServer
from tests.helpers.login_program import UNSANDBOXED
from tests.helpers.screen_reader import ScreenReader, need_screen_reader
from tests.helpers.xvfb import Xvfb

ROOM = "tru-sted-aaa"
FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
SETTINGS = {"camera": "test", "microphone": "test", "speaker": "null", "language": "en"}


async def log_in(keyboard: Keyboard, reader: ScreenReader) -> None:
    """In the login window: its page takes the keyboard when it is there, and what is typed before is lost."""
    window = reader.beside("visio-desktop-login")
    await window.until(lambda seen: any(node.name.startswith("Connection without encryption") for node in seen), "host")
    await window.until_named("Log in")
    for _ in range(10):
        if not keyboard.enter("Log in to"):
            return
        for key in ("Ctrl+A", *"owner", "Return"):
            keyboard.press(key)
        await asyncio.sleep(1)


@pytest.mark.timeout(120)
async def test_a_person_without_a_mouse_comes_from_a_link_through_the_login_into_the_meeting(tmp_path: Path) -> None:
    need_screen_reader()
    (tmp_path / "visio-desktop").mkdir()
    (tmp_path / "visio-desktop" / "settings.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    homes = dict.fromkeys(FOLDERS, str(tmp_path))
    with ContractServer() as server, Xvfb() as display, Keyboard(display.name) as keyboard:
        environment = {**os.environ, **homes, **UNSANDBOXED, **display.environment}
        async with ScreenReader("visio-desktop", environment) as reader:
            program = [sys.executable, "-m", "visio_desktop", server.link(ROOM)]
            process = await asyncio.create_subprocess_exec(*program, env=reader.environment)
            try:
                await reader.until_named("Join the meeting?")
                assert keyboard.enter("Visio Desktop")
                await reader.until_focused("Your name")
                keyboard.press("Tab")
                await reader.until_focused("Log in")
                keyboard.press("space")
                await log_in(keyboard, reader)
                await reader.until_named("You join as Odile Owner.")
                assert keyboard.enter("Visio Desktop")
                await reader.until_focused("Join as a guest instead")
                keyboard.press("Tab")
                await reader.until_focused("Join")
                keyboard.press("Return")
                while not (people := await asyncio.to_thread(server.people, ROOM)):
                    await asyncio.sleep(0.2)
                assert (people[0]["name"], people[0]["attributes"]["room_role"]) == ("Odile Owner", "owner")
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()
