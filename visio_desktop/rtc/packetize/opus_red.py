"""Redundant sound (RFC 2198): each packet carries the one before once more."""

from __future__ import annotations

from visio_desktop.rtc.packetize.split import MAX_PAYLOAD_BYTES

_MORE = 0x80
_MAX_OFFSET = 0x3FFF
_MAX_BLOCK_BYTES = 0x3FF


class RedPacketizer:
    """Keeps the sound sent last; `payload_type` is that of the sound itself."""

    def __init__(self, payload_type: int) -> None:
        self._payload_type = payload_type
        self._before: tuple[int, bytes] | None = None

    def packetize(self, rtp_time: int, payload: bytes, *, alone: bool = False) -> bytes:
        """The payload with the one before it, as far as that is near and small enough; with `alone` without it."""
        before, self._before = self._before, (rtp_time, payload)
        own = bytes([self._payload_type])
        if before is None or alone:
            return own + payload
        offset, body = rtp_time - before[0], before[1]
        fits = len(body) + len(payload) <= MAX_PAYLOAD_BYTES and len(body) <= _MAX_BLOCK_BYTES
        if not body or not fits or not 0 < offset <= _MAX_OFFSET:
            return own + payload
        head = (_MORE | self._payload_type) << 24 | offset << 10 | len(body)
        return head.to_bytes(4) + own + body + payload
