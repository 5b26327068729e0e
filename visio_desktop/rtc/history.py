"""Packets sent lately, to be sent again on demand: as retransmissions (RFC 4588) where negotiated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiortc.rtp import RtpPacket, wrap_rtx

MAX_PACKETS = 1024
_AGAIN_MIN_MS = 10.0
_AGAIN_UNKNOWN_MS = 50.0
_STALE_MS = 2_000.0
_MOST_PADDING_BYTES = 255


@dataclass(slots=True)
class _Sent:
    packet: RtpPacket
    sent_ms: float
    again_ms: float | None = None
    copies: int = 1
    lost: int = 0


class History:
    """At most 1,024 packets: more than a second of 720p."""

    __slots__ = ("_originals", "_packets", "_payload_type", "_sequence", "_ssrc", "sent_again")

    def __init__(self, payload_type: int | None, ssrc: int | None, sequence: int) -> None:
        self._payload_type = payload_type
        self._ssrc = ssrc
        self._sequence = sequence
        self._packets: dict[int, _Sent] = {}
        self._originals: dict[int, int] = {}
        self.sent_again = 0

    def add(self, packets: list[RtpPacket], now_ms: float = 0.0) -> None:
        """Keep packets just sent, the oldest go."""
        for packet in packets:
            self._packets.pop(packet.sequence_number, None)
            self._packets[packet.sequence_number] = _Sent(packet, now_ms)
        while len(self._packets) > MAX_PACKETS:
            del self._packets[next(iter(self._packets))]

    def forget(self) -> None:
        """Nothing sent so far is sent again."""
        self._packets.clear()

    def again(self, sequences: Iterable[int], now_ms: float, rtt_ms: float | None) -> list[RtpPacket]:
        """Those of these packets that are kept and were not sent again within the last round trip.

        What is older than two seconds nobody waits for: a server asks for it when a layer comes back after a pause.
        """
        wait_ms = _AGAIN_UNKNOWN_MS if rtt_ms is None else max(_AGAIN_MIN_MS, rtt_ms)
        packets: list[RtpPacket] = []
        for sequence in sequences:
            sent = self._packets.get(sequence)
            if (
                sent is None
                or now_ms - sent.sent_ms > _STALE_MS
                or (sent.again_ms is not None and now_ms - sent.again_ms < wait_ms)
            ):
                continue
            sent.again_ms = now_ms
            packets.append(self._repeat(sent))
        self.sent_again += len(packets)
        return packets

    def lost(self, sequences: Iterable[int], now_ms: float) -> list[RtpPacket]:
        """A copy of each of these was lost: those of which nothing is under way any more, once more."""
        packets: list[RtpPacket] = []
        for sequence in sequences:
            sent = self._packets.get(sequence)
            if sent is None:
                continue
            sent.lost += 1
            if sent.lost >= sent.copies and now_ms - sent.sent_ms <= _STALE_MS:
                sent.again_ms = now_ms
                packets.append(self._repeat(sent))
        self.sent_again += len(packets)
        return packets

    def original(self, repeated: int) -> int | None:
        """The number of what was sent once more under this number of the retransmissions' own SSRC."""
        return self._originals.get(repeated)

    def doubled(self, packets: Iterable[RtpPacket], times: int) -> list[RtpPacket]:
        """These, just added, so many times more, in case they get lost; none where there is no RTX."""
        if self._payload_type is None:
            return []
        kept = [sent for packet in packets if (sent := self._packets.get(packet.sequence_number)) is not None]
        return [self._repeat(sent) for _ in range(times) for sent in kept]

    def newest(self, size_bytes: int) -> list[RtpPacket]:
        """The last packets, at most so many bytes of payload, as retransmissions; none where there is no RTX."""
        if self._payload_type is None:
            return []
        found: list[RtpPacket] = []
        for sent in reversed(self._packets.values()):
            size_bytes -= len(sent.packet.payload)
            if size_bytes < 0:
                break
            found.append(self._repeat(sent))
        return found

    def padding(self, size_bytes: int) -> list[RtpPacket]:
        """A retransmission of nothing, of about so many bytes, to probe with; none where there is no RTX."""
        if self._payload_type is None or self._ssrc is None:
            return []
        self._sequence = self._sequence + 1 & 0xFFFF
        newest = next(reversed(self._packets.values()), None)
        rtp_time = 0 if newest is None else newest.packet.timestamp
        packet = RtpPacket(self._payload_type, 0, self._sequence, rtp_time, self._ssrc, b"")
        packet.padding_size = min(max(size_bytes, 1), _MOST_PADDING_BYTES)
        return [packet]

    def _repeat(self, sent: _Sent) -> RtpPacket:
        sent.copies += 1
        if self._payload_type is None or self._ssrc is None:
            return _copy(sent.packet)
        self._sequence = self._sequence + 1 & 0xFFFF
        self._originals[self._sequence] = sent.packet.sequence_number
        if len(self._originals) > MAX_PACKETS:
            del self._originals[next(iter(self._originals))]
        return wrap_rtx(sent.packet, self._payload_type, self._sequence, self._ssrc)


def _copy(packet: RtpPacket) -> RtpPacket:
    """The same packet with room for header extensions of its own."""
    number, time = packet.sequence_number, packet.timestamp
    return RtpPacket(packet.payload_type, packet.marker, number, time, packet.ssrc, packet.payload)
