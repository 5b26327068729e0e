from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, outside, overlaps, too_small
from tests.helpers.windows import click, press, type_into
from visio_desktop import __version__
from visio_desktop.net.updates import Looked, News
from visio_desktop.settings.policies import NO_POLICIES, Found, Policies, given, resolve
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system.notices import NOTICES, Notice, render
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui.choices import NetworkChoices
from visio_desktop.ui.dialogs.about import AboutDialog

LONG_MS = 30_000
PARTS = (
    Notice("aiohttp", "3.14.5", "Apache-2.0 AND MIT", "Apache License"),
    Notice("x264 (in av)", "", "GPL-2.0-or-later", "GNU GENERAL PUBLIC LICENSE"),
    Notice("mystery", "1", "", ""),
)
MANAGED = resolve((Found((given("RelayOnly", True, "policies.json"),)),))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / NOTICES
    path.write_text(render("", PARTS), encoding="utf-8")
    return path


def choices(*news: News, channel: str = "", policies: Policies = NO_POLICIES) -> NetworkChoices:
    """A server that says this; asked without a channel it fails the test."""

    def get(key: str) -> Value:
        return channel if key == "update_channel" else SCHEMA[key].default

    def ask(told: Callable[[News], None]) -> None:
        assert channel, "nobody is to be asked"
        for one in news:
            told(one)

    return NetworkChoices(get, look_for_update=ask, policies=lambda: policies)


def shown(qtbot: QtBot, path: Path | None, chosen: NetworkChoices | None = None) -> AboutDialog:
    dialog = AboutDialog(chosen or choices(), path=path)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    qtbot.waitUntil(lambda: dialog.parts.count() > 0, timeout=LONG_MS)
    return dialog


def said(dialog: AboutDialog) -> str:
    return "\n".join(label.text() for label in dialog.body.findChildren(type(dialog.update_line)))


def test_an_installed_program_shows_the_licences_it_came_with(qtbot: QtBot, file: Path) -> None:
    dialog = shown(qtbot, file)
    assert dialog.parts.count() == 3
    assert dialog.text.toPlainText() == "Apache License"
    assert dialog.count.text() == tr("about.count", shown=3, all=3)
    for text in (tr("about.version", version=__version__), tr("about.licence_package"), tr("about.no_telemetry")):
        assert text in said(dialog)


def test_the_list_is_searched_by_name_and_licence_with_the_keyboard(qtbot: QtBot, file: Path) -> None:
    dialog = shown(qtbot, file)
    dialog.search.setFocus()
    type_into(dialog.search, "gpl")
    visible = [row for row in range(3) if not dialog.parts.item(row).isHidden()]
    assert visible == [1]
    assert dialog.text.toPlainText() == "GNU GENERAL PUBLIC LICENSE"
    press(dialog.search, Qt.Key.Key_Return)
    assert dialog.isVisible(), "Return in a field closes nothing"
    type_into(dialog.search, "xyz")
    assert dialog.text.toPlainText() == ""
    dialog.search.clear()
    dialog.parts.setCurrentRow(2)
    assert dialog.text.toPlainText() == tr("about.no_text")


def test_in_a_checkout_python_says_what_is_installed(qtbot: QtBot) -> None:
    dialog = shown(qtbot, None)
    names = {dialog.parts.item(row).text().split()[0] for row in range(dialog.parts.count())}
    assert {"aiohttp", "av", "PySide6_Essentials"} <= names
    assert tr("about.licence_source") in said(dialog)


def test_without_a_channel_nobody_is_asked(qtbot: QtBot, file: Path) -> None:
    assert shown(qtbot, file).update_line.text() == tr("about.update.nowhere")
    managed = shown(qtbot, file, choices(policies=MANAGED))
    assert managed.update_line.text() == tr("about.update.managed")


def test_who_may_not_write_beside_the_program_is_told_who_updates_it(
    qtbot: QtBot, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visio_desktop.ui.dialogs.about.os.access", lambda *_: False)
    assert shown(qtbot, file).update_line.text() == tr("about.update.managed")


@pytest.mark.parametrize("outcome", list(Looked))
def test_what_came_of_asking_is_one_sentence(qtbot: QtBot, file: Path, outcome: Looked) -> None:
    news = News(outcome, "software.example.org", "2.0")
    dialog = shown(qtbot, file, choices(news, channel="https://software.example.org/x"))
    wanted = tr(f"about.update.{outcome.value}", host="software.example.org", version="2.0")
    qtbot.waitUntil(lambda: dialog.update_line.text() == wanted, timeout=LONG_MS)
    assert not dialog.page.isVisible()


def test_a_newer_version_has_a_page_and_is_still_installed_by_others(qtbot: QtBot, file: Path) -> None:
    page = "https://software.example.org/visio/"
    news = News(Looked.NEWER, "software.example.org", "2.0", page)
    opened: list[str] = []
    chosen = choices(news, channel="https://software.example.org/x", policies=MANAGED)
    dialog = AboutDialog(chosen, path=file, open_page=lambda url: opened.append(url.toString()))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.page.isVisible, timeout=LONG_MS)
    click(dialog.page)
    assert opened == [page]
    assert dialog.update_line.text().endswith(tr("about.update.managed"))


def test_an_answer_that_comes_after_it_was_closed_is_nobodys(qtbot: QtBot, file: Path) -> None:
    waiting: list[Callable[[News], None]] = []
    channel: dict[str, Value] = {"update_channel": "https://software.example.org/x"}
    chosen = NetworkChoices(lambda key: channel.get(key, ""), look_for_update=waiting.append)
    dialog = AboutDialog(chosen, path=file)
    assert dialog.update_line.text() == tr("about.update.looking")
    with qtbot.waitSignal(dialog.destroyed, timeout=LONG_MS):
        dialog.deleteLater()
    waiting[0](News(Looked.CURRENT))
    later = shown(qtbot, file, choices(News(Looked.CURRENT), channel="https://x.example/"))
    qtbot.waitUntil(lambda: later.update_line.text() == tr("about.update.current"), timeout=LONG_MS)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everything_is_named_reached_and_uncut(qtbot: QtBot, file: Path, language: str) -> None:
    set_language(language)
    try:
        news = News(Looked.NEWER, "software.example.org", "2.0", "https://software.example.org/")
        dialog = shown(qtbot, file, choices(news, channel="https://x.example/", policies=MANAGED))
        qtbot.waitUntil(dialog.page.isVisible, timeout=LONG_MS)
        for fault in (cut_texts, overlaps, nameless, outside, too_small, out_of_tab_order):
            assert fault(dialog) == []
        assert all(w.accessibleName() for w in (dialog.search, dialog.parts, dialog.text))
    finally:
        set_language("en")
