"""Every page of the window as a picture, on the display it is started on, in one language.

python -m tests.helpers.gallery FOLDER LANGUAGE

Beside the pictures, `faults.json` says for each of them which texts are cut and which controls lie over each other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.helpers.account_views import account_views, rooms_views
from tests.helpers.fake_engine import RECENTS, SCREENS, WINDOWS, FakeEngine, opened, ready
from tests.helpers.fake_meeting import chat_lines, meeting_of, person
from tests.helpers.fitting import cut_texts, nameless, outside, overlaps
from tests.helpers.managed_views import managed_views
from tests.helpers.organisation import decided
from tests.helpers.people_views import led, outside_views, room_views
from tests.helpers.rings import dim_rings
from tests.helpers.server_views import server_views
from tests.helpers.stage_views import stage_scenes
from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.engine import OWN_CAMERA, PREVIEW
from visio_desktop.media.convert import Converter
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.sources.scenes import Slides, TalkingHead
from visio_desktop.meeting.hops import Check, Hop, HopState
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.state import DeviceState, Ending, Meeting, Page
from visio_desktop.meeting.values import Problem, ProblemCode, Publication, Source, Toast
from visio_desktop.settings.schema import Value
from visio_desktop.system.clock import epoch_ms
from visio_desktop.system.texts import set_language
from visio_desktop.ui import theme
from visio_desktop.ui.application import make_application
from visio_desktop.ui.window import SMALLEST_PX as LEAST_PX
from visio_desktop.ui.window import MainWindow, WindowSetup

USUAL_PX = (1280, 800)
SMALLEST_PX = (640, 480)
_PAINTED_MS = 30
_PATIENCE_MS = 30_000
_MOMENT = 20
INSIDE = (
    StreamStatistics(
        "p1:camera",
        Direction.RECEIVED,
        participant="Amina Diallo",
        source="camera",
        codec="vp9",
        width_px=640,
        height_px=360,
        layer=1,
        fps=29.8,
        bitrate_bps=612_000,
        loss_fraction=0.012,
        packets_lost=4,
        recovered_rtx=31,
        frozen_ms=400.0,
        freeze_count=1,
        buffer_ms=38.0,
        rtt_ms=42.0,
    ),
    StreamStatistics(
        "p1:microphone",
        Direction.RECEIVED,
        participant="Amina Diallo",
        source="microphone",
        codec="opus",
        bitrate_bps=31_000,
        loss_fraction=0.0,
        recovered_red=2,
        recovered_fec_ms=40.0,
        concealed_ratio=0.004,
        buffer_ms=61.0,
        speed=1.0002,
        stretched=1,
        jitter_ms=3.0,
    ),
    StreamStatistics(
        "camera",
        Direction.SENT,
        source="camera",
        codec="vp8",
        layers=((320, 180), (640, 360), (1280, 720)),
        bitrate_bps=1_720_000,
        target_bps=2_100_000,
        fps=30.0,
    ),
)
_SMALL = (
    "home",
    "prejoin",
    "room_share",
    "lobby_guest",
    "lobby_log_in",
    "home_account",
    "prejoin_account",
    "prejoin_check_inside",
    "room_lobby_several",
    "room_lobby_panel",
    "room_host",
    "room_reactions",
    "room_subtitles",
    "room_not_allowed",
    "prejoin_call",
    "prejoin_talk",
    "failed_login",
    "failed_consent",
    "room_host_locked",
)
_LEAST = ("home", "prejoin", "room_grid", "room_host", "room_lobby_panel", "room_invitation", "room_chat_long", "kiosk")
_RINGED = (
    *("home_account", "prejoin_call", "settings", "room_share_chat", "room_muted", "room_statistics", "room_host"),
    *(
        "prejoin_contrast",
        "settings_contrast",
        "rooms_contrast",
        "room_statistics_contrast",
        "room_share_chat_contrast",
    ),
    *("room_muted_contrast", "room_lobby_several_contrast", "room_host_contrast"),
)
"""Where it is looked at whether one sees the keyboard: every sort of control, in usual colours and high contrast."""
_STRONG = (
    "home",
    "home_account",
    "rooms",
    "prejoin",
    "prejoin_check",
    "check_failed",
    "settings",
    "network",
    "room_share_chat",
    "room_muted",
    "room_statistics",
    "room_reactions",
    "room_subtitles",
    "room_not_allowed",
    "room_chat_long",
    "small_window",
)
_CHECKED = (
    Hop("dns", HopState.PASSED, "192.0.2.7", 4.0),
    Hop("ice_udp", HopState.FAILED, problem=Problem(ProblemCode.MEDIA_UNREACHABLE, "meet.example.org"), is_way=True),
    Hop("turn_tls", HopState.PASSED, "tls relay", 320.0, is_way=True),
)
_UNTRIED = (*_CHECKED[:1], Hop("media", HopState.SKIPPED, is_way=True))
_FAILED = (
    *_CHECKED[:1],
    Hop("tcp", HopState.PASSED, "port 443", 3.0),
    Hop("tls", HopState.FAILED, problem=Problem(ProblemCode.TLS_UNTRUSTED, "meet.example.org")),
    Hop("config", HopState.SKIPPED),
    Hop("signalling", HopState.SKIPPED),
    Hop("media", HopState.SKIPPED, is_way=True),
)
# Beside the window, so that nothing is shown as hovered.
_POINTER_PX = (1390, 890)


@dataclass(frozen=True, slots=True)
class View:
    """What to show: a snapshot in a window of this size; `dialog` is the method that opens one over it.

    `contrast` asks for high contrast. `then` is shown after it, `act` does something then and answers what to picture.
    `decided` is what an organisation has decided of the look of windows.
    """

    meeting: Meeting
    size_px: tuple[int, int] = USUAL_PX
    dialog: str = ""
    contrast: bool = False
    then: Meeting | None = None
    act: Callable[[MainWindow], QWidget] | None = None
    setup: Callable[[], WindowSetup] = WindowSetup
    decided: Mapping[str, Value] = field(default_factory=dict)


def views() -> dict[str, View]:
    """Every page by name."""
    people = {name: View(meeting) for name, meeting in {**outside_views(), **room_views(), **server_views()}.items()}
    accounts = {name: View(meeting) for name, meeting in account_views().items()}
    rooms = {name: View(meeting, dialog="show_rooms") for name, meeting in rooms_views().items()}
    stage = {name: View(one.meeting, then=one.then, act=one.act) for name, one in stage_scenes().items()}
    inside = _in_the_room()
    managed = {
        name: View(one.meeting, dialog=one.dialog, act=one.act, setup=one.setup, decided=one.decided)
        for name, one in managed_views(inside["room_grid"].meeting).items()
    }
    large = {**_outside_the_room(), **inside, **people, **accounts, **rooms, **stage, **managed}
    small = {f"{name}_small": replace(large[name], size_px=SMALLEST_PX) for name in _SMALL}
    least = {f"{name}_least": replace(large[name], size_px=LEAST_PX) for name in _LEAST}
    strong = (*_STRONG, "room_lobby_several", "room_people_led", "room_host")
    high = {f"{name}_contrast": replace(large[name], contrast=True) for name in strong}
    return {**large, **small, **least, **high}


def _outside_the_room() -> dict[str, View]:
    begun = ready(link=RECENTS[0], camera=opened("Integrated Webcam HD"), microphone=opened("Built-in Audio"))
    prejoin = replace(begun, page=Page.PREJOIN)
    missing = DeviceState(problem=Problem(ProblemCode.CAMERA_MISSING))
    refused = Problem(ProblemCode.TLS_UNTRUSTED, "meet.example.org")
    lost = Problem(ProblemCode.CONNECTION_LOST, "meet.example.org")
    return {
        "home": View(ready(recents=())),
        "home_problem": View(ready(link_problem=Problem(ProblemCode.LINK_UNKNOWN_KIND, "chat.example.org"))),
        "prejoin": View(prejoin),
        "prejoin_camera_off": View(replace(prejoin, camera_on=False)),
        "prejoin_problem": View(replace(prejoin, microphone_on=False, camera=missing)),
        "joining": View(replace(begun, page=Page.JOINING)),
        "failed": View(replace(begun, page=Page.FAILED, problem=refused)),
        "ended_left": View(replace(begun, page=Page.ENDED, ending=Ending.LEFT)),
        "ended_dropped": View(replace(begun, page=Page.ENDED, ending=Ending.DROPPED, problem=lost)),
        "settings": View(prejoin, dialog="show_settings"),
        "prejoin_check": View(replace(prejoin, check=Check(1, hops=_CHECKED, over=True))),
        "prejoin_check_inside": View(replace(prejoin, check=Check(1, hops=_UNTRIED, over=True))),
        "check_failed": View(replace(prejoin, check=Check(1, hops=_FAILED, over=True)), dialog="show_check"),
        "prejoin_passphrase": View(replace(prejoin, link=replace(RECENTS[0], takes_passphrase=True))),
        "network": View(ready(), dialog="show_network"),
        "comfort": View(ready(), dialog="show_comfort"),
        "sound": View(prejoin, dialog="show_sound"),
        "desktop": View(ready(), dialog="show_desktop"),
        "further": View(ready(), dialog="show_further"),
        "policies": View(ready(), dialog="show_policies"),
        "about": View(ready(), dialog="show_about"),
        "shortcuts": View(ready(), dialog="show_shortcuts"),
    }


def _in_the_room() -> dict[str, View]:
    five = [person(n, microphone=n != 3, speaking=n == 1, camera=n != 4) for n in range(5)]
    room = replace(meeting_of(*five), joined_at_ms=epoch_ms() - 754_000.0)
    screen = Publication("p2:screen", "p2", Source.SCREEN)
    sharing = replace(five[2], publications=(*five[2].publications, screen))
    share = replace(room, participants=(*five[:2], sharing, *five[3:]))
    raised = [
        replace(one, hand_raised_at_ms=at_ms) for one, at_ms in zip(five, (3.0, None, 1.0, 2.0, None), strict=True)
    ]
    arrived = Toast(1, "arrived", (("name", five[3].name),))
    return {
        "room_grid": View(replace(room, toasts=(arrived,), unread=2)),
        "room_share": View(share),
        "room_share_chat": View(replace(share, panel=Panel.CHAT, chat=chat_lines())),
        "room_people": View(replace(room, participants=tuple(raised), panel=Panel.PEOPLE)),
        "room_muted": View(replace(room, participants=tuple(raised), microphone_on=False, camera_on=False)),
        "room_reconnecting": View(replace(room, reconnecting=True, attempt=2)),
        "room_info": View(replace(room, panel=Panel.INFO)),
        "room_statistics": View(room, dialog="show_statistics"),
        "room_screens": View(room, dialog="show_screens"),
        "room_recording": View(led(), dialog="show_recording"),
        "room_alone": View(replace(room, participants=tuple(five[:1]))),
    }


class Pictures:
    """Puts one picture of somebody, or of slides, into every sink."""

    def __init__(self) -> None:
        self._converter = Converter()
        self._frames: dict[str, RawFrame] = {}

    def put_all(self, engine: FakeEngine) -> None:
        for publication_id, sinks in engine.sinks.items():
            for sink in sinks:
                target = sink.target()
                if target is not None:
                    sink.put(self._converter.convert(self._frame(publication_id), target))

    def _frame(self, publication_id: str) -> RawFrame:
        if publication_id not in self._frames:
            shared = publication_id.startswith(PREVIEW)
            number = 0 if shared or publication_id == OWN_CAMERA else int(publication_id[1])
            slides = shared or publication_id.endswith(Source.SCREEN.value)
            scene = Slides(1280, 720) if slides else TalkingHead(1280, 720, number)
            self._frames[publication_id] = scene.draw(_MOMENT, 0.0)
        return self._frames[publication_id]


class Gallery:
    """Makes the pictures; with `ringed` it is also looked at whether one sees where the keyboard is."""

    def __init__(self, folder: Path, *, ringed: bool) -> None:
        self._folder = folder
        self._ringed = ringed
        self._pictures = Pictures()
        self._faults: dict[str, list[str]] = {}

    def hang(self, name: str, view: View) -> None:
        """Show a view in a window of its own and keep its picture and faults."""
        theme.use_high_contrast(on=view.contrast)
        with decided(**view.decided):
            self._show(name, view)

    def _show(self, name: str, view: View) -> None:
        engine = FakeEngine(view.meeting)
        engine.shareable = (*SCREENS[:1], *WINDOWS)
        engine.inside = INSIDE
        window = MainWindow(engine, view.setup())
        window.resize(*view.size_px)
        window.show()
        window.show_meeting(view.meeting)
        engine.watch(window.show_meeting)
        if view.dialog:
            getattr(window, view.dialog)()
        for _ in range(3):
            QTest.qWait(_PAINTED_MS)
            self._pictures.put_all(engine)
        QTest.qWait(_PAINTED_MS)
        shown: QWidget = window.dialog if view.dialog and window.dialog is not None else window
        if view.then is not None:
            window.show_meeting(view.then)
        if view.act is not None:
            shown = view.act(window)
        if view.then is not None or view.act is not None:
            QTest.qWait(_PAINTED_MS)
            self._pictures.put_all(engine)
            QTest.qWait(_PAINTED_MS)
        self._keep(name, shown)
        window.close()
        window.deleteLater()

    def close(self) -> None:
        """Write what was found."""
        (self._folder / "faults.json").write_text(json.dumps(self._faults, indent=1), encoding="utf-8")

    def _keep(self, name: str, shown: QWidget) -> None:
        faults = [f"cut: {text}" for text in cut_texts(shown)]
        faults += [f"overlap: {pair}" for pair in overlaps(shown) if not _meant(pair)]
        faults += [f"outside: {what}" for what in outside(shown)]
        faults += [f"nameless: {what}" for what in nameless(shown)]
        if not shown.grab().save(str(self._folder / f"{name}.png")):
            faults.append("not saved")
        if self._ringed and name in _RINGED:
            shown.activateWindow()
            assert QTest.qWaitForWindowActive(shown, _PATIENCE_MS), name
            faults += dim_rings(shown)
        self._faults[name] = faults


def _meant(pair: str) -> bool:
    """Whether one of these is a badge with a count on the corner of its button."""
    return any(part.isdigit() for part in pair.split(" / "))


def main(folder: Path, language: str) -> None:
    set_language(language)
    folder.mkdir(parents=True, exist_ok=True)
    application = make_application()
    QCursor.setPos(*_POINTER_PX)
    gallery = Gallery(folder, ringed=language == "en")  # the words make no difference to that
    for name, view in views().items():
        gallery.hang(name, view)
    gallery.close()
    application.processEvents()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
