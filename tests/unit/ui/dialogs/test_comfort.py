from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, overlaps
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system.texts import set_language
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.dialogs.comfort import ComfortDialog


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_choice_is_kept_at_once_and_everything_fits(qtbot: QtBot, language: str) -> None:
    set_language(language)
    kept: dict[str, Value] = {}
    try:
        dialog = ComfortDialog(Choices(choose=lambda key, text: kept.update({key: SCHEMA[key].parse(text)})))
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        for fault in (cut_texts, overlaps, nameless, out_of_tab_order):
            assert fault(dialog) == []
        for key, drop_down in dialog.lists.items():
            with qtbot.waitSignal(dialog.chosen):
                drop_down.setCurrentIndex(drop_down.count() - 1)
                drop_down.activated.emit(drop_down.currentIndex())
            assert kept[key] == SCHEMA[key].choices[-1]
        for key, switch in dialog.switches.items():
            with qtbot.waitSignal(dialog.chosen):
                switch.click()
            assert kept[key] is not SCHEMA[key].default
    finally:
        set_language("en")
