"""What a HID device says of its reports, as far as telephony and its lights go (HID 1.11, section 6.2.2).

Bounded: a descriptor comes from whatever was plugged in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from visio_desktop.media.headset import DescriptorRefused

MOST_BYTES: Final = 4_096
TELEPHONY: Final = 0x0B
LIGHTS: Final = 0x08
_MOST_CONTROLS: Final = 512
_MOST_BITS: Final = 8 * 1_024
_MOST_NESTED: Final = 32
_LONG: Final = 0xFE
_MAIN, _GLOBAL, _LOCAL = 0, 1, 2
_INPUT, _OUTPUT, _COLLECTION, _END = 8, 9, 10, 12
_PAGE, _LEAST, _BITS, _REPORT, _COUNT, _PUSH, _POP = 0, 1, 7, 8, 9, 10, 11
_USAGE, _FIRST, _LAST = 0, 1, 2
_CONSTANT, _VARIABLE, _RELATIVE = 1, 2, 4
_WIDE_BYTES: Final = 4


class Way(Enum):
    """Where a report goes."""

    FROM_DEVICE = _INPUT
    TO_DEVICE = _OUTPUT


@dataclass(frozen=True, slots=True)
class Control:
    """One usage in a report: `usage` is page and number, `bit` counts from behind the report's number."""

    usage: int
    report: int
    bit: int
    bits: int
    is_relative: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Places in a report that each hold the number of one of these usages, counted from `least`."""

    usages: tuple[int, ...]
    report: int
    bit: int
    bits: int
    count: int
    least: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Buttons and lights of a device. `numbered`: each report begins with its number. `bytes_out` by report."""

    buttons: tuple[Control, ...] = ()
    choices: tuple[Choice, ...] = ()
    lights: tuple[Control, ...] = ()
    numbered: bool = False
    bytes_out: tuple[tuple[int, int], ...] = ()

    def has(self, usage: int) -> bool:
        """Whether there is a button of this usage."""
        return any(each.usage == usage for each in self.buttons) or any(usage in each.usages for each in self.choices)


@dataclass(frozen=True, slots=True)
class _State:
    """The global items, which hold until they are said otherwise."""

    page: int = 0
    least: int = 0
    bits: int = 0
    report: int = 0
    count: int = 0


@dataclass(slots=True)
class _Reader:
    state: _State = field(default_factory=_State)
    kept: list[_State] = field(default_factory=list)
    usages: list[int] = field(default_factory=list)
    first: int | None = None
    depth: int = 0
    numbered: bool = False
    ends: dict[tuple[Way, int], int] = field(default_factory=dict)
    buttons: list[Control] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    lights: list[Control] = field(default_factory=list)

    def take(self, kind: int, tag: int, data: bytes) -> None:
        value = int.from_bytes(data, "little")
        match kind:
            case _ if kind == _GLOBAL:
                self._global(tag, value, data)
            case _ if kind == _LOCAL:
                self._local(tag, value, wide=len(data) == _WIDE_BYTES)
            case _ if kind == _MAIN:
                self._main(tag, value)

    def _global(self, tag: int, value: int, data: bytes) -> None:
        match tag:
            case _ if tag == _PAGE:
                self.state = replace(self.state, page=value & 0xFFFF)
            case _ if tag == _LEAST:
                self.state = replace(self.state, least=int.from_bytes(data, "little", signed=True))
            case _ if tag == _BITS:
                self.state = replace(self.state, bits=value)
            case _ if tag == _REPORT:
                if not 0 < value <= 0xFF:  # noqa: PLR2004 - one byte
                    raise DescriptorRefused("a report without a number")
                self.state, self.numbered = replace(self.state, report=value), True
            case _ if tag == _COUNT:
                self.state = replace(self.state, count=value)
            case _ if tag == _PUSH:
                self._nest(len(self.kept) + 1)
                self.kept.append(self.state)
            case _ if tag == _POP:
                if not self.kept:
                    raise DescriptorRefused("nothing was kept")
                self.state = self.kept.pop()

    def _local(self, tag: int, value: int, *, wide: bool) -> None:
        usage = value if wide else self.state.page << 16 | value
        match tag:
            case _ if tag == _USAGE:
                self._named([usage])
            case _ if tag == _FIRST:
                self.first = usage
            case _ if tag == _LAST and self.first is not None:
                if not 0 <= usage - self.first < _MOST_CONTROLS:
                    raise DescriptorRefused("far too many usages")
                self._named(list(range(self.first, usage + 1)))
                self.first = None

    def _main(self, tag: int, flags: int) -> None:
        match tag:
            case _ if tag == _COLLECTION:
                self.depth += 1
                self._nest(self.depth)
            case _ if tag == _END:
                self.depth -= 1
            case _ if tag in (_INPUT, _OUTPUT):
                self._field(Way(tag), flags)
        self.usages, self.first = [], None

    def _field(self, way: Way, flags: int) -> None:
        state = self.state
        begin = self.ends.get((way, state.report), 0)
        end = begin + state.bits * state.count
        if end > _MOST_BITS:
            raise DescriptorRefused("a report far too long")
        self.ends[way, state.report] = end
        if flags & _CONSTANT or not self.usages or not state.count or not 0 < state.bits <= 32:  # noqa: PLR2004 - a word
            return
        if flags & _VARIABLE:
            self._variables(way, begin, is_relative=bool(flags & _RELATIVE))
        elif way is Way.FROM_DEVICE and any(usage >> 16 == TELEPHONY for usage in self.usages):
            place = (state.report, begin, state.bits, state.count, state.least)
            self.choices.append(Choice(tuple(self.usages), *place))

    def _variables(self, way: Way, begin: int, *, is_relative: bool) -> None:
        state = self.state
        page, found = (TELEPHONY, self.buttons) if way is Way.FROM_DEVICE else (LIGHTS, self.lights)
        for at in range(min(state.count, len(self.usages))):
            usage = self.usages[at]
            if usage >> 16 == page:
                found.append(Control(usage, state.report, begin + at * state.bits, state.bits, is_relative))

    def _named(self, usages: list[int]) -> None:
        self.usages += usages
        if len(self.usages) > _MOST_CONTROLS:
            raise DescriptorRefused("far too many usages")

    @staticmethod
    def _nest(depth: int) -> None:
        if depth > _MOST_NESTED:
            raise DescriptorRefused("nested too deeply")

    def layout(self) -> Layout:
        sizes = tuple((report, -(-end // 8)) for (way, report), end in self.ends.items() if way is Way.TO_DEVICE)
        lists = (tuple(self.buttons), tuple(self.choices), tuple(self.lights))
        if sum(len(each) for each in lists) > _MOST_CONTROLS:
            raise DescriptorRefused("far too many controls")
        return Layout(*lists, self.numbered, sizes)


def parse(descriptor: bytes) -> Layout:
    """Buttons and lights of a report descriptor. Raises `DescriptorRefused` and nothing else."""
    if not 0 < len(descriptor) <= MOST_BYTES:
        raise DescriptorRefused(f"{len(descriptor)} bytes")
    reader, at = _Reader(), 0
    while at < len(descriptor):
        head = descriptor[at]
        if head == _LONG:  # reserved for makers: passed over
            at += 3 + (descriptor[at + 1] if at + 1 < len(descriptor) else 0)
            continue
        size = (0, 1, 2, 4)[head & 3]
        data = descriptor[at + 1 : at + 1 + size]
        if len(data) < size:
            raise DescriptorRefused("ends early")
        reader.take(head >> 2 & 3, head >> 4, data)
        at += 1 + size
    return reader.layout()
