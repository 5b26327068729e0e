"""Transport-wide feedback on the wire (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1): RTPFB, format 15."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visio_desktop.rtc.errors import FeedbackError

MAX_STATUSES = 1 << 13
REFERENCE_MS = 64.0
CLOCK_WRAP_MS = REFERENCE_MS * (1 << 24)
TICKS_PER_MS = 4
_TICKS_PER_REFERENCE = 256
_RTPFB = 205
_FORMAT = 15
_HEADER = struct.Struct("!BBH")
_FIXED = struct.Struct("!LLHHL")
_ONE_BIT = 14
_TWO_BITS = 7
_LONGEST_RUN = 0x1FFF
_NONE, _SMALL, _LARGE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class TransportFeedback:
    """When packets from the 16-bit `base` on arrived, None for those that did not.

    Times are on the receiver's clock, of which only differences mean anything; it wraps at `CLOCK_WRAP_MS`.
    `number` counts the receiver's feedback packets, in 8 bits.
    """

    base: int
    number: int
    arrivals_ms: tuple[float | None, ...]


def split(data: bytes) -> tuple[bytes, list[bytes]]:
    """A compound RTCP packet without its transport-wide feedback, and those feedback packets without header."""
    if not _contains_feedback(data):
        return data, []
    rest, found = bytearray(), []
    for start, end in _packets(data):
        first, kind = data[start], data[start + 1]
        if kind != _RTPFB or first & 0x1F != _FORMAT:
            rest += data[start:end]
            continue
        padding = data[end - 1] if first & 0x20 and end > start + _HEADER.size else 0
        found.append(data[start + _HEADER.size : max(start + _HEADER.size, end - padding)])
    return bytes(rest), found


def _contains_feedback(data: bytes) -> bool:
    return any(data[at + 1] == _RTPFB and data[at] & 0x1F == _FORMAT for at, _ in _packets(data))


def _packets(data: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while at + _HEADER.size <= len(data):
        end = at + _HEADER.size + 4 * int.from_bytes(data[at + 2 : at + 4])
        yield at, min(end, len(data))
        at = end


def parse(body: bytes) -> TransportFeedback:
    """Read a feedback packet without its RTCP header. Raises `FeedbackError` and nothing else."""
    if len(body) < _FIXED.size:
        raise FeedbackError("truncated header")
    _, _, base, count, reference = _FIXED.unpack_from(body)
    if not 0 < count <= MAX_STATUSES:
        raise FeedbackError(f"{count} packets")
    statuses, at = _statuses(body, count)
    return TransportFeedback(base, reference & 0xFF, _times(body, at, statuses, reference >> 8))


def _statuses(body: bytes, count: int) -> tuple[list[int], int]:
    statuses: list[int] = []
    at = _FIXED.size
    while len(statuses) < count:
        if at + 2 > len(body):
            raise FeedbackError("truncated chunks")
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        if not chunk & 0x8000:
            statuses += [chunk >> 13] * min(chunk & _LONGEST_RUN, count - len(statuses))
        elif chunk & 0x4000:
            statuses += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            statuses += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    return statuses[:count], at


def _times(body: bytes, at: int, statuses: list[int], reference: int) -> tuple[float | None, ...]:
    ticks = reference * _TICKS_PER_REFERENCE
    times: list[float | None] = []
    end = len(body)
    for status in statuses:
        if status == _SMALL and at < end:
            ticks += body[at]
            at += 1
        elif status == _LARGE and at + 2 <= end:
            ticks += int.from_bytes(body[at : at + 2], signed=True)
            at += 2
        elif status == _NONE:
            times.append(None)
            continue
        else:
            raise FeedbackError("truncated times" if status in {_SMALL, _LARGE} else "a reserved status")
        times.append(ticks / TICKS_PER_MS)
    return tuple(times)


def build(own_ssrc: int, media_ssrc: int, feedback: TransportFeedback) -> bytes:
    """The RTCP packet. Raises `ValueError` where two neighbouring arrivals are more than eight seconds apart."""
    arrived = [round(ms * TICKS_PER_MS) for ms in feedback.arrivals_ms if ms is not None]
    reference = (arrived[0] if arrived else 0) // _TICKS_PER_REFERENCE
    before, statuses, times = reference * _TICKS_PER_REFERENCE, [], bytearray()
    ticks = iter(arrived)
    for ms in feedback.arrivals_ms:
        if ms is None:
            statuses.append(_NONE)
            continue
        now = next(ticks)
        statuses.append(_SMALL if 0 <= now - before < 1 << 8 else _LARGE)
        try:
            times += (now - before).to_bytes(statuses[-1], signed=statuses[-1] == _LARGE)
        except OverflowError as error:
            raise ValueError("arrivals too far apart") from error
        before = now
    number = (reference & 0xFFFFFF) << 8 | feedback.number & 0xFF
    body = bytearray(_FIXED.pack(own_ssrc, media_ssrc, feedback.base, len(statuses), number))
    for chunk in _chunks(statuses):
        body += chunk.to_bytes(2)
    body += times
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    return _HEADER.pack(0x80 | bool(padding) << 5 | _FORMAT, _RTPFB, len(body) // 4) + body


def _chunks(statuses: Sequence[int]) -> Iterator[int]:
    at = 0
    while at < len(statuses):
        run = _run(statuses, at)
        ones = statuses[at : at + _ONE_BIT]
        twos = statuses[at : at + _TWO_BITS]
        if run >= (_ONE_BIT if max(ones) < _LARGE else _TWO_BITS) or run == len(statuses) - at:
            yield statuses[at] << 13 | run
            at += run
        elif max(ones) < _LARGE:
            yield 0x8000 | sum(status << 13 - n for n, status in enumerate(ones))
            at += _ONE_BIT
        else:
            yield 0xC000 | sum(status << 12 - 2 * n for n, status in enumerate(twos))
            at += _TWO_BITS


def _run(statuses: Sequence[int], at: int) -> int:
    end = at + 1
    while end < len(statuses) and statuses[end] == statuses[at] and end - at < _LONGEST_RUN:
        end += 1
    return end - at
