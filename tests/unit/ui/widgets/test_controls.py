from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.controls import icon_button, label, push_button


def test_a_button_says_its_text_and_shows_an_ampersand(qtbot: QtBot) -> None:
    button = push_button("You & me", primary=True)
    qtbot.addWidget(button)
    assert button.accessibleName() == "You & me"
    assert button.text() == "You && me"
    assert button.property("primary")
    assert button.minimumHeight() >= 44


def test_an_icon_button_has_a_name_a_tooltip_and_a_large_target(qtbot: QtBot) -> None:
    button = icon_button("settings", "Settings")
    qtbot.addWidget(button)
    assert button.accessibleName() == button.toolTip() == "Settings"
    assert not button.icon().isNull()
    assert min(button.width(), button.height()) >= 44
    assert icon_button("close", "Refuse <b>Eve</b>").toolTip() == "Refuse &lt;b&gt;Eve&lt;/b&gt;"


def test_a_label_wraps(qtbot: QtBot) -> None:
    text = label("many words in one line", "soft")
    qtbot.addWidget(text)
    assert text.heightForWidth(40) > text.heightForWidth(400)
