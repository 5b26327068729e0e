from __future__ import annotations

from visio_desktop.settings.schema import SCHEMA
from visio_desktop.ui.choices import NetworkChoices


def test_without_settings_the_defaults_are_shown_and_nothing_is_kept() -> None:
    choices = NetworkChoices()
    assert all(choices.get(key) == setting.default for key, setting in SCHEMA.items())
    choices.choose("proxy_mode", "none")
    choices.keep_login("ada", "secret")
    assert choices.get("proxy_mode") == "system"
