"""The program among the desktop around it: in the background, in the tray, called by a second start and by keys.

The desktop's services are fakes on a message bus of the test's own; X11, its keys and the program are real.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sized
from pathlib import Path

import psutil

from tests.helpers.keyboard import Keyboard
from tests.helpers.message_bus import FakeDesktop, Shown, message_bus
from tests.helpers.needs import need_program
from tests.helpers.xvfb import Xvfb

_FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
_SETTINGS = {
    "name": "Ada",
    "camera": "none",
    "microphone": "test",
    "speaker": "null",
    "language": "en",
    "background": True,
    "global_shortcuts": True,
}


class Started:
    """The program on a display and a bus, with settings of its own."""

    def __init__(self, folder: Path, display: Xvfb, address: str) -> None:
        self._environment = {
            **os.environ,
            **dict.fromkeys(_FOLDERS, str(folder)),
            **display.environment,
            "DBUS_SESSION_BUS_ADDRESS": address,
            "XDG_SESSION_TYPE": "x11",
        }
        (folder / "visio-desktop").mkdir(parents=True)
        (folder / "visio-desktop" / "settings.json").write_text(json.dumps(_SETTINGS))

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        return await self.run(sys.executable, "-m", "visio_desktop", *words)

    async def run(self, *command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *command, env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
        )


async def _shown(keyboard: Keyboard, title: str) -> None:
    async with asyncio.timeout(40):
        while not keyboard.sees(title):
            await asyncio.sleep(0.05)


async def test_in_the_background_by_links_keys_tray_and_notices(tmp_path: Path) -> None:
    need_program("Xvfb")
    async with message_bus() as address, FakeDesktop(address, portal=False) as desktop:
        with Xvfb() as display, Keyboard(display.name) as keyboard:
            program = Started(tmp_path, display, address)
            first = await program.start("--background")
            try:
                await desktop.until(lambda: desktop.has_tray, 40)
                assert not keyboard.sees("Visio Desktop"), "nothing but the tray"
                second = await program.start("practice:")
                assert await asyncio.wait_for(second.wait(), 40) == 0
                await _shown(keyboard, "Visio Desktop")
                keyboard.enter("Visio Desktop")
                await _joined(desktop, keyboard)
                keyboard.close("Visio Desktop")
                stays = await _noted(desktop, "The meeting goes on")
                assert "microphone off" in stays.body
                assert not keyboard.sees("Visio Desktop")
                keyboard.press("Ctrl+Alt+M")
                await _offered(desktop, "Mute")
                assert "microphone is on" in await desktop.tray_says()
                await desktop.choose_in_tray("Mute")
                await _offered(desktop, "Unmute")
                assert not (await _noted(desktop, "Message from")).body, "what it says is not shown unless wished for"
                knock = await _noted(desktop, "wants to come in")
                desktop.press(knock.number, next(word for word in knock.actions if word.startswith("admit:")))
                await desktop.until(lambda: knock.number in desktop.closed)
                desktop.press(stays.number, "show")
                await _shown(keyboard, "Visio Desktop")
                third = await program.start("visio://meet.example.org/abc-defg-hij")
                assert await asyncio.wait_for(third.wait(), 40) == 0
                assert "Leave the meeting" in await desktop.tray_menu(), "it asks before it leaves"
                await desktop.choose_in_tray("Leave the meeting")
                await _offered(desktop, "Show the window", without="Leave the meeting")
                await desktop.choose_in_tray("Quit")
                assert await asyncio.wait_for(first.wait(), 40) == 0
                assert stays.number in desktop.closed, "nothing is left"
            finally:
                if first.returncode is None:
                    first.kill()
                    await first.wait()


async def _joined(desktop: FakeDesktop, keyboard: Keyboard) -> None:
    """Press Join once it is there to be pressed; in a meeting the same key would leave it again."""
    for _ in range(8):
        keyboard.press("Return")
        with contextlib.suppress(TimeoutError):
            await _offered(desktop, "Unmute", within_s=5)
            return
    raise AssertionError("nobody joined")


async def _noted(desktop: FakeDesktop, title: str) -> Shown:
    """Wait for a notice that says this."""
    await desktop.until(lambda: any(title in note.summary for note in desktop.notes), 40)
    return next(note for note in desktop.notes if title in note.summary)


async def _offered(desktop: FakeDesktop, label: str, *, without: str = "", within_s: float = 40) -> None:
    """Wait until the tray's menu offers this."""
    async with asyncio.timeout(within_s):
        while label not in (menu := await desktop.tray_menu()) or (without and without in menu):
            await asyncio.sleep(0.05)


def _running(home: Path) -> list[psutil.Process]:
    """The windows of ours that run with this home."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            if "visio_desktop" in words and "register" not in words and process.environ().get("HOME") == str(home):
                found.append(process)
    return found


async def test_a_clicked_link_opens_the_program_cold_and_the_one_that_runs_warm(tmp_path: Path) -> None:
    need_program("Xvfb")
    need_program("gio")
    with Xvfb() as display, Keyboard(display.name) as keyboard:
        program = Started(tmp_path, display, "unix:path=/nowhere/bus")
        assert await asyncio.wait_for((await program.start("register")).wait(), 40) == 0
        entry = tmp_path / "applications" / "visio-desktop.desktop"
        assert entry.exists()
        try:
            for _ in range(2):
                clicked = await program.run("gio", "open", "visio://127.0.0.1:1/abc-defg-hij")
                assert await asyncio.wait_for(clicked.wait(), 40) == 0
                await _shown(keyboard, "Visio Desktop")
                await _settled(lambda: _running(tmp_path), 1)
        finally:
            for process in _running(tmp_path):
                process.terminate()
                process.wait(15)
        assert await asyncio.wait_for((await program.start("unregister")).wait(), 40) == 0
        assert not entry.exists()


async def _settled(count: Callable[[], Sized], wanted: int) -> None:
    """Wait until there are so many, and no others beginning."""
    async with asyncio.timeout(40):
        times = 0
        while times < 5:
            times = times + 1 if len(count()) == wanted else 0
            await asyncio.sleep(0.1)
