"""A program that dies leaves a report on this computer, and its next start offers it; nothing is sent."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from tests.helpers.program import run, start
from visio_desktop.system.texts import set_language, tr

# What the next start shows is told on standard output, then the window is closed.
_TELL_OFFER = """
from PySide6.QtCore import QTimer
from visio_desktop.ui.widgets.question_bar import QuestionBar
from visio_desktop.ui.window import MainWindow
offer = MainWindow.offer_report
def offered(window):
    offer(window)
    [bar] = window.page.findChildren(QuestionBar)
    print("OFFERED", bar.question.text(), not bar.isHidden(), flush=True)
    bar.no.click()
    QTimer.singleShot(0, window.close)
MainWindow.offer_report = offered
"""
_CLOSE = """
from PySide6.QtCore import QTimer
from visio_desktop.ui import application
went_on = application._Run._go_on
def go_on(run):
    went_on(run)
    QTimer.singleShot(0, run.window.close)
application._Run._go_on = go_on
"""


async def appeared(home: Path, pattern: str) -> Path:
    """The file, once it is there."""
    async with asyncio.timeout(60):
        while True:
            found = await asyncio.to_thread(lambda: list(home.rglob(pattern)))
            if found:
                return found[0]
            await asyncio.sleep(0.05)


async def test_what_crashed_is_offered_by_the_next_start_and_handed_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = await start("open", home=home)
    await appeared(home, "running-*.txt")
    await appeared(home, "*.log")
    os.kill(first.process.pid, signal.SIGSEGV)
    outcome = await first.finish()
    assert outcome.status == -signal.SIGSEGV
    assert outcome.said == ""

    again = await (await start("open", home=home, before=_TELL_OFFER)).finish()
    set_language("en")
    assert again.printed == f"OFFERED {tr('support.crashed')} True\n"
    assert again.status == 0

    quiet = await (await start("open", home=home, before=_TELL_OFFER + _CLOSE)).finish()
    assert quiet.printed == ""
    assert list(home.rglob("running-*.txt")) == []

    logs = await run("logs", "--print", home=home)
    assert logs.status == 0
    assert "Fatal Python error: Segmentation fault" in logs.printed
    assert str(home) not in logs.printed
