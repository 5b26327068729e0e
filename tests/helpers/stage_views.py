"""States of the stage, the bar and the windows beside: reactions, subtitles, shares, the chat at length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtWidgets import QWidget

from tests.helpers.fake_meeting import chat_lines, meeting_of, person
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.rooms import Caption, Emoji, Knock, Reaction, Room
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, ChatMessage, Publication, Source
from visio_desktop.system.clock import epoch_ms
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.window import MainWindow

EVERYTHING = Capability(0)
for _each in Capability:
    EVERYTHING |= _each


@dataclass(frozen=True, slots=True)
class Scene:
    """What is shown, what is shown after it, and what is done then; the widget that is answered is pictured."""

    meeting: Meeting
    then: Meeting | None = None
    act: Callable[[MainWindow], QWidget] | None = None


def stage_scenes() -> dict[str, Scene]:
    """Every state by name."""
    five = [person(n, microphone=n != 3, speaking=n == 1, camera=n != 4) for n in range(5)]
    room = replace(meeting_of(*five), joined_at_ms=epoch_ms() - 754_000.0, capabilities=EVERYTHING)
    shares = [Publication(f"p{n}:screen", f"p{n}", Source.SCREEN) for n in range(5)]
    sharing = [
        replace(one, publications=(*one.publications, shares[n])) if n in (2, 3) else one for n, one in enumerate(five)
    ]
    share = replace(room, participants=tuple(sharing))
    reactions = tuple(Reaction(n, f"p{n % 5}", five[n % 5].name, emoji) for n, emoji in enumerate(Emoji, 1))
    speaking = replace(five[0], speaking=True, hand_raised_at_ms=1.0)
    said = replace(room, room=Room(captions_on=True, captions=_words()))
    quiet = replace(room, microphone_on=False, camera_on=False)
    return {
        "room_reactions": Scene(room, replace(room, room=Room(reactions=reactions)), _react),
        "room_subtitles": Scene(said),
        "room_shares": Scene(share),
        "room_zoomed": Scene(share, act=_zoom),
        "room_sharing": Scene(replace(room, screen_on=True)),
        "room_sharing_paused": Scene(replace(room, screen_on=True, screen_paused=True)),
        "room_not_allowed": Scene(replace(quiet, room=Room(may_send=frozenset({Source.CAMERA})))),
        "room_alone_long": Scene(replace(room, participants=(five[0],), room=Room(leave_at_ms=epoch_ms() + 100_000.0))),
        "room_hand_hint": Scene(replace(room, participants=(speaking, *five[1:])), act=_ask),
        "room_chat_long": Scene(replace(room, chat=_chat(), unread=1), replace(room, chat=_chat(), panel=Panel.CHAT)),
        "small_window": Scene(replace(room, room=Room(waiting=(Knock("1", "Zoé"), Knock("2", "Yan")))), act=_small),
        "share_window": Scene(share, act=_window),
    }


def _words() -> tuple[Caption, ...]:
    return (
        Caption("1", "p1", "Amina Diallo", "Shall we begin with the minutes of the last meeting?", final=True),
        Caption("2", "p2", "Bruno Lefèvre", "There is one point in them I would like to change.", final=True),
        Caption("3", "p1", "Amina Diallo", "Go ahead"),
    )


def _chat() -> tuple[ChatMessage, ...]:
    tricks = "https://bank.example@evil.example/x and https://\u0430\u0440\u0440\u04cf\u0435.com"
    return (
        *chat_lines(),
        ChatMessage("5", "p2", "Bruno Lefèvre", tricks, 62_000.0),
        ChatMessage("6", "p0", "Odile Owner", "I mean tomorrow", 63_000.0, is_mine=True, edited=True),
        ChatMessage("7", "p3", "Chloé Martin", "word " * 600, 64_000.0),
    )


def _page(window: MainWindow) -> RoomPage:
    page = window.page
    assert isinstance(page, RoomPage)
    return page


def _react(window: MainWindow) -> QWidget:
    _page(window).bar.reactions_asked.emit()
    return window


def _zoom(window: MainWindow) -> QWidget:
    share = _page(window).stage.large_share()
    assert share is not None
    share.zoom_by(1.6)
    return window


def _ask(window: MainWindow) -> QWidget:
    _page(window).hint.timer.timeout.emit()
    return window


def _small(window: MainWindow) -> QWidget:
    page = _page(window)
    page.bar.small_asked.emit()
    assert page.beside.small is not None
    return page.beside.small


def _window(window: MainWindow) -> QWidget:
    page = _page(window)
    page.stage.tiles()["p2/p2:screen"].window_asked.emit()
    return page.beside.extra.windows()["p2/p2:screen"]
