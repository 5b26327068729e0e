"""What the network's settings are read from and written to, as the window is handed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from visio_desktop.settings.schema import SCHEMA, Value


@dataclass(frozen=True, slots=True)
class NetworkChoices:
    """`keep_login` takes a name and a password for the proxy chosen by hand; it returns at once."""

    get: Callable[[str], Value] = lambda key: SCHEMA[key].default
    choose: Callable[[str, str], None] = lambda _key, _text: None
    keep_login: Callable[[str, str], None] = lambda _name, _password: None


NO_CHOICES = NetworkChoices()
"""For a window by itself."""
