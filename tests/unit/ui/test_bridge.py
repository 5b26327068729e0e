from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.bridge import Bridge


def test_only_the_latest_of_a_burst_arrives_on_the_windows_thread(qtbot: QtBot) -> None:
    engine = FakeEngine()
    bridge = Bridge(engine)
    got: list[Meeting] = []
    threads: list[int] = []

    def take_in(meeting: Meeting) -> None:
        got.append(meeting)
        threads.append(threading.get_ident())

    bridge.changed.connect(take_in)

    def burst() -> None:
        bridge.start()
        for number in range(50):
            engine.show(title=f"title {number}")

    thread = threading.Thread(target=burst)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(got))
    assert [m.title for m in got] == ["title 49"]
    assert threads == [threading.get_ident()]
    engine.show(title="next")
    qtbot.waitUntil(lambda: len(got) == 2)
    assert got[1].title == "next"
