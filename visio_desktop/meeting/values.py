"""The small values a meeting is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from typing import Final


class Source(Enum):
    """Where a publication comes from."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"
    SCREEN_AUDIO = "screen_audio"

    @property
    def is_video(self) -> bool:
        """Whether this source gives pictures."""
        return self in (Source.CAMERA, Source.SCREEN)


class DeviceKind(Enum):
    """The three devices a person chooses."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"


class Quality(Enum):
    """Connection quality of a participant as the server judges it."""

    UNKNOWN = "unknown"
    LOST = "lost"
    POOR = "poor"
    GOOD = "good"
    EXCELLENT = "excellent"


class Role(Enum):
    """What somebody may decide in a room."""

    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"

    @property
    def leads(self) -> bool:
        """Whether this role moderates."""
        return self is not Role.MEMBER


class Capability(Flag):
    """What a server can do; the window offers only this."""

    NONE = 0
    PUBLISH = auto()
    SUBSCRIBE = auto()
    CHAT = auto()
    HAND = auto()
    SCREEN_SHARE = auto()
    DATA = auto()
    ACTIVE_SPEAKER = auto()
    CONNECTION_QUALITY = auto()
    LAYERS = auto()
    REACTIONS = auto()
    RENAME = auto()
    EDIT_CHAT = auto()
    LOWER_HANDS = auto()
    MUTE_OTHERS = auto()
    REMOVE = auto()
    ROLES = auto()
    RULES = auto()
    ADMIT = auto()
    RECORD = auto()
    TRANSCRIBE = auto()
    REQUEST_RECORDING = auto()
    CAPTIONS = auto()
    REQUEST_TRANSCRIPT = auto()
    LOCK = auto()
    SPEECH = auto()
    CLEAR_CHAT = auto()


class ProblemCode(Enum):
    """Every way things go wrong that people are told of; texts are `problems.<value>` and `problems.<value>.next`."""

    LINK_MALFORMED = "link_malformed"
    LINK_UNKNOWN_KIND = "link_unknown_kind"
    LINK_INSECURE = "link_insecure"
    LINK_PRIVATE = "link_private"
    LINK_AMBIGUOUS = "link_ambiguous"
    KIND_NOT_SUPPORTED = "kind_not_supported"
    NO_MEETING_LINK = "no_meeting_link"
    NO_MEDIA_SERVER = "no_media_server"
    CONSENT_NEEDED = "consent_needed"
    SERVER_NOT_ALLOWED = "server_not_allowed"
    ONWARD_NOT_ALLOWED = "onward_not_allowed"
    ONWARD_PRIVATE = "onward_private"
    HOST_UNKNOWN = "host_unknown"
    HOST_UNREACHABLE = "host_unreachable"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_EXPIRED = "tls_expired"
    TLS_OWN = "tls_own"
    PAC_FAILED = "pac_failed"
    PROXY_UNREACHABLE = "proxy_unreachable"
    PROXY_REFUSED = "proxy_refused"
    PROXY_LOGIN = "proxy_login"
    SERVER_NOT_UNDERSTOOD = "server_not_understood"
    SERVER_SILENT = "server_silent"
    TOKEN_MISSING = "token_missing"  # noqa: S105 - a problem's name, not a secret
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a problem's name, not a secret
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a problem's name, not a secret
    PIN_MISSING = "pin_missing"
    PIN_REFUSED = "pin_refused"
    ROOM_FULL = "room_full"
    ROOM_NOT_FOUND = "room_not_found"
    ROOM_TAKEN = "room_taken"
    ENDPOINT_TAKEN = "endpoint_taken"
    ONE_OF_A_SORT = "one_of_a_sort"
    ENTRY_DENIED = "entry_denied"
    ENTRY_TIMED_OUT = "entry_timed_out"
    CALL_NOT_ALLOWED = "call_not_allowed"
    CALLS_MISSING = "calls_missing"
    KEYS_MISSING = "keys_missing"
    ROOM_SECRET_REFUSED = "room_secret_refused"  # noqa: S105 - a problem's name, not a secret
    RECOVERY_KEY_REFUSED = "recovery_key_refused"
    ENTRY_CLOSED = "entry_closed"
    LOGIN_NEEDED = "login_needed"
    LOGIN_ELSEWHERE = "login_elsewhere"
    LOGIN_EXPIRED = "login_expired"
    LOGIN_FAILED = "login_failed"
    LOGIN_REFUSED = "login_refused"
    LOGIN_MISSING = "login_missing"
    LOGIN_NOT_OFFERED = "login_not_offered"
    LOGIN_ASTRAY = "login_astray"
    LOGIN_NOT_ALLOWED = "login_not_allowed"
    SERVER_BUSY = "server_busy"
    REQUEST_REFUSED = "request_refused"
    MEDIA_UNREACHABLE = "media_unreachable"
    DUPLICATE_IDENTITY = "duplicate_identity"
    REMOVED = "removed"
    REMOVED_BECAUSE = "removed_because"
    ROOM_ENDED = "room_ended"
    CONNECTION_LOST = "connection_lost"
    CAMERA_MISSING = "camera_missing"
    CAMERA_BUSY = "camera_busy"
    CAMERA_FAILED = "camera_failed"
    CAMERA_REFUSED = "camera_refused"
    CAMERA_GONE = "camera_gone"
    BACKGROUND_FAILED = "background_failed"
    BACKGROUND_IMAGE = "background_image"
    BACKGROUND_TOO_SLOW = "background_too_slow"
    STILL_IMAGE = "still_image"
    MICROPHONE_MISSING = "microphone_missing"
    MICROPHONE_BUSY = "microphone_busy"
    MICROPHONE_FAILED = "microphone_failed"
    MICROPHONE_SILENT = "microphone_silent"
    MICROPHONE_MUTED = "microphone_muted"
    MICROPHONE_NOTHING = "microphone_nothing"
    STRONG_NOISE_FAILED = "strong_noise_failed"
    SPEAKER_MISSING = "speaker_missing"
    SPEAKER_BUSY = "speaker_busy"
    SPEAKER_FAILED = "speaker_failed"
    SCREEN_FAILED = "screen_failed"
    SCREEN_WAYLAND = "screen_wayland"
    SCREEN_DECLINED = "screen_declined"
    SCREEN_STOPPED = "screen_stopped"
    WINDOW_CLOSED = "window_closed"
    SCREEN_SOUND_FAILED = "screen_sound_failed"
    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_NOT_WRITTEN = "file_not_written"
    FILE_TOO_LARGE = "file_too_large"
    DISK_FULL = "disk_full"
    CHAT_NOT_SENT = "chat_not_sent"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person must know of; `subject` is the host, device or file it is about.

    `browser` is the address that a web browser can open instead, "" without one; it may hold secrets of the meeting.
    """

    code: ProblemCode
    subject: str = ""
    browser: str = field(default="", compare=False, repr=False)


class OptionalSecret(Enum):
    """A secret one gets in without: it lets one do more there."""

    ROOM_SECRET = "room_secret"  # noqa: S105 - what it is called
    RECOVERY_KEY = "recovery_key"


@dataclass(frozen=True, slots=True)
class MeetingLink:
    """A recognised link: `kind` names the adapter, `host` is for showing, `text` is the link, free of secrets.

    `takes_passphrase` says that its meetings can be encrypted end to end with one, `takes_token` that the server lets
    in whoever has a token, which the link does not hold, `takes_pin` that a room may ask for one, `takes_login` that
    one may log in with a name and a password, `logs_in_by_browser` that one may in a web browser, `takes_besides` what
    else one may have. Where one only watches, nothing `sends`; where one only sends, nothing `receives`.
    """

    kind: str
    text: str
    host: str = ""
    room: str = ""
    takes_passphrase: bool = False
    takes_token: bool = False
    takes_pin: bool = False
    takes_login: bool = False
    logs_in_by_browser: bool = False
    takes_besides: OptionalSecret | None = None
    sends: bool = True
    receives: bool = True

    @property
    def is_one_way(self) -> bool:
        """Whether one only sends there, or only watches: nobody meets."""
        return not (self.sends and self.receives)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a link may be, where several answers fit: `name` is its kind's.

    `browser` is set for kinds that only a web browser joins: the address to open there.
    """

    link: MeetingLink
    name: str
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Device:
    """A device of this machine; `key` is stable over restarts and what a SPEC may name, `name` is for showing.

    `is_default`: what the system's own settings choose. `group` is the same for the devices of one headset, "" unknown.
    """

    kind: DeviceKind
    key: str
    name: str
    is_default: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class SoundWishes:
    """What is taken out of own sound. `original` sends it as it is, in stereo, whatever the others say.

    `strong` takes noise out in another way, whatever `noise` says.
    """

    echo: bool = True
    noise: bool = True
    gain: bool = False
    original: bool = False
    strong: bool = False


USUAL_SOUND = SoundWishes()


class HeadsetButton(Enum):
    """What is pressed on a headset."""

    MUTE = "mute"
    HANG_UP = "hang_up"


@dataclass(frozen=True, slots=True)
class HeadsetLights:
    """What a headset shows."""

    in_call: bool
    muted: bool


@dataclass(frozen=True, slots=True)
class HeadsetState:
    """The headset whose buttons are listened to, "" for none; `refused`: the system does not let us."""

    name: str = ""
    refused: bool = False


NO_HEADSET = HeadsetState()


CHOSEN_BY_DESKTOP: Final = "portal"
"""What `ChooseScreen` names where the desktop asks itself: under Wayland no program sees what is there."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of this machine that can be shared; `spec` is what `ChooseScreen` names, `number` counts from 1.

    A single window is one too: its `number` is 0, and it has a `title`. `left_px` and `top_px` are its place on the
    display, in the display's pixels.
    """

    spec: str
    number: int
    width_px: int
    height_px: int
    title: str = ""
    left_px: int = 0
    top_px: int = 0


@dataclass(frozen=True, slots=True)
class Publication:
    """One picture or sound of one participant; `width_px` and `height_px` are 0 while unknown.

    `encrypted` end to end: None where nobody says so; False where what comes cannot be opened, or is not encrypted
    though the meeting is: it is neither shown nor heard.
    """

    id: str
    participant_id: str
    source: Source
    muted: bool = False
    width_px: int = 0
    height_px: int = 0
    encrypted: bool | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in the meeting; the first of `Meeting.participants` is always oneself.

    `is_authenticated`: whether the server knows who they are; None where that is no question. `may_send`: whether the
    server lets them speak; `removable`: whether it lets us put them out, where it lets us put anybody out.
    """

    id: str
    name: str
    is_me: bool = False
    publications: tuple[Publication, ...] = ()
    hand_raised_at_ms: float | None = None
    speaking: bool = False
    quality: Quality = Quality.UNKNOWN
    colour: str = ""
    role: Role = Role.MEMBER
    is_authenticated: bool | None = None
    may_send: bool = True
    removable: bool = True

    def publication(self, source: Source) -> Publication | None:
        """The publication of this source, None without one."""
        return next((p for p in self.publications if p.source is source), None)

    @property
    def encrypted(self) -> bool | None:
        """Whether all they send is encrypted end to end and can be opened; None where that is no question."""
        states = [p.encrypted for p in self.publications if p.encrypted is not None]
        return all(states) if states else None

    @property
    def microphone_open(self) -> bool:
        """Whether this participant may be heard."""
        microphone = self.publication(Source.MICROPHONE)
        return microphone is not None and not microphone.muted


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A chat line; `at_ms` is epoch time. `pending` and `failed` speak of one's own line only.

    One that is `unreadable` came encrypted, without a key to open it: it has no text. One that `is_old` was written
    before one came.
    """

    id: str
    sender_id: str
    sender_name: str
    text: str
    at_ms: float
    is_mine: bool = False
    pending: bool = False
    failed: bool = False
    edited: bool = False
    unreadable: bool = False
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """A short notice: `key` is a text under `toasts.`, `arguments` fill it."""

    id: int
    key: str
    arguments: tuple[tuple[str, str], ...] = field(default=())
    problem: Problem | None = None
