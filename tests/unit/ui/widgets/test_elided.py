from __future__ import annotations

from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts
from visio_desktop.ui.widgets.elided import ElidedLabel, plain


def test_a_long_name_is_ended_by_an_ellipsis_and_whole_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("Élodie de La Rochefoucauld-Montbazon")
    qtbot.addWidget(label)
    label.resize(80, 20)
    with qtbot.waitExposed(label):
        label.show()
    assert label.text().endswith("…")
    assert label.toolTip() == label.accessibleName() == "Élodie de La Rochefoucauld-Montbazon"
    assert not cut_texts(label)
    label.resize(600, 20)
    assert label.text() == "Élodie de La Rochefoucauld-Montbazon"
    assert label.toolTip() == ""


def test_another_text_takes_its_place_and_is_no_markup(qtbot: QtBot) -> None:
    label = ElidedLabel("Ada")
    qtbot.addWidget(label)
    label.resize(400, 20)
    label.show_text("<b>Bo</b>")
    assert label.text() == "<b>Bo</b>"


def test_a_tooltip_shows_markup_instead_of_following_it() -> None:
    assert plain("Ada & Léo") == "Ada & Léo"
    shown = QTextDocument()
    shown.setHtml(plain("<img src=x> & <b>Ada</b>"))
    assert shown.toPlainText() == "<img src=x> & <b>Ada</b>"
