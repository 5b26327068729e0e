"""Packets of one picture stream into whole frames, in order, each decodable after the one before it.

A frame is a run of packets without a hole, from one that may start a frame up to the marker (or to the next RTP time).
After something was given up, frames start again with a key frame, or with a VP8 frame that provably needs none of
what is missing.
"""

from __future__ import annotations

from typing import NamedTuple

from visio_desktop.rtc.depacketize import DEPACKETIZERS, vp9
from visio_desktop.rtc.depacketize.part import Part
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import Codec, FrameOpener
from visio_desktop.rtc.temporal import TemporalChain

MAX_WAITING_PACKETS = 512
MAX_FRAME_PACKETS = 4096
"""A frame of more is no frame: about 5 MB."""


class Piece(NamedTuple):
    """One packet's media; without a part it is padding, which takes a sequence number and nothing else."""

    codec: Codec
    rtp_time: int
    marker: bool
    part: Part | None


class WholeFrame(NamedTuple):
    """A frame, ready but for its times; `rtp_time` is the 32-bit one."""

    codec: Codec
    payload: bytes
    rtp_time: int
    key: bool
    layer: int
    gap_before: bool


class FrameAssembler:
    """Holds packets back until it is their turn. Sequences are unwrapped; memory is bounded."""

    def __init__(self) -> None:
        self.opener: FrameOpener | None = None
        self._locked = False
        self.dropped = 0
        self.restart(0)

    def restart(self, sequence: int) -> None:
        """Begin at this sequence, with a key frame."""
        self.next = sequence
        self.needs_key = True
        self._held: dict[int, Piece] = {}
        self._parts: list[Part] = []
        self._codec = Codec.VP8
        self._rtp_time = 0
        self._gap = False
        self._chain = TemporalChain()

    @property
    def is_blocked(self) -> bool:
        """Whether packets wait for a missing one."""
        return bool(self._held) and not self.needs_key

    @property
    def is_full(self) -> bool:
        """Whether more packets wait than may."""
        return len(self._held) > MAX_WAITING_PACKETS

    def wants(self, sequence: int) -> bool:
        """Whether this packet is neither late nor here already."""
        return sequence >= self.next and sequence not in self._held

    def put(self, sequence: int, piece: Piece) -> list[WholeFrame]:
        """Take a wanted packet; gives the frames it completes."""
        self._held[sequence] = piece
        if self.needs_key and not self._begin_near(sequence):
            self._trim()
        return self._advance()

    def give_up(self) -> list[WholeFrame]:
        """Drop what waits for missing packets and go on with a later frame that does not need it, best a whole one."""
        self._lose()
        starts = [s for s in sorted(self._held) if self._begins(s)]
        start = next((s for s in starts if self._is_whole(s)), starts[0] if starts else None)
        if start is None:
            self._trim()
            return []
        self._begin(start)
        return self._advance()

    def require_key(self) -> None:
        """Begin again with a key frame, and with nothing else."""
        self._lose()
        self._chain.reset()

    def can_skip(self) -> bool:
        """Whether a whole frame waits that needs none of what is missing: giving up costs only the frames before it."""
        return any(self._begins(s) and self._is_whole(s) for s in sorted(self._held))

    def _advance(self) -> list[WholeFrame]:
        whole: list[WholeFrame] = []
        while not self.needs_key and (piece := self._held.pop(self.next, None)) is not None:
            self.next += 1
            self._consume(piece, whole)
        return whole

    def _consume(self, piece: Piece, whole: list[WholeFrame]) -> None:
        part = piece.part
        if part is None:
            return
        if self._parts and (piece.rtp_time != self._rtp_time or piece.codec is not self._codec):
            self._finish(whole)
        if not self._parts:
            fits = part.starts and (piece.codec is self._codec or part.key)
            if not fits:
                self._lose()
                return
            self._codec, self._rtp_time = piece.codec, piece.rtp_time
        self._parts.append(part)
        if len(self._parts) > MAX_FRAME_PACKETS:
            self._lose()
        elif piece.marker:
            self._finish(whole)

    def _finish(self, whole: list[WholeFrame]) -> None:
        parts, self._parts = self._parts, []
        key = any(part.key for part in parts)
        temporal = parts[0].temporal
        if key:
            self._chain.reset()
        elif temporal is not None and not self._chain.decodes(temporal):
            self._chain.skipped(temporal)
            self._gap = True
            return
        try:
            payload = self._assembled(parts)
        except PayloadError:
            self._lose()
            return
        if payload is None:
            # No key frame would help: what cannot be opened is waited out.
            self._gap = self._locked = True
            return
        if self._locked and not key:
            self._locked = False
            self._lose()
            return
        self._locked = False
        self._chain.delivered(temporal, self._rtp_time)
        whole.append(WholeFrame(self._codec, payload, self._rtp_time, key, parts[-1].layer, self._gap))
        self._gap = False

    def _assembled(self, parts: list[Part]) -> bytes | None:
        """The frame for the decoder, None where it cannot be opened. Raises `PayloadError`."""
        if self.opener is None:
            return DEPACKETIZERS[self._codec].assemble(parts)
        if self._codec is not Codec.VP9:
            return self.opener.open(self._codec, DEPACKETIZERS[self._codec].assemble(parts))
        opened = [self.opener.open(self._codec, layer) for layer in vp9.layers(parts)]
        whole = [layer for layer in opened if layer is not None]
        return vp9.superframe(whole) if len(whole) == len(opened) else None

    def _lose(self) -> None:
        self.dropped += bool(self._parts)
        self._parts = []
        self._gap = True
        self.needs_key = True
        self._chain.lost()

    def _begin_near(self, sequence: int) -> bool:
        """Whether frames can begin at this packet, or at its successor that it explains; then start there."""
        for start in (sequence, sequence + 1):
            if self._begins(start):
                self._begin(start)
                return True
        return False

    def _begin(self, sequence: int) -> None:
        self.next = sequence
        self.needs_key = False
        self._codec = self._held[sequence].codec
        self.dropped += len({piece.rtp_time for s, piece in self._held.items() if s < sequence})
        self._held = {s: piece for s, piece in self._held.items() if s >= sequence}

    def _begins(self, sequence: int) -> bool:
        """Whether a frame begins here for certain that needs nothing missing.

        A key frame's own packet says so, or the packet before is of another frame; a VP8 frame may be proven harmless.
        """
        piece = self._held.get(sequence)
        if piece is None or piece.part is None or not piece.part.starts:
            return False
        if piece.part.key_start or self._chain.resumes(piece.part.temporal, piece.rtp_time):
            return True
        before = self._held.get(sequence - 1)
        return piece.part.key and before is not None and before.rtp_time != piece.rtp_time

    def _is_whole(self, start: int) -> bool:
        sequence, rtp_time = start, self._held[start].rtp_time
        while (piece := self._held.get(sequence)) is not None:
            if piece.marker or piece.rtp_time != rtp_time:
                return True
            sequence += 1
        return False

    def _trim(self) -> None:
        """While waiting for a key frame the oldest packets go first."""
        if self.is_full:
            oldest = sorted(self._held)[: len(self._held) - MAX_WAITING_PACKETS // 2]
            for sequence in oldest:
                del self._held[sequence]
            self.next = max(self.next, oldest[-1] + 1)
