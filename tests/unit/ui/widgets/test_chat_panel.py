from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import chat_lines, crowd
from visio_desktop.meeting.intents import AskServer, Panel, SendChat
from visio_desktop.meeting.requests import EditChat
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, ChatMessage
from visio_desktop.ui.widgets import chat_panel
from visio_desktop.ui.widgets.chat_field import MOST
from visio_desktop.ui.widgets.chat_panel import ChatPanel


def test_a_line_is_sent_by_enter_and_the_field_is_emptied(qtbot: QtBot) -> None:
    panel = ChatPanel()
    qtbot.addWidget(panel)
    field = panel.findChild(QPlainTextEdit)
    assert field is not None
    with qtbot.waitSignal(panel.intent) as said:
        QTest.keyClicks(field, "  Hello  ")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert said.args == [SendChat("Hello")]
    assert field.toPlainText() == ""
    with qtbot.assertNotEmitted(panel.intent):
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_newest_line_is_in_sight(qtbot: QtBot) -> None:
    panel = ChatPanel()
    qtbot.addWidget(panel)
    panel.resize(360, 400)
    with qtbot.waitExposed(panel):
        panel.show()
    lines = tuple(ChatMessage(str(i), "p1", "Amina", f"line {i}", 0.0) for i in range(200))
    panel.show_meeting(replace(crowd(2), chat=lines))
    browser = panel.findChild(QTextBrowser)
    assert browser is not None
    bar = browser.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0


EDITABLE: Meeting = replace(crowd(2), chat=chat_lines(), capabilities=Capability.CHAT | Capability.EDIT_CHAT)


@pytest.fixture
def panel(qtbot: QtBot) -> ChatPanel:
    made = ChatPanel()
    qtbot.addWidget(made)
    made.resize(360, 600)
    with qtbot.waitExposed(made):
        made.show()
    made.show_meeting(EDITABLE)
    return made


def menu_at(panel: ChatPanel, words: str) -> dict[str, QAction]:
    """The menu over these words, each entry by its text."""
    cursor = panel._lines.document().find(words)
    panel._show_menu(panel._lines.cursorRect(cursor).center())
    menus = [menu for menu in panel.findChildren(QMenu) if menu.isVisible()]
    assert len(menus) == 1
    return {action.text(): action for action in menus[0].actions()}


def test_the_up_arrow_brings_ones_last_line_that_arrived_and_return_sends_it_anew(
    panel: ChatPanel, qtbot: QtBot
) -> None:
    QTest.keyClick(panel._field, Qt.Key.Key_Up)
    assert panel._field.toPlainText() == "Thank you <b>Amina</b>"
    assert not panel._edits.isHidden()
    QTest.keyClicks(panel._field, "Thanks")
    with qtbot.waitSignal(panel.intent) as said:
        QTest.keyClick(panel._field, Qt.Key.Key_Return)
    assert said.args == [AskServer(EditChat("3", "Thanks"))]
    assert panel._edits.isHidden()
    with qtbot.waitSignal(panel.intent) as said:
        QTest.keyClicks(panel._field, "new")
        QTest.keyClick(panel._field, Qt.Key.Key_Return)
    assert said.args == [SendChat("new")]


def test_escape_leaves_the_line_as_it_was(panel: ChatPanel, qtbot: QtBot) -> None:
    QTest.keyClick(panel._field, Qt.Key.Key_Up)
    with qtbot.assertNotEmitted(panel.intent):
        QTest.keyClick(panel._field, Qt.Key.Key_Escape)
    assert panel._field.toPlainText() == ""
    assert panel._edits.isHidden()


def test_where_the_server_cannot_edit_nothing_is_offered(panel: ChatPanel) -> None:
    panel.show_meeting(replace(EDITABLE, capabilities=Capability.CHAT))
    QTest.keyClick(panel._field, Qt.Key.Key_Up)
    assert panel._field.toPlainText() == ""
    assert "Edit" not in menu_at(panel, "Thank you")


def test_only_ones_own_lines_can_be_edited_and_all_can_be_copied(panel: ChatPanel) -> None:
    others = menu_at(panel, "Hello")
    assert "Edit" not in others
    others["Copy this message"].trigger()
    assert QApplication.clipboard().text().endswith("Amina Diallo: Hello everybody")


def test_the_menu_edits_and_copies_everything(panel: ChatPanel) -> None:
    mine = menu_at(panel, "Thank you")
    mine["Copy all messages"].trigger()
    assert len(QApplication.clipboard().text().split("\n")) == 4
    mine["Edit"].trigger()
    assert panel._field.toPlainText() == "Thank you <b>Amina</b>"


def test_the_counter_comes_when_there_is_little_room_left(panel: ChatPanel) -> None:
    panel._field.setPlainText("x" * (MOST - 201))
    assert panel._counter.isHidden()
    panel._field.setPlainText("x" * (MOST - 100))
    assert not panel._counter.isHidden()
    assert str(MOST - 100) in panel._counter.text()


def test_what_was_unread_is_marked_when_the_panel_opens(panel: ChatPanel) -> None:
    before = replace(EDITABLE, unread=1)
    panel.opened(before)
    text = panel._lines.toPlainText()
    assert text.index("Hello everybody") < text.index("— New —") < text.index("The minutes")
    panel.opened(EDITABLE)
    assert "— New —" not in panel._lines.toPlainText()


def test_who_reads_further_up_is_not_torn_away(panel: ChatPanel) -> None:
    lines = tuple(ChatMessage(str(i), "p1", "Amina", f"line {i}", 0.0) for i in range(200))
    panel.show_meeting(replace(EDITABLE, chat=lines))
    bar = panel._lines.verticalScrollBar()
    bar.setValue(0)
    panel.show_meeting(replace(EDITABLE, chat=(*lines, ChatMessage("n", "p1", "Amina", "newer", 0.0))))
    assert bar.value() == 0
    mine = ChatMessage("m", "p0", "Odile", "mine", 0.0, is_mine=True)
    panel.show_meeting(replace(EDITABLE, chat=(*lines, mine)))
    assert bar.value() == bar.maximum()


def test_a_giant_is_folded_until_it_is_unfolded(panel: ChatPanel) -> None:
    giant = ChatMessage("a/b c%", "p1", "Amina", "word " * 1_000 + "the end", 0.0)
    panel.show_meeting(replace(EDITABLE, chat=(giant,)))
    assert "the end" not in panel._lines.toPlainText()
    html = panel._lines.toHtml()
    link = html[html.index("unfold:") :].split('"')[0]
    panel._lines.anchorClicked.emit(QUrl(link))
    assert "the end" in panel._lines.toPlainText()


def test_only_web_addresses_are_opened(panel: ChatPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    for address in ("https://a.example/", "file:///etc/passwd", "javascript:x", "visio://host/room"):
        panel._lines.anchorClicked.emit(QUrl(address))
    assert opened == ["https://a.example/"]


def test_where_links_are_not_wanted_none_is_opened(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = ChatPanel(links=False)
    qtbot.addWidget(panel)
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    panel.show_meeting(replace(EDITABLE, chat=(ChatMessage("n", "p1", "Amina", "see https://a.example/", 0.0),)))
    assert "https://a.example/" in panel._lines.toPlainText()
    assert "href" not in panel._lines.toHtml()
    panel._lines.anchorClicked.emit(QUrl("https://a.example/"))
    assert opened == []


def test_the_keyboard_reaches_the_menu_of_a_line(panel: ChatPanel) -> None:
    panel._show_menu(QPoint(5, 5))
    assert any(menu.isVisible() for menu in panel.findChildren(QMenu))


def many(count: int) -> Meeting:
    """So many lines of two people, one of them about bread."""
    texts = ("Le pain est arrivé" if number == 7 else f"line {number}" for number in range(count))
    lines = (ChatMessage(str(n), f"p{n % 2}", ("Amina", "Bruno")[n % 2], text, 0.0) for n, text in enumerate(texts))
    return replace(crowd(2), chat=tuple(lines))


def test_among_many_lines_one_searches_by_words_and_by_names(panel: ChatPanel) -> None:
    assert panel.search.isHidden()
    panel.show_meeting(many(30))
    assert not panel.search.isHidden()
    panel.search.setText("ARRIVE pain")
    assert panel._lines.toPlainText().count("Le pain est arrivé") == 1
    assert "line" not in panel._lines.toPlainText()
    assert panel.told.text() == "Found: 1"
    panel.show_meeting(many(31))
    assert "line" not in panel._lines.toPlainText()
    panel.search.setText("bruno")
    assert panel.told.text() == "Found: 15"
    panel.search.setFocus()
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    assert "line 30" in panel._lines.toPlainText()
    assert panel.told.isHidden()


def test_ctrl_f_leads_to_the_search_where_there_is_something_to_search(panel: ChatPanel, qtbot: QtBot) -> None:
    panel.show_meeting(replace(EDITABLE, chat=()))
    panel.look_for()
    assert panel.search.isHidden()
    panel.show_meeting(EDITABLE)
    panel.activateWindow()
    panel.take_focus()
    qtbot.waitUntil(panel._field.hasFocus)
    QTest.keyClick(panel._field, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(panel.search.hasFocus)


def test_a_draft_stays_in_its_meeting_and_goes_into_no_other(panel: ChatPanel) -> None:
    panel.draft = "between us"
    panel.show_meeting(replace(EDITABLE, chat=(), reconnecting=True))
    assert panel.draft == "between us"
    link = EDITABLE.link
    assert link is not None
    panel.show_meeting(replace(EDITABLE, link=replace(link, text="https://elsewhere.example/x")))
    assert panel.draft == ""


def test_a_line_that_is_written_anew_is_no_draft(panel: ChatPanel) -> None:
    QTest.keyClick(panel._field, Qt.Key.Key_Up)
    assert panel._field.toPlainText()
    assert panel.draft == ""


def test_saving_is_offered_where_there_are_lines_and_one_may(panel: ChatPanel, qtbot: QtBot) -> None:
    assert not panel.save.isHidden()
    panel.show_meeting(replace(EDITABLE, chat=()))
    assert panel.save.isHidden()
    kiosk = ChatPanel(saves=False)
    qtbot.addWidget(kiosk)
    kiosk.show_meeting(EDITABLE)
    assert kiosk.save.isHidden()


def test_what_the_others_write_is_read_out_while_the_panel_is_open_and_a_flood_is_not(
    panel: ChatPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(chat_panel, "announce", lambda _widget, text: said.append(text))
    shown = replace(EDITABLE, panel=Panel.CHAT)
    new = tuple(ChatMessage(f"n{n}", "p1", "Amina", f"news\n{n}", 0.0) for n in range(9))
    panel.show_meeting(shown)
    panel.show_meeting(replace(shown, chat=(*EDITABLE.chat, new[0])))
    assert said == ["Amina: news 0"]
    panel.show_meeting(replace(shown, chat=(*EDITABLE.chat, *new)))
    assert len(said) == 4
    mine = replace(new[0], id="mine", is_mine=True)
    panel.show_meeting(replace(shown, chat=(*EDITABLE.chat, *new, mine)))
    panel.show_meeting(replace(shown, chat=(*EDITABLE.chat, *new, mine, replace(new[0], id="x")), panel=Panel.PEOPLE))
    assert len(said) == 4
