r"""Policies in the Windows registry, below `Software\Policies\Visio\VisioDesktop`: what administrative templates write.

Values of that key are locked, those of its subkey `Recommended` are defaults. The machine's hive is stronger than the
person's; neither can be written by who is managed.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Protocol

from visio_desktop.settings.policies import Found, Given, Ignored, Why
from visio_desktop.settings.schema import SCHEMA, Kind

KEY: Final = r"Software\Policies\Visio\VisioDesktop"
RECOMMENDED: Final = rf"{KEY}\Recommended"
HIVES: Final = ("HKLM", "HKCU")
MOST_VALUES: Final = 1_000


class Registry(Protocol):
    """What is read of the registry."""

    def values(self, hive: str, key: str) -> Mapping[str, object]:
        """The values of a key by name, none where there is no such key. Raises `OSError`."""


def read_registry(registry: Registry) -> Found:
    """The policies of both hives. Blocks; never raises."""
    switches = {setting.policy.lower() for setting in SCHEMA.values() if setting.kind is Kind.SWITCH}
    lists = {setting.policy.lower() for setting in SCHEMA.values() if setting.is_list}
    found, ignored = list[Given](), list[Ignored]()
    for key, locked in ((KEY, True), (RECOMMENDED, False)):
        for hive in HIVES:
            source = f"{hive}\\{key}"
            try:
                values = registry.values(hive, key)
            except OSError as error:
                ignored.append(Ignored(source, "", Why.UNREADABLE, error.strerror or ""))
                continue
            for name, raw in values.items():
                own = _truth(raw) if name.lower() in switches else _words(raw) if name.lower() in lists else raw
                found.append(Given(name, own, locked, source))
    return Found(tuple(found), tuple(ignored))


def _truth(raw: object) -> object:
    """The registry knows no truth values: 1 and 0 stand for them."""
    return raw == 1 if type(raw) is int and raw in (0, 1) else raw


def _words(raw: object) -> object:
    """A list in one text, which is all that a property of an installer can hold; an empty one is no list."""
    return raw.split() if isinstance(raw, str) and raw.strip() else raw


class WindowsRegistry:
    """The registry through Python's `winreg`, which exists on Windows only."""

    def __init__(self, winreg: Any = None) -> None:
        self._winreg = winreg or import_module("winreg")

    def values(self, hive: str, key: str) -> Mapping[str, object]:
        """See `Registry`. Programs of 32 and 64 bit see the same key."""
        winreg = self._winreg
        root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
        try:
            opened = winreg.OpenKey(root, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
        except FileNotFoundError:
            return {}
        with opened:
            _, count, _ = winreg.QueryInfoKey(opened)
            rows = (winreg.EnumValue(opened, index) for index in range(min(count, MOST_VALUES)))
            return {str(name): value for name, value, _ in rows if name}
