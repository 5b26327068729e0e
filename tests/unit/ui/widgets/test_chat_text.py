from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import chat_lines
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.chat_text import ChatText, folded, heading_html, line_html, plain

LINES = tuple(ChatMessage(str(n), f"p{n // 3 % 2}", f"Person {n // 3 % 2}", f"line {n}", 0.0) for n in range(1_000))


def written_at_once(lines: tuple[ChatMessage, ...]) -> str:
    document = QTextDocument()
    ChatText(document).show(lines)
    return document.toHtml()


def test_lines_are_grouped_by_sender_and_nothing_is_markup(qtbot: QtBot) -> None:
    document = QTextDocument()
    ChatText(document).show(chat_lines())
    text = document.toPlainText()
    assert text.count("Amina Diallo") == 1
    assert "Thank you <b>Amina</b>" in text
    assert "Did this arrive? not sent" in text


def test_web_addresses_are_links() -> None:
    made = "".join(line_html(line) for line in chat_lines())
    assert 'href="https://docs.example.org/minutes?a=1&amp;b=2"' in made


@given(st.text(max_size=200), st.text(max_size=40))
def test_nothing_anybody_writes_becomes_a_tag_or_another_kind_of_link(text: str, name: str) -> None:
    line = ChatMessage("1", "p1", name, f"<img src=x> javascript:x {text}", 0.0)
    made = heading_html(line) + line_html(line)
    assert "<img" not in made
    assert 'href="javascript' not in made


STEPS = st.lists(st.tuples(st.sampled_from(("add", "change", "drop")), st.integers(0, 9)), max_size=12)


@settings(max_examples=40)
@given(STEPS)
def test_changed_step_by_step_it_is_as_written_at_once(qapp: QApplication, steps: list[tuple[str, int]]) -> None:
    document = QTextDocument()
    shown = ChatText(document)
    lines: list[ChatMessage] = []
    forgotten = 0
    for number, (step, place) in enumerate(steps):
        match step:
            case "change" if lines:
                lines[place % len(lines)] = replace(lines[place % len(lines)], text=f"changed {number}")
            case "drop" if len(lines) > 1:
                lines.pop(0)
                forgotten += 1
            case _:
                lines.append(ChatMessage(str(number), f"p{place % 2}", f"Person {place % 2}", f"line {number}", 0.0))
        shown.show(tuple(lines))
        if forgotten == 0:
            assert document.toHtml() == written_at_once(tuple(lines))
        assert document.toPlainText().endswith(lines[-1].text)
        assert all(line.text in document.toPlainText() for line in lines)


def test_a_new_line_in_a_long_chat_costs_little_even_when_old_ones_are_forgotten(qtbot: QtBot) -> None:
    document = QTextDocument()
    shown = ChatText(document)
    shown.show(LINES[:900])
    before = time.thread_time()
    for end in range(901, 1_000):
        shown.show(LINES[end - 900 : end])
    assert (time.thread_time() - before) / 99 < 0.004
    text = document.toPlainText()
    assert "line 999" not in text
    assert "line 998" in text


def test_what_the_chat_has_long_forgotten_goes(qtbot: QtBot) -> None:
    document = QTextDocument()
    shown = ChatText(document)
    shown.show(LINES[:500])
    shown.show(LINES[300:600])
    assert document.toPlainText().split("\n")[1] == "line 300"
    shown.show(())
    assert document.toPlainText() == ""


def test_a_giant_is_folded_by_its_lines_or_its_length() -> None:
    assert folded("short") == "short"
    assert folded("line\n" * 100).count("\n") < 10
    assert len(folded("x" * 20_000)) <= 600


def test_what_was_edited_is_marked_and_a_line_that_failed_says_so() -> None:
    line = ChatMessage("1", "p0", "Odile", "text", 0.0, is_mine=True)
    assert "(edited)" in line_html(replace(line, edited=True))
    assert "(edited)" not in line_html(line)
    assert "not sent" in line_html(replace(line, failed=True, edited=True))


def test_lines_are_copied_with_time_and_name_and_without_tricks() -> None:
    line = ChatMessage("1", "p1", "Am\u202eina\nDiallo", "one\ntwo", 0.0)
    assert plain((line, line)).split("\n")[0].endswith("] Amina Diallo: one")
    assert "\u202e" not in plain((line,))


def test_the_line_of_a_place_is_found_and_the_mark_of_the_new_moves(qtbot: QtBot) -> None:
    document = QTextDocument()
    shown = ChatText(document)
    shown.show(LINES[:5])
    for line in LINES[:5]:
        assert shown.line_at(document.find(line.text).position()) == line
    shown.mark_new("2")
    text = document.toPlainText()
    assert text.index("line 1") < text.index("New") < text.index("line 2")
    shown.mark_new("4")
    text = document.toPlainText()
    assert text.count("New") == 1
    assert text.index("line 3") < text.index("New") < text.index("line 4")
    shown.mark_new(None)
    assert document.toHtml() == written_at_once(LINES[:5])


def test_addresses_are_links_only_where_that_is_wanted() -> None:
    line = replace(chat_lines()[0], text="see https://a.example/<b>\nand more")
    assert "<a href" in line_html(line)
    plain_html = line_html(line, links=False)
    assert "<a href" not in plain_html
    assert "https://a.example/&lt;b&gt;<br>and more" in plain_html


def test_a_line_that_cannot_be_read_says_so_and_shows_nothing_of_what_came() -> None:
    line = replace(LINES[0], text="ciphertext", unreadable=True)
    for shown in (line_html(line), plain((line,))):
        assert tr("chat.unreadable") in shown
        assert "ciphertext" not in shown


def test_what_was_taken_away_goes_at_once_from_the_front_too(qtbot: QtBot) -> None:
    document = QTextDocument()
    shown = ChatText(document)
    shown.show(LINES[:20])
    shown.show((*LINES[2:9], *LINES[10:20]))
    assert document.toHtml() == written_at_once((*LINES[2:9], *LINES[10:20]))
