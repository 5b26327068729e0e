"""Every setting, declared once.

SettingsError
 +-- ValueRefused   a value that does not fit its setting
 +-- UnknownSetting a name no setting has
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from visio_desktop.system.keys import parse_keys
from visio_desktop.system.texts import LANGUAGES

type Value = str | bool | tuple[str, ...]


class SettingsError(Exception):
    """Base of this package's errors."""


class ValueRefused(SettingsError):  # noqa: N818 - reads as what happened
    """The value does not fit."""


class UnknownSetting(SettingsError):  # noqa: N818 - reads as what it is
    """There is no such setting."""


class Kind(Enum):
    """What values a setting takes, and how a dialog shows it."""

    TEXT = "text"
    CHOICE = "choice"
    SWITCH = "switch"
    DEVICE = "device"
    LINKS = "links"
    PORTS = "ports"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `limit` bounds a text's characters or a list's entries; `choices` are those of `Kind.CHOICE`."""

    key: str
    kind: Kind
    default: Value
    limit: int = 0
    choices: tuple[str, ...] = ()

    def check(self, raw: object) -> Value:
        """The value in its own type; raises `ValueRefused`."""
        match self.kind, raw:
            case Kind.SWITCH, bool(value):
                return value
            case ((Kind.TEXT | Kind.DEVICE), str(text)) if len(text) <= self.limit and text.isprintable():
                return text
            case Kind.CHOICE, str(text) if text in self.choices:
                return text
            case Kind.PORTS, str(text) if not text or ports(text) is not None:
                return text
            case Kind.KEYS, str(text) if not text or (len(text) <= _LONGEST_KEYS and parse_keys(text) is not None):
                found = parse_keys(text)
                return "" if found is None else found.text
            case Kind.LINKS, (list() | tuple()) as links:
                return tuple(link for link in links if isinstance(link, str) and _is_link(link))[: self.limit]
            case _:
                raise ValueRefused(self.key)

    def parse(self, text: str) -> Value:
        """The value of a text, as a command line or a policy gives it; raises `ValueRefused`."""
        match self.kind:
            case Kind.SWITCH if text in ("true", "false"):
                return text == "true"
            case Kind.LINKS:
                return self.check(text.split())
            case _:
                return self.check(text)


MAX_LINK_LENGTH = 2_000
_LONGEST_KEYS = 60
_PORTS = re.compile(r"(\d{1,5})-(\d{1,5})")
_FIRST_PORT, _LAST_PORT = 1_024, 65_535


def ports(text: str) -> tuple[int, int] | None:
    """First and last of a range of ports as `50000-50100`, None for what is none."""
    found = _PORTS.fullmatch(text.strip())
    if found is None:
        return None
    first, last = int(found[1]), int(found[2])
    return (first, last) if _FIRST_PORT <= first <= last <= _LAST_PORT else None


def _is_link(text: str) -> bool:
    return 0 < len(text) <= MAX_LINK_LENGTH and text.isprintable()


_ALL = (
    Setting("name", Kind.TEXT, "", limit=80),
    Setting("language", Kind.CHOICE, "", choices=("", *LANGUAGES)),
    Setting("camera", Kind.DEVICE, "default", limit=1_000),
    Setting("microphone", Kind.DEVICE, "default", limit=1_000),
    Setting("speaker", Kind.DEVICE, "default", limit=1_000),
    Setting("microphone_on", Kind.SWITCH, default=False),
    Setting("camera_on", Kind.SWITCH, default=False),
    Setting("recents", Kind.LINKS, (), limit=8),
    Setting("proxy_mode", Kind.CHOICE, "system", choices=("system", "none", "manual")),
    Setting("proxy_url", Kind.TEXT, "", limit=300),
    Setting("extra_ca_file", Kind.TEXT, "", limit=1_000),
    Setting("relay_only", Kind.SWITCH, default=False),
    Setting("udp_ports", Kind.PORTS, ""),
    Setting("mark_packets", Kind.SWITCH, default=False),
    Setting("background", Kind.SWITCH, default=False),
    Setting("autostart", Kind.SWITCH, default=False),
    Setting("notifications", Kind.SWITCH, default=True),
    Setting("notification_content", Kind.SWITCH, default=False),
    Setting("global_shortcuts", Kind.SWITCH, default=False),
    Setting("shortcut_mute", Kind.KEYS, "Ctrl+Alt+M"),
    Setting("shortcut_talk", Kind.KEYS, "Ctrl+Alt+Space"),
    Setting("reduce_motion", Kind.SWITCH, default=False),
    Setting("sounds", Kind.SWITCH, default=True),
    Setting("small_window", Kind.SWITCH, default=True),
    Setting("captions_size", Kind.CHOICE, "medium", choices=("small", "medium", "large", "largest")),
    Setting("captions_colours", Kind.CHOICE, "room", choices=("room", "yellow", "paper")),
    Setting("captions_place", Kind.CHOICE, "below", choices=("below", "above")),
)
SCHEMA = {setting.key: setting for setting in _ALL}


def setting(key: str) -> Setting:
    """The setting of this name; raises `UnknownSetting`."""
    if key not in SCHEMA:
        raise UnknownSetting(key)
    return SCHEMA[key]
