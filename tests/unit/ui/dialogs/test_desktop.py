from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.meeting.state import Meeting
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import DesktopChoices
from visio_desktop.ui.dialogs.desktop import DesktopDialog


class Kept:
    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.chosen: list[tuple[str, str]] = []
        self.reasons: dict[str, str] = {}

    def choices(self) -> DesktopChoices:
        return DesktopChoices(
            lambda key: self.values.get(key, SCHEMA[key].default), self.choose, lambda key: self.reasons.get(key, "")
        )

    def choose(self, key: str, text: str) -> None:
        self.chosen.append((key, text))
        self.values[key] = SCHEMA[key].parse(text)


def test_each_choice_holds_at_once(qtbot: QtBot) -> None:
    kept = Kept()
    dialog = DesktopDialog(kept.choices())
    qtbot.addWidget(dialog)
    assert dialog.switches["notifications"].isChecked()
    assert not dialog.fields["shortcut_mute"].isEnabled()
    dialog.switches["global_shortcuts"].click()
    assert dialog.fields["shortcut_mute"].isEnabled()
    dialog.fields["shortcut_mute"].setText("alt+ctrl+j")
    dialog.fields["shortcut_mute"].editingFinished.emit()
    assert kept.chosen == [("global_shortcuts", "true"), ("shortcut_mute", "Ctrl+Alt+J")]
    dialog.switches["notifications"].click()
    assert not dialog.switches["notification_content"].isEnabled()


def test_keys_that_do_not_fit_are_put_back_and_told(qtbot: QtBot) -> None:
    kept = Kept()
    dialog = DesktopDialog(kept.choices())
    qtbot.addWidget(dialog)
    field = dialog.fields["shortcut_talk"]
    field.setText("m")
    field.editingFinished.emit()
    assert field.text() == "Ctrl+Alt+Space"
    assert tr("settings.shortcut_talk.help") in dialog.problem.text()
    assert kept.chosen == []
    field.setText("")
    field.editingFinished.emit()
    assert kept.chosen == [("shortcut_talk", "")]


def test_what_does_nothing_here_says_why(qtbot: QtBot) -> None:
    kept = Kept()
    dialog = DesktopDialog(kept.choices())
    qtbot.addWidget(dialog)
    assert dialog.reasons["background"].isHidden()
    kept.reasons["background"] = "No tray."
    dialog.show_meeting(Meeting())
    assert dialog.reasons["background"].isHidden(), "nobody wants it"
    dialog.switches["background"].click()
    assert not dialog.reasons["background"].isHidden()
    assert dialog.reasons["background"].text() == "No tray."
