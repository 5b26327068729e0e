"""What a person or a script may write for a device: `default`, a name or key, `none`, `null`, `file:PATH`, `test`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.values import DeviceKind


class SpecKind(Enum):
    """What a spec speaks of."""

    DEFAULT = "default"
    DEVICE = "device"
    NONE = "none"
    NULL = "null"
    FILE = "file"
    TEST = "test"
    SCREEN = "screen"
    WINDOW = "window"
    STILL = "still"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Spec:
    """A parsed spec.

    `value` is the device's name or key, the file's path, the variant of `test`, the key of the screen or window. What
    stands still, and what is chosen in the desktop's own dialog, is never written as a spec: it is no camera.
    """

    kind: SpecKind
    value: str = ""

    def __str__(self) -> str:
        """The text that parses to this spec again."""
        match self.kind:
            case SpecKind.DEVICE:
                text = self.value
            case SpecKind.FILE | SpecKind.TEST | SpecKind.SCREEN | SpecKind.WINDOW if self.value:
                text = f"{self.kind.value}:{self.value}"
            case _:
                text = str(self.kind.value)
        return text


def parse_spec(text: str, kind: DeviceKind) -> Spec:
    """Read a spec; never fails, since anything unknown may be a device's name. An empty text means `default`.

    `null` is a speaker only and a speaker is never `file:` or `test`: there these words are taken as a device's name.
    """
    text = text.strip()
    word, colon, rest = text.partition(":")
    speaker = kind is DeviceKind.SPEAKER
    match word.lower():
        case "" | "default" if not colon:
            spec = Spec(SpecKind.DEFAULT)
        case "none" if not colon:
            spec = Spec(SpecKind.NONE)
        case "null" if not colon and speaker:
            spec = Spec(SpecKind.NULL)
        case "file" if rest and not speaker:
            spec = Spec(SpecKind.FILE, rest)
        case "test" if not speaker:
            spec = Spec(SpecKind.TEST, rest)
        case "screen" if rest and kind is DeviceKind.CAMERA:
            spec = Spec(SpecKind.SCREEN, rest)
        case "window" if rest and kind is DeviceKind.CAMERA:
            spec = Spec(SpecKind.WINDOW, rest)
        case _:
            spec = Spec(SpecKind.DEVICE, text)
    return spec
