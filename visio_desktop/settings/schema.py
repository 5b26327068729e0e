"""Every setting, declared once: a row here shows in the dialogs, as a policy, in every template and in the guide.

All it needs beside its row are its texts `settings.<key>` and `settings.<key>.help`, and those of its choices.

SettingsError
 +-- ValueRefused   a value that does not fit its setting
 +-- UnknownSetting a name no setting has
 +-- SettingLocked  the organisation has decided it
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.look import BLUR, PLAIN, PictureQuality
from visio_desktop.settings.hosts import is_pattern, is_server
from visio_desktop.system.keys import parse_keys
from visio_desktop.system.texts import LANGUAGES

type Value = str | bool | int | tuple[str, ...]


class SettingsError(Exception):
    """Base of this package's errors."""


class ValueRefused(SettingsError):  # noqa: N818 - reads as what happened
    """The value does not fit."""


class UnknownSetting(SettingsError):  # noqa: N818 - reads as what it is
    """There is no such setting."""


class SettingLocked(SettingsError):  # noqa: N818 - reads as what it is
    """The organisation has decided it."""


class Kind(Enum):
    """What values a setting takes, and how a dialog shows it."""

    TEXT = "text"
    CHOICE = "choice"
    SWITCH = "switch"
    DEVICE = "device"
    LINKS = "links"
    PORTS = "ports"
    KEYS = "keys"
    NUMBER = "number"
    SERVER = "server"
    SERVERS = "servers"
    COLOUR = "colour"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `limit` bounds a text's characters or a list's entries; `choices` are what may be chosen from.

    A number is the default or from `least` to `limit`. `section` names the dialog it stands in and the folder of its
    policy, with a text `settings.<section>`; `organisation` has no dialog. What is not `managed` no organisation
    decides. `strictest` is what holds where a locked value cannot be understood; None: the default.
    """

    key: str
    kind: Kind
    default: Value
    limit: int = 0
    choices: tuple[str, ...] = ()
    least: int = 0
    section: str = "further"
    managed: bool = True
    strictest: Value | None = None

    @property
    def policy(self) -> str:
        """Its name as a policy: `proxy_mode` is `ProxyMode`."""
        return "".join(part.capitalize() for part in self.key.split("_"))

    @property
    def is_list(self) -> bool:
        """Whether its value is a list of texts."""
        return self.kind in (Kind.LINKS, Kind.SERVERS, Kind.CHOICES)

    def check(self, raw: object) -> Value:  # noqa: C901, PLR0911 - a table of one line each
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
            case Kind.NUMBER, int(number) if not isinstance(number, bool) and self._fits(number):
                return number
            case Kind.SERVER, str(text) if not text or is_server(text):
                return text.lower()
            case Kind.SERVERS, (list() | tuple()) as hosts if len(hosts) <= self.limit and all(map(is_pattern, hosts)):
                return tuple(host.lower() for host in hosts)
            case Kind.COLOUR, str(text) if not text or _COLOUR.fullmatch(text):
                return text.upper()
            case Kind.CHOICES, (list() | tuple()) as words if all(word in self.choices for word in words):
                return tuple(choice for choice in self.choices if choice in words)
            case Kind.LINKS, (list() | tuple()) as links:
                return tuple(link for link in links if isinstance(link, str) and _is_link(link))[: self.limit]
            case _:
                raise ValueRefused(self.key)

    def parse(self, text: str) -> Value:
        """The value of a text, as a command line or a policy gives it; raises `ValueRefused`."""
        match self.kind:
            case Kind.SWITCH if text in ("true", "false"):
                return text == "true"
            case Kind.NUMBER if _DIGITS.fullmatch(text):
                return self.check(int(text))
            case Kind.LINKS | Kind.SERVERS | Kind.CHOICES:
                return self.check(text.split())
            case _:
                return self.check(text)

    def _fits(self, number: int) -> bool:
        return number == self.default or self.least <= number <= self.limit


MAX_LINK_LENGTH = 2_000
_LONGEST_KEYS = 60
_DIGITS = re.compile(r"[0-9]{1,9}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
UNKNOWN_MARKING = "?"
"""What stands in the classification's place where it was decided and could not be understood."""
_NO_SERVER = ("none.invalid",)
"""A name that never leads anywhere (RFC 6761)."""
_CODECS = ("vp8", "vp9", "h264", "av1")
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
    Setting("name", Kind.TEXT, "", limit=80, section="general"),
    Setting("language", Kind.CHOICE, "", choices=("", *LANGUAGES), section="general"),
    Setting("camera", Kind.DEVICE, "default", limit=1_000, section="devices"),
    Setting("microphone", Kind.DEVICE, "default", limit=1_000, section="devices"),
    Setting("speaker", Kind.DEVICE, "default", limit=1_000, section="devices"),
    Setting("ringer", Kind.DEVICE, "same", limit=1_000, section="sound"),
    Setting("echo_cancellation", Kind.SWITCH, default=True, section="sound"),
    Setting("noise_suppression", Kind.SWITCH, default=True, section="sound"),
    Setting("strong_noise_suppression", Kind.SWITCH, default=False, section="sound"),
    Setting("automatic_gain", Kind.SWITCH, default=False, section="sound"),
    Setting("headset_buttons", Kind.SWITCH, default=True, section="sound"),
    Setting("original_sound", Kind.SWITCH, default=False, section="sound"),
    Setting("camera_background", Kind.DEVICE, PLAIN, limit=1_000, section="picture", strictest=BLUR),
    Setting("camera_quality", Kind.CHOICE, "720p", choices=tuple(q.value for q in PictureQuality), section="picture"),
    Setting("camera_brighten", Kind.SWITCH, default=False, section="picture"),
    Setting("camera_still", Kind.DEVICE, "", limit=1_000, section="picture"),
    Setting("microphone_on", Kind.SWITCH, default=False, section="devices", strictest=False),
    Setting("camera_on", Kind.SWITCH, default=False, section="devices", strictest=False),
    Setting("recents", Kind.LINKS, (), limit=8, section="general", managed=False),
    Setting("proxy_mode", Kind.CHOICE, "system", choices=("system", "none", "manual", "pac"), section="network"),
    Setting("proxy_url", Kind.TEXT, "", limit=300, section="network"),
    Setting("proxy_pac_url", Kind.TEXT, "", limit=1_000, section="network"),
    Setting("extra_ca_file", Kind.TEXT, "", limit=1_000, section="network"),
    Setting("udp_ports", Kind.PORTS, "", section="network"),
    Setting("relay_only", Kind.SWITCH, default=False, section="network", strictest=True),
    Setting("mark_packets", Kind.SWITCH, default=False, section="network"),
    Setting("background", Kind.SWITCH, default=False, section="desktop"),
    Setting("autostart", Kind.SWITCH, default=False, section="desktop"),
    Setting("notifications", Kind.SWITCH, default=True, section="desktop"),
    Setting("notification_content", Kind.SWITCH, default=False, section="desktop", strictest=False),
    Setting("global_shortcuts", Kind.SWITCH, default=False, section="desktop"),
    Setting("shortcut_mute", Kind.KEYS, "Ctrl+Alt+M", section="desktop"),
    Setting("shortcut_talk", Kind.KEYS, "Ctrl+Alt+Space", section="desktop"),
    Setting("shortcut_share", Kind.KEYS, "Ctrl+Alt+X", section="desktop"),
    Setting("text_size", Kind.CHOICE, "100", choices=("100", "125", "150", "175", "200"), section="comfort"),
    Setting("captions_size", Kind.CHOICE, "medium", choices=("small", "medium", "large", "largest"), section="comfort"),
    Setting("captions_colours", Kind.CHOICE, "room", choices=("room", "yellow", "paper"), section="comfort"),
    Setting("captions_place", Kind.CHOICE, "below", choices=("below", "above"), section="comfort"),
    Setting("sounds", Kind.SWITCH, default=True, section="comfort"),
    Setting("small_window", Kind.SWITCH, default=True, section="comfort"),
    Setting("reduce_motion", Kind.SWITCH, default=False, section="comfort"),
    Setting("default_server", Kind.SERVER, ""),
    Setting("allowed_servers", Kind.SERVERS, (), limit=200, strictest=_NO_SERVER),
    Setting("login", Kind.SWITCH, default=True, strictest=False),
    Setting("screen_share", Kind.SWITCH, default=True, strictest=False),
    Setting("recording", Kind.SWITCH, default=True, strictest=False),
    Setting("chat_links", Kind.SWITCH, default=True, strictest=False),
    Setting("browser_for_others", Kind.SWITCH, default=True, strictest=False),
    # RFC 8837: sound and pictures share one transport, which is marked AF41 as a whole.
    Setting("dscp", Kind.NUMBER, 34, limit=63),
    Setting("dscp_sound", Kind.NUMBER, 46, limit=63),
    Setting("hardware_encoding", Kind.SWITCH, default=True, strictest=False),
    Setting("video_kbps", Kind.NUMBER, 0, least=100, limit=50_000),
    Setting("log_level", Kind.CHOICE, "info", choices=("debug", "info", "warning", "error")),
    # What stands in no dialog: nobody would want it for themselves.
    Setting(
        "video_codecs", Kind.CHOICES, _CODECS, limit=8, choices=_CODECS, section="organisation", strictest=("vp8",)
    ),
    Setting("background_images", Kind.SWITCH, default=True, section="organisation", strictest=False),
    Setting("still_pictures", Kind.SWITCH, default=True, section="organisation", strictest=False),
    Setting("name_from_account", Kind.SWITCH, default=False, section="organisation"),
    Setting("classification", Kind.TEXT, "", limit=100, section="organisation", strictest=UNKNOWN_MARKING),
    Setting("classification_colour", Kind.COLOUR, "#8A1C19", section="organisation"),
    Setting("brand_name", Kind.TEXT, "", limit=60, section="organisation"),
    Setting("brand_colour", Kind.COLOUR, "", section="organisation"),
    Setting("brand_logo", Kind.TEXT, "", limit=1_000, section="organisation"),
    Setting("capture_exclusion", Kind.SWITCH, default=False, section="organisation", strictest=True),
    Setting("kiosk", Kind.SWITCH, default=False, section="organisation", strictest=True),
    Setting("kiosk_link", Kind.TEXT, "", limit=MAX_LINK_LENGTH, section="organisation"),
    Setting("kiosk_exit", Kind.KEYS, "Ctrl+Alt+Shift+Q", section="organisation"),
    Setting("update_channel", Kind.TEXT, "", limit=1_000, section="organisation"),
    Setting("update_key", Kind.TEXT, "", limit=100, section="organisation"),
)
SCHEMA = {setting.key: setting for setting in _ALL}


def section(name: str) -> tuple[Setting, ...]:
    """The settings of a section, in their order."""
    return tuple(setting for setting in SCHEMA.values() if setting.section == name)


def setting(key: str) -> Setting:
    """The setting of this name; raises `UnknownSetting`."""
    if key not in SCHEMA:
        raise UnknownSetting(key)
    return SCHEMA[key]
