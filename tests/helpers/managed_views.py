"""Windows as an organisation has decided them, and what there is for a helpdesk, for `tests.helpers.gallery`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.helpers.fake_engine import RECENTS, ready
from visio_desktop.diagnostics.bundle import Part
from visio_desktop.diagnostics.crashes import Crashes
from visio_desktop.meeting.state import Meeting
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.ui.choices import Helpdesk, NetworkChoices
from visio_desktop.ui.dialogs.support import SupportDialog
from visio_desktop.ui.window import MainWindow, WindowSetup

_LITTLE_MS = 20
_PATIENCE = 500
_FACTS = """program: visio-desktop 1.0.0
python: 3.13.5 (cpython, x86_64)
system: Linux-6.1.0-x86_64-with-glibc2.36
session: x11 GNOME
display: xcb
screens: 1920x1080 at 1
qt: 6.12.0
policy RelayOnly: true (locked)
proxy: system
device camera: Integrated Webcam HD
last problem: tls_untrusted server-1
"""
_PARTS = (
    Part("diagnostics.txt", _FACTS),
    Part("policies.txt", "RelayOnly"),
    Part("report.json", "{}"),
    Part("crash-4711.txt", "Fatal Python error: Segmentation fault"),
    Part("visio-desktop.log", '{"event": "joined"}'),
)


@dataclass(frozen=True, slots=True)
class Managed:
    """A window's setup beside its snapshot; `decided` is what the look of every window obeys."""

    meeting: Meeting
    setup: Callable[[], WindowSetup] = WindowSetup
    decided: Mapping[str, Value] = field(default_factory=dict)
    dialog: str = ""
    act: Callable[[MainWindow], QWidget] | None = None


class _Known:
    def parts(self, _seen: Mapping[str, str], _meeting: Meeting, *, hosts: bool) -> tuple[Part, ...]:
        assert not hosts
        return _PARTS


def managed_views(room: Meeting) -> dict[str, Managed]:
    """By name; `room` is a meeting under way."""
    marked: dict[str, Value] = {"classification": "Diffusion restreinte", "classification_colour": "#C05621"}
    branded: dict[str, Value] = {**marked, "brand_name": "Préfecture du Nord", "brand_colour": "#0B6E4F"}
    return {
        "home_marked": Managed(ready(recents=RECENTS), decided=branded),
        "room_marked": Managed(room, decided=marked),
        "kiosk": Managed(ready(), _kiosk, decided=branded),
        "home_crashed": Managed(ready(recents=()), _helped, act=_offered),
        "support": Managed(ready(), _helped, dialog="show_support", act=_gathered),
    }


def _helped() -> WindowSetup:
    return WindowSetup(helpdesk=Helpdesk(_Known, Crashes(Path("nowhere"))))  # type: ignore[arg-type] # as one


def _kiosk() -> WindowSetup:
    values: dict[str, Value] = {"kiosk": True, "kiosk_link": "https://meet.example.org/abc-defg-hij"}
    return WindowSetup(network=NetworkChoices(lambda key: values.get(key, SCHEMA[key].default)), fixed=True)


def _offered(window: MainWindow) -> QWidget:
    window.offer_report()
    return window


def _gathered(window: MainWindow) -> QWidget:
    dialog = window.dialog
    assert isinstance(dialog, SupportDialog)
    for _ in range(_PATIENCE):
        if not dialog.parts:
            QTest.qWait(_LITTLE_MS)
    assert dialog.parts
    return dialog
