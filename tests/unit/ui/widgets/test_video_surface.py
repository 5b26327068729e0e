from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.ui.widgets.video_surface import FrameMailbox, WakeUp


class Surface:
    def __init__(self) -> None:
        self.woken = 0
        self.threads: set[int] = set()

    def picture_changed(self) -> None:
        self.woken += 1
        self.threads.add(threading.get_ident())


def picture(shade: int = 0) -> Picture:
    return Picture(bytes((shade, shade, shade, 255)) * 4, 2, 2, 2, 2)


def test_only_the_latest_picture_is_kept_and_the_surface_woken_once(qtbot: QtBot) -> None:
    surface = Surface()
    mailbox = FrameMailbox(WakeUp(), surface)
    pictures = [picture(shade) for shade in range(50)]
    sender = threading.Thread(target=lambda: list(map(mailbox.put, pictures)))
    sender.start()
    sender.join()
    qtbot.waitUntil(lambda: surface.woken > 0)
    assert surface.woken == 1
    assert mailbox.latest() is pictures[-1]
    assert surface.threads == {threading.get_ident()}


def test_one_turn_of_the_loop_wakes_every_tile_with_news(qtbot: QtBot) -> None:
    wake_up = WakeUp()
    surfaces = [Surface() for _ in range(9)]
    mailboxes = [FrameMailbox(wake_up, surface) for surface in surfaces]
    timed_out: list[int] = []
    wake_up._timer.timeout.connect(lambda: timed_out.append(1))
    for mailbox in mailboxes[:8]:
        mailbox.put(picture())
    qtbot.waitUntil(lambda: all(surface.woken for surface in surfaces[:8]))
    assert len(timed_out) == 1
    assert surfaces[8].woken == 0


def test_the_first_picture_after_a_pause_waits_for_no_timer(qtbot: QtBot) -> None:
    now_ms = [1_000.0]
    wake_up, surface = WakeUp(clock=lambda: now_ms[0]), Surface()
    timed_out: list[int] = []
    wake_up._timer.timeout.connect(lambda: timed_out.append(1))
    mailbox = FrameMailbox(wake_up, surface)
    mailbox.put(picture())
    assert surface.woken == 1
    now_ms[0] += 20
    mailbox.put(picture())
    assert surface.woken == 1
    qtbot.waitUntil(lambda: surface.woken == 2)
    assert timed_out == [1]
    now_ms[0] += 101
    mailbox.put(picture())
    assert surface.woken == 3


def test_after_waking_the_next_picture_wakes_again(qtbot: QtBot) -> None:
    surface = Surface()
    mailbox = FrameMailbox(WakeUp(), surface)
    for turn in (1, 2, 3):
        mailbox.put(picture())
        qtbot.waitUntil(lambda turn=turn: surface.woken == turn)  # type: ignore[misc] # bound in the loop


def test_painting_feeds_the_freeze_meter_and_tells_of_the_first_picture(qtbot: QtBot) -> None:
    now_ms = [0.0]
    mailbox = FrameMailbox(WakeUp(), Surface(), clock=lambda: now_ms[0])
    told: list[bool] = []
    mailbox.on_first_painted(lambda: told.append(True))
    for at_ms in (0.0, 33.0, 66.0, 99.0, 1_099.0):
        now_ms[0] = at_ms
        mailbox.painted()
    assert told == [True]
    assert mailbox.meter.frames_painted == 5
    assert (mailbox.meter.freeze_count, mailbox.meter.frozen_ms) == (1, 1_000.0)


def test_a_hidden_tile_wants_nothing_and_is_not_frozen(qtbot: QtBot) -> None:
    now_ms = [0.0]
    mailbox = FrameMailbox(WakeUp(), Surface(), clock=lambda: now_ms[0])
    mailbox.aim(PictureTarget(4, 4))
    assert mailbox.target() == PictureTarget(4, 4)
    for at_ms in (0.0, 33.0, 66.0):
        now_ms[0] = at_ms
        mailbox.painted()
    mailbox.aim(None)
    assert mailbox.target() is None
    now_ms[0] = 60_000.0
    mailbox.painted()
    assert mailbox.meter.freeze_count == 0


def test_a_closed_mailbox_wakes_nobody(qtbot: QtBot) -> None:
    surface = Surface()
    mailbox = FrameMailbox(WakeUp(), surface)
    mailbox.aim(PictureTarget(4, 4))
    mailbox.put(picture())
    mailbox.put(picture())
    mailbox.close()
    qtbot.wait(30)
    assert surface.woken == 1
    assert mailbox.target() is None
