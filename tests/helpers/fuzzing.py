"""Hostile bytes made out of good ones, and a look at how much an object holds on to."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
"""How much longer than usual: `./dev fuzz` sets it."""

SEED = int(os.environ.get("FUZZ_SEED", "1"))

_CONTAINERS = (dict, list, tuple, set, frozenset, deque)
_LOOKED_INTO = 50
_DATAGRAM = 1_400
_ODD_BYTES = (0x00, 0x7F, 0x80, 0xFF)


def mutated(random: Random, samples: Sequence[bytes], longest: int = _DATAGRAM) -> bytes:
    """A sample with something wrong about it, or nothing but noise."""
    data = bytearray(random.choice(samples)) if samples and random.random() > 0.1 else bytearray(random.randbytes(60))
    for _ in range(random.choice((1, 1, 2, 4))):
        at = random.randrange(len(data) + 1)
        match random.randrange(7):
            case 0 if data:
                data[at % len(data)] ^= 1 << random.randrange(8)
            case 1 if data:
                data[at % len(data)] = random.choice(_ODD_BYTES)
            case 2:
                del data[at:]
            case 3:
                del data[at : at + random.randrange(1, 9)]
            case 4:
                data[at:at] = random.randbytes(random.randrange(1, 30))
            case 5 if samples:
                data[at:] = random.choice(samples)[at // 2 :]
            case _:
                data[at : at + 2] = random.randrange(1 << 16).to_bytes(2)
    return bytes(data[:longest])


def rounds(usual: int) -> Iterator[int]:
    """So many rounds, more under `./dev fuzz`."""
    return iter(range(usual * TIMES))


@dataclass(frozen=True, slots=True)
class Table:
    """A container somewhere in an object: how one gets there, and how much is in it."""

    path: str
    size: int


def largest_table(root: object, package: str = "visio_desktop") -> Table:
    """The fullest container (or buffer that grows) that is held, at however many hops, by objects of `package`."""
    largest, waiting, seen = Table("", 0), deque([(type(root).__name__, root)]), set[int]()
    while waiting:
        path, at = waiting.popleft()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at, (bytearray, *_CONTAINERS)) and len(at) > largest.size:
            largest = Table(path, len(at))
        if isinstance(at, _CONTAINERS):
            waiting.extend((f"{path}[]", inner) for inner in _some(at))
        elif type(at).__module__.startswith(package):
            waiting.extend((f"{path}.{name}", inner) for name, inner in _attributes(at))
    return largest


def _some(container: Collection[Any]) -> list[Any]:
    values = container.values() if isinstance(container, Mapping) else container
    return [value for value, _ in zip(values, range(_LOOKED_INTO), strict=False)]


def _attributes(at: object) -> Iterator[tuple[str, Any]]:
    yield from vars(at).items() if hasattr(at, "__dict__") else ()
    for kind in type(at).__mro__:
        for name in getattr(kind, "__slots__", ()):
            if hasattr(at, name):
                yield name, getattr(at, name)


def noise(random: Random, message: Message, depth: int = 3) -> Message:
    """Fill a protobuf message at random: well-formed, and saying anything."""
    for field in message.DESCRIPTOR.fields:
        if random.random() < 0.4 or (field.message_type is not None and depth == 0):
            continue
        if field.type == _KINDS.TYPE_MESSAGE:
            inner = getattr(message, field.name)
            if isinstance(inner, Message):
                noise(random, inner, depth - 1)
            elif hasattr(inner, "add"):
                noise(random, inner.add(), depth - 1)
            continue
        value = _value(random, field)
        if value is not None:
            _put(message, field.name, value)
    return message


def _put(message: Message, name: str, value: Any) -> None:
    if hasattr(getattr(message, name), "append"):
        getattr(message, name).append(value)
    else:
        setattr(message, name, value)


_WORDS = ("", "me", "PA_x", "TR_x", "q", "0", "v=0\r\n", "\N{OGHAM SPACE MARK}" * 40, "{" * 300)
_KINDS = FieldDescriptor
_VALUES: dict[int, Sequence[Any]] = {
    _KINDS.TYPE_STRING: _WORDS,
    _KINDS.TYPE_BYTES: [word.encode() for word in _WORDS],
    _KINDS.TYPE_BOOL: (False, True),
    **dict.fromkeys((_KINDS.TYPE_FLOAT, _KINDS.TYPE_DOUBLE), (0.0, -1.0, 1e30, float("nan"), float("inf"))),
    **dict.fromkeys((_KINDS.TYPE_UINT32, _KINDS.TYPE_UINT64), (0, 1, 255, (1 << 31) - 1)),
    **dict.fromkeys((_KINDS.TYPE_FIXED32, _KINDS.TYPE_FIXED64), (0, 1, 255, (1 << 31) - 1)),
    **dict.fromkeys((_KINDS.TYPE_INT32, _KINDS.TYPE_INT64, _KINDS.TYPE_SINT32), (0, 1, -1, (1 << 31) - 1)),
}


def _value(random: Random, field: Any) -> Any:
    if field.type == _KINDS.TYPE_ENUM:
        return random.choice([value.number for value in field.enum_type.values])
    return random.choice(_VALUES[field.type]) if field.type in _VALUES else None
