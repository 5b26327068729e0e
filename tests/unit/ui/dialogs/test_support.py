from __future__ import annotations

import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from tests.helpers.windows import shown_window
from visio_desktop.diagnostics.bundle import Part
from visio_desktop.diagnostics.crashes import Crashes
from visio_desktop.engine.support import Support
from visio_desktop.meeting.state import Meeting
from visio_desktop.settings.store import Settings
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Helpdesk
from visio_desktop.ui.dialogs.support import SupportDialog
from visio_desktop.ui.widgets.question_bar import QuestionBar
from visio_desktop.ui.window import WindowSetup

PARTS = (Part("diagnostics.txt", "program: x\n"), Part("visio-desktop.log", "{}\n"))


class Gathered:
    def __init__(self) -> None:
        self.asked: list[bool] = []
        self.seen: Mapping[str, str] = {}

    def parts(self, seen: Mapping[str, str], meeting: Meeting, *, hosts: bool) -> tuple[Part, ...]:
        assert threading.current_thread() is not threading.main_thread()
        self.asked.append(hosts)
        self.seen = seen
        return (*PARTS, Part("contacts.json", "meet.example.org" if hosts else "server-1"))


@pytest.fixture
def gathered() -> Gathered:
    return Gathered()


@pytest.fixture
def dialog(qtbot: QtBot, gathered: Gathered) -> SupportDialog:
    made = SupportDialog(gathered, Meeting())
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: len(made.parts) == 3, timeout=20_000)
    return made


def test_every_text_is_shown_before_anything_is_written(dialog: SupportDialog, gathered: Gathered) -> None:
    shown = []
    for row in range(dialog.files.count()):
        dialog.files.setCurrentRow(row)
        shown.append(dialog.text.toPlainText())
    assert shown == [part.text for part in dialog.parts]
    assert gathered.asked == [False]
    assert gathered.seen["display"] == QGuiApplication.platformName()


def test_what_is_not_ticked_is_not_saved(qtbot: QtBot, dialog: SupportDialog, tmp_path: Path) -> None:
    dialog.files.item(1).setCheckState(Qt.CheckState.Unchecked)
    with qtbot.waitSignal(dialog.saved):
        dialog.save_to(tmp_path / "logs.zip")
    with zipfile.ZipFile(tmp_path / "logs.zip") as archive:
        assert archive.namelist() == ["diagnostics.txt", "contacts.json"]
    assert str(tmp_path) in dialog.told.text()
    for row in range(3):
        dialog.files.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.save.isEnabled()


def test_servers_are_named_only_when_that_is_agreed_to(qtbot: QtBot, dialog: SupportDialog) -> None:
    dialog.files.setCurrentRow(2)
    assert dialog.text.toPlainText() == "server-1"
    dialog.hosts.click()
    qtbot.waitUntil(lambda: dialog.text.toPlainText() == "meet.example.org", timeout=20_000)
    assert dialog.files.currentRow() == 2


def test_the_diagnostics_are_copied(dialog: SupportDialog) -> None:
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "program: x\n"


def test_what_cannot_be_saved_is_told(dialog: SupportDialog, tmp_path: Path) -> None:
    dialog.save_to(tmp_path / "none" / "logs.zip")
    assert dialog.problem.text().startswith(tr("support.not_saved", detail="")[:10])


def crashed(folder: Path) -> Crashes:
    folder.mkdir()
    (folder / "running-1.txt").write_text("visio-desktop\n", encoding="utf-8")
    crashes = Crashes(folder)
    crashes.begin()
    crashes.end()
    return crashes


@pytest.mark.parametrize("wanted", [True, False])
def test_after_an_unexpected_end_the_report_is_offered_once(qtbot: QtBot, tmp_path: Path, wanted: bool) -> None:
    crashes = crashed(tmp_path / "crashes")
    support = Support(Settings(tmp_path / "settings.json"), crashes)
    setup = WindowSetup(helpdesk=Helpdesk(lambda: support, crashes))
    with shown_window(qtbot, FakeEngine(ready()), setup) as window:
        assert crashes.is_news
        window.offer_report()
        window.renew()
        [bar] = window.page.findChildren(QuestionBar)
        assert bar.question.text() == tr("support.crashed")
        assert window.page.field.isEnabled()  # type: ignore[union-attr] # it is the home page
        (bar.yes if wanted else bar.no).click()
        assert isinstance(window.dialog, SupportDialog) is wanted
        assert not crashes.is_news
        if isinstance(window.dialog, SupportDialog):
            dialog = window.dialog
            qtbot.waitUntil(lambda: any(part.name.startswith("crash-") for part in dialog.parts), timeout=20_000)
    again = Crashes(tmp_path / "crashes")
    again.begin()
    assert not again.is_news
    again.end()
