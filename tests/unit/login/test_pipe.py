from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO

from pytestqt.qtbot import QtBot

from visio_desktop.login.pipe import Listener
from visio_desktop.login.wire import Failed, Failure, Message, Shown, decode, encode

SPEAK = """
from visio_desktop.login.pipe import Speaker
from visio_desktop.login.wire import Shown
speaker = Speaker()
print("noise of a library")
speaker.say(Shown())
"""


def test_messages_come_and_rubbish_between_them_is_passed_over(qtbot: QtBot) -> None:
    listener = Listener()
    heard: list[Message] = []
    listener.came.connect(heard.append)
    with qtbot.waitSignal(listener.ended):
        listener.start(BytesIO(encode(Shown()) + b"rubbish\n" + encode(Failed(Failure.CRASHED))))  # type: ignore[arg-type]
    assert heard == [Shown(), Failed(Failure.CRASHED)]


def test_only_messages_go_to_the_other_side() -> None:
    done = subprocess.run([sys.executable, "-c", SPEAK], capture_output=True, check=True, env=dict(os.environ))
    assert decode(done.stdout) == Shown()
    assert b"noise" in done.stderr
