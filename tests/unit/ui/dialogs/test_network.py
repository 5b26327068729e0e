from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system.texts import set_language
from visio_desktop.ui.choices import NetworkChoices
from visio_desktop.ui.dialogs.network import NetworkDialog


class Kept:
    """Settings in memory, and the logins that were given."""

    def __init__(self, **values: Value) -> None:
        self.values = values
        self.logins: list[tuple[str, str]] = []

    def get(self, key: str) -> Value:
        return self.values.get(key, SCHEMA[key].default)

    def choose(self, key: str, text: str) -> None:
        self.values[key] = SCHEMA[key].parse(text)

    def keep_login(self, name: str, password: str) -> None:
        self.logins.append((name, password))


def shown(qtbot: QtBot, kept: Kept) -> NetworkDialog:
    dialog = NetworkDialog(NetworkChoices(kept.get, kept.choose, kept.keep_login))
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def choose_mode(dialog: NetworkDialog, mode: str) -> None:
    dialog.mode.setCurrentIndex(dialog.mode.findData(mode))
    dialog.mode.activated.emit(dialog.mode.currentIndex())


def enter(field: QLineEdit, text: str) -> None:
    field.setText(text)
    field.editingFinished.emit()


def test_what_a_mode_needs_is_asked_for_and_nothing_else(qtbot: QtBot) -> None:
    kept = Kept()
    dialog = shown(qtbot, kept)
    by_hand, by_script = dialog.fields["proxy_url"], dialog.fields["proxy_pac_url"]
    for mode, seen in (("system", []), ("manual", [by_hand]), ("pac", [by_script]), ("none", [])):
        choose_mode(dialog, mode)
        assert [field for field in (by_hand, by_script) if field.isVisible()] == seen
    choose_mode(dialog, "pac")
    enter(by_script, "http://proxy.example.org/proxy.pac")
    assert kept.values["proxy_mode"] == "pac"
    assert kept.values["proxy_pac_url"] == "http://proxy.example.org/proxy.pac"


def test_the_list_of_connections_is_one_button_away(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Kept())
    with qtbot.waitSignal(dialog.connections_asked):
        click(dialog.connections)


def test_every_choice_is_made_at_once(qtbot: QtBot) -> None:
    kept = Kept(relay_only=True)
    dialog = shown(qtbot, kept)
    choose_mode(dialog, "manual")
    enter(dialog.fields["proxy_url"], " proxy.example.org:3128 ")
    enter(dialog.fields["udp_ports"], "50000-50100")
    dialog.switches["relay_only"].click()
    dialog.switches["mark_packets"].click()
    assert kept.values == {
        "proxy_mode": "manual",
        "proxy_url": "proxy.example.org:3128",
        "udp_ports": "50000-50100",
        "relay_only": False,
        "mark_packets": True,
    }


def test_what_does_not_fit_is_put_back(qtbot: QtBot) -> None:
    kept = Kept(udp_ports="50000-50100")
    dialog = shown(qtbot, kept)
    enter(dialog.fields["udp_ports"], "80-90")
    assert dialog.fields["udp_ports"].text() == "50000-50100"
    assert kept.values == {"udp_ports": "50000-50100"}
    assert "80-90" in dialog.problem.text()
    assert "50000-50100" in dialog.problem.text()
    enter(dialog.fields["udp_ports"], "40000-40100")
    assert not dialog.problem.isVisible()


def test_a_proxy_of_ones_own_is_asked_for_only_where_it_is_chosen(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Kept())
    by_hand = (dialog.fields["proxy_url"], dialog.name, dialog.password, dialog.keep)
    assert not any(part.isVisible() for part in by_hand)
    choose_mode(dialog, "manual")
    assert all(part.isVisible() for part in by_hand)


def test_a_login_is_handed_on_and_not_kept_in_the_window(qtbot: QtBot) -> None:
    kept = Kept(proxy_mode="manual")
    dialog = shown(qtbot, kept)
    dialog.name.setText("EXAMPLE\\ada")
    dialog.password.setText("sésame")
    assert dialog.password.displayText() != "sésame"
    click(dialog.keep)
    click(dialog.keep)
    assert kept.logins == [("EXAMPLE\\ada", "sésame")]
    assert dialog.name.text() == dialog.password.text() == ""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = shown(qtbot, Kept(proxy_mode="manual"))
        assert not cut_texts(dialog)
        assert not overlaps(dialog)
        assert not nameless(dialog)
    finally:
        set_language("en")
