"""Every setting, declared once.

SettingsError
 +-- ValueRefused   a value that does not fit its setting
 +-- UnknownSetting a name no setting has
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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
)
SCHEMA = {setting.key: setting for setting in _ALL}


def setting(key: str) -> Setting:
    """The setting of this name; raises `UnknownSetting`."""
    if key not in SCHEMA:
        raise UnknownSetting(key)
    return SCHEMA[key]
