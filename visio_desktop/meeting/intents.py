"""What a person asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import DeviceKind, Source


class Panel(Enum):
    """The side panels of the room."""

    CHAT = "chat"
    PEOPLE = "people"
    INFO = "info"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Look at a meeting link and show pre-join.

    `from_outside`: another program opened it, so nobody has asked us for anything yet.
    """

    text: str
    from_outside: bool = False


@dataclass(frozen=True, slots=True)
class GoHome:
    """Back to the home page, releasing every device."""


@dataclass(frozen=True, slots=True)
class ForgetRecent:
    """Take one meeting off the list of recent ones, all of them with an empty text."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class SetPassphrase:
    """Encrypt this meeting end to end with a passphrase; "" does not."""

    passphrase: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetName:
    """The name others see."""

    name: str


@dataclass(frozen=True, slots=True)
class Join:
    """Join the meeting shown by pre-join."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the meeting, or give up joining."""


@dataclass(frozen=True, slots=True)
class Rejoin:
    """Join the same meeting again from the ended or failed page."""


@dataclass(frozen=True, slots=True)
class SetSourceOn:
    """Turn microphone, camera or screen share on or off."""

    source: Source
    on: bool


@dataclass(frozen=True, slots=True)
class HoldToTalk:
    """Push to talk: open the microphone while `held`, restoring what was before."""

    held: bool


@dataclass(frozen=True, slots=True)
class ChooseDevice:
    """Use another device, in pre-join, in settings or during the meeting; `spec` as on the command line."""

    kind: DeviceKind
    spec: str


@dataclass(frozen=True, slots=True)
class TryDevices:
    """Outside a meeting: show what camera and microphone give, or let go of them. Nothing is sent."""

    on: bool


@dataclass(frozen=True, slots=True)
class TestSpeaker:
    """Play a sound through the chosen loudspeaker."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class ChooseScreen:
    """What to share: the key of a screen or window, as the capture port lists them; `sound` adds what programs play."""

    spec: str
    sound: bool = False


@dataclass(frozen=True, slots=True)
class SendChat:
    """Write to everybody; the engine fills in the id and the epoch time."""

    text: str
    message_id: str = ""
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SetHand:
    """Raise or lower one's own hand; the engine fills in the epoch time."""

    raised: bool
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class AskServer:
    """Ask the server for something within the meeting; the engine fills in the epoch time."""

    request: Request
    at_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class StayAlone:
    """Stay in the meeting though nobody else is there."""


@dataclass(frozen=True, slots=True)
class ShowCaptions:
    """Show what is said in writing, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """Keep a publication large; None unpins."""

    publication_id: str | None


@dataclass(frozen=True, slots=True)
class ShowPanel:
    """Open a side panel; None closes it."""

    panel: Panel | None


@dataclass(frozen=True, slots=True)
class DismissToast:
    """A toast has been read or its time is over."""

    toast_id: int


Intent = (
    OpenLink
    | GoHome
    | ForgetRecent
    | SetName
    | SetPassphrase
    | Join
    | Leave
    | Rejoin
    | SetSourceOn
    | HoldToTalk
    | ChooseDevice
    | TryDevices
    | TestSpeaker
    | ChooseScreen
    | SendChat
    | SetHand
    | AskServer
    | StayAlone
    | ShowCaptions
    | Pin
    | ShowPanel
    | DismissToast
    | Errand
)
