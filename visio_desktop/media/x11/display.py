"""What is asked of an X display: windows, their properties and places, and what changes on them.

Numbers of requests and the places of fields are those of the X protocol (X11R7, `x11protocol`) and of its extensions
Composite, Damage and XFixes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from visio_desktop.media.x11.wire import Wire, X11Error
from visio_desktop.meeting.areas import Area

_LONGEST_WORDS: Final = 16_384
_VIEWABLE: Final = 2
_STRUCTURE_NOTIFY: Final = 1 << 17
_EVENT_MASK: Final = 1 << 11
_AUTOMATIC, _BOUNDING_BOX = 0, 2
_DESTROYED: Final = 17
_MOVED: Final = (18, 19, 21, 22)  # unmapped, mapped, given another parent, placed anew
_ANY: Final = 0
_VERSIONS: Final = {"XFIXES": (5, 0), "DAMAGE": (1, 1), "Composite": (0, 4)}


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened on the display since it was last asked: what was painted, in the pixels of what is watched."""

    painted: Area | None = None
    moved: bool = False
    gone: bool = False


class Display:
    """A display, asked by one thread. Raises `X11Error` wherever it does not answer."""

    def __init__(self) -> None:
        self.wire = Wire()
        self._atoms: dict[str, int] = {}
        self._damage: dict[int, int] = {}
        self._can: dict[str, bool] = {}

    @property
    def root(self) -> int:
        """The window that holds all others."""
        return self.wire.root

    def close(self) -> None:
        """Ask nothing any more."""
        self.wire.close()

    def wait(self, longest_s: float) -> None:
        """Wait until something happens that is watched, not longer than that."""
        self.wire.wait(longest_s)

    def can(self, extension: str) -> bool:
        """Whether the display knows an extension; a version of it is agreed upon, as has to be before it is used."""
        if extension not in self._can:
            self._can[extension] = self.wire.has(extension)
            if self._can[extension]:
                self.wire.ask(0, struct.pack("<II", *_VERSIONS[extension]), extension=extension)
        return self._can[extension]

    def text(self, window: int, name: str) -> str:
        """A text that stands beside a window, "" without one; bounded, any bytes."""
        kind, data = self._property(window, name)
        encoding = "utf-8" if kind == self.atom("UTF8_STRING") else "latin-1"
        return data.decode(encoding, errors="replace")

    def numbers(self, window: int, name: str) -> tuple[int, ...]:
        """The 32-bit numbers that stand beside a window."""
        _, data = self._property(window, name)
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def atom(self, name: str) -> int:
        """The number the display has for a name."""
        if name not in self._atoms:
            encoded = name.encode("ascii")
            answer = self.wire.ask(16, struct.pack("<HH", len(encoded), 0) + encoded)
            (self._atoms[name],) = struct.unpack_from("<I", answer, 8)
        return self._atoms[name]

    def children(self, window: int) -> tuple[int, ...]:
        """The windows in a window, the lowest first."""
        answer = self.wire.ask(15, struct.pack("<I", window))
        (count,) = struct.unpack_from("<H", answer, 16)
        count = min(count, (len(answer) - 32) // 4)
        return struct.unpack_from(f"<{count}I", answer, 32)

    def is_seen(self, window: int) -> bool:
        """Whether a window is on the display; minimised it is not."""
        return self._attributes(window)[0]

    def is_plain(self, window: int) -> bool:
        """Whether it is a window as the person knows them: no menu, no tooltip."""
        return not self._attributes(window)[1]

    def place(self, window: int) -> Area:
        """Where a window is, without its border, on the whole display."""
        answer = self.wire.ask(14, struct.pack("<I", window))
        width, height = struct.unpack_from("<HH", answer, 16)
        answer = self.wire.ask(40, struct.pack("<IIhh", window, self.root, 0, 0))
        left, top = struct.unpack_from("<hh", answer, 12)
        return Area(left, top, width, height)

    def watch(self, drawable: int) -> bool:
        """Tell of it in `changes` from now on; whether what is painted is told too."""
        if drawable != self.root:
            body = struct.pack("<III", drawable, _EVENT_MASK, _STRUCTURE_NOTIFY)
            self.wire.demand(2, body)
        if not (self.can("XFIXES") and self.can("DAMAGE")):
            return False
        damage = self._damage[drawable] = self.wire.new_id()
        self.wire.demand(1, struct.pack("<IIB3x", damage, drawable, _BOUNDING_BOX), extension="DAMAGE")
        return True

    def changes(self, drawable: int) -> Changes:
        """What happened since it was last asked; what is painted from now on is told again."""
        painted: Area | None = None
        moved = gone = False
        notify = self.wire.first_event("DAMAGE") if self._damage else -1
        for event in self.wire.events():
            kind = event[0] & 0x7F
            if kind == notify:
                painted = Area(*struct.unpack_from("<hhHH", event, 16))
            elif struct.unpack_from("<I", event, 8)[0] == drawable:
                moved = moved or kind in _MOVED
                gone = gone or kind == _DESTROYED
        if painted is not None and not gone:
            self.wire.demand(3, struct.pack("<III", self._damage[drawable], 0, 0), extension="DAMAGE")
        return Changes(painted, moved, gone)

    def draw_aside(self, window: int) -> None:
        """Keep a picture of the whole window, whatever lies over it."""
        if not self.can("Composite"):
            raise X11Error("windows cannot be told apart here")
        self.wire.demand(1, struct.pack("<IB3x", window, _AUTOMATIC), extension="Composite")

    def picture_of(self, window: int) -> int:
        """A name for what the window looks like as it is now, until it changes its size; to be given back."""
        pixmap = self.wire.new_id()
        self.wire.demand(6, struct.pack("<II", window, pixmap), extension="Composite")
        return pixmap

    def give_back(self, pixmap: int) -> None:
        """That name is not needed any more."""
        self.wire.demand(54, struct.pack("<I", pixmap))

    def _attributes(self, window: int) -> tuple[bool, bool]:
        answer = self.wire.ask(3, struct.pack("<I", window))
        return answer[26] == _VIEWABLE, answer[27] != 0

    def _property(self, window: int, name: str) -> tuple[int, bytes]:
        """The kind of a property and its content."""
        body = struct.pack("<IIIII", window, self.atom(name), _ANY, 0, _LONGEST_WORDS)
        answer = self.wire.ask(20, body)
        kind, _, units = struct.unpack_from("<III", answer, 8)
        return kind, answer[32 : 32 + units * max(1, answer[1] // 8)]
