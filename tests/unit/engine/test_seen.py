"""Which sink painted how much of which publication."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.engine.seen import Metered, Painted, Seen
from visio_desktop.ui.widgets.video_surface import FrameMailbox, WakeUp


class Sink:
    def __init__(self) -> None:
        self.meter = FreezeMeter()

    def paint(self, *times_ms: float) -> None:
        for time_ms in times_ms:
            self.meter.painted(time_ms)


def test_a_sink_that_shows_one_publication_after_the_other_is_counted_for_each() -> None:
    seen, sink = Seen(), Sink()
    seen.attached("ada", sink, 0)
    sink.paint(0, 40, 80)
    seen.detached("ada", sink, 80)
    seen.attached("bob", sink, 80)
    sink.paint(120, 160)
    assert seen.painted("ada", 160) == Painted(3)
    assert seen.painted("bob", 160) == Painted(2)


def test_two_sinks_of_one_publication_are_added_and_attaching_twice_changes_nothing() -> None:
    seen, one, two = Seen(), Sink(), Sink()
    seen.attached("ada", one, 0)
    one.paint(0, 40)
    seen.attached("ada", one, 40)
    seen.attached("ada", two, 40)
    two.paint(40, 80, 120)
    assert seen.painted("ada", 120).frames == 5


def test_a_freeze_is_counted_while_it_lasts_and_in_full_across_a_restart() -> None:
    seen, sink = Seen(), Sink()
    seen.attached("ada", sink, 0)
    sink.paint(0, 40, 80)
    assert seen.painted("ada", 1080) == Painted(3, 1000, 0)
    seen.restart("ada", 1080)
    assert seen.painted("ada", 1080) == Painted()
    sink.paint(2080)
    assert seen.painted("ada", 2080) == Painted(1, 1000, 1)


def test_a_restart_forgets_what_nobody_shows() -> None:
    seen, sink = Seen(), Sink()
    seen.attached("ada", sink, 0)
    sink.paint(0, 40)
    seen.detached("ada", sink, 40)
    seen.restart("ada", 40)
    assert seen.painted("ada", 40) == Painted()
    assert not seen._shown


def test_a_sink_without_a_meter_is_passed_over() -> None:
    seen = Seen()
    seen.attached("ada", object(), 0)
    seen.detached("ada", object(), 0)
    assert seen.painted("ada", 0) == Painted()


def test_the_windows_mailboxes_are_metered(qtbot: QtBot) -> None:
    now_ms = [0.0]

    class Surface:
        def picture_changed(self) -> None:
            mailbox.painted()

    mailbox = FrameMailbox(WakeUp(), Surface(), clock=lambda: now_ms[0])
    assert isinstance(mailbox, Metered)
    seen = Seen()
    seen.attached("ada", mailbox, 0)
    for time_ms in (0, 40, 80, 1080):
        now_ms[0] = time_ms
        mailbox.wake()
    assert seen.painted("ada", 1080) == Painted(4, 1000, 1)
