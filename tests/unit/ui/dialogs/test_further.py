from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, overlaps
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.schema import SCHEMA, Kind, Setting, Value, section
from visio_desktop.system.texts import set_language
from visio_desktop.ui.choices import Choices, DesktopChoices, NetworkChoices
from visio_desktop.ui.dialogs.comfort import ComfortDialog
from visio_desktop.ui.dialogs.desktop import DesktopDialog
from visio_desktop.ui.dialogs.further import FurtherDialog
from visio_desktop.ui.dialogs.network import NetworkDialog

LOCKED = {"ScreenShare": False, "RelayOnly": True, "Autostart": True}
DECIDED = resolve((Found(tuple(given(name, raw, "file") for name, raw in LOCKED.items())),))


def test_it_shows_all_that_have_no_dialog_of_their_own(qtbot: QtBot) -> None:
    kept: dict[str, Value] = {}
    dialog = FurtherDialog(Choices(choose=lambda key, text: kept.update({key: SCHEMA[key].parse(text)})))
    qtbot.addWidget(dialog)
    assert set(dialog.controls) == {setting.key for setting in section("further")}
    switch = dialog.controls["screen_share"]
    assert isinstance(switch, QCheckBox)
    switch.click()
    assert kept == {"screen_share": False}


def test_every_dialog_shows_what_is_locked(qtbot: QtBot) -> None:
    further = FurtherDialog(Choices(policies=lambda: DECIDED))
    network = NetworkDialog(NetworkChoices(policies=lambda: DECIDED))
    desktop = DesktopDialog(DesktopChoices(policies=lambda: DECIDED))
    for dialog in (further, network, desktop):
        qtbot.addWidget(dialog)
    assert not further.controls["screen_share"].isEnabled()
    assert further.controls["recording"].isEnabled()
    assert not network.switches["relay_only"].isEnabled()
    assert network.mode.isEnabled()
    assert not desktop.switches["autostart"].isEnabled()
    assert desktop.switches["background"].isEnabled()


def test_a_setting_added_to_the_schema_shows_without_any_other_edit(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("further", "network", "desktop", "comfort"):
        key = f"tea_{name}"
        monkeypatch.setitem(SCHEMA, key, Setting(key, Kind.SWITCH, default=False, section=name))
    dialogs = (
        ("further", FurtherDialog(Choices())),
        ("network", NetworkDialog(NetworkChoices())),
        ("desktop", DesktopDialog(DesktopChoices())),
        ("comfort", ComfortDialog(Choices())),
    )
    for name, dialog in dialogs:
        qtbot.addWidget(dialog)
        assert [s for s in dialog.findChildren(QCheckBox) if s.text() == f"settings.tea_{name}"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everything_fits(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = FurtherDialog(Choices(policies=lambda: DECIDED))
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        for fault in (cut_texts, overlaps, nameless, out_of_tab_order):
            assert fault(dialog) == []
    finally:
        set_language("en")
