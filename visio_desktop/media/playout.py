"""The adaptive playout buffer of one voice: encoded frames in as they arrive, 10 ms blocks out. No I/O, time passed in.

Frames wait until the delay target is reached, then play in order of their RTP time. A missing frame is recovered from
the next one (in-band FEC), else concealed; sound that fails to come fades out within 100 ms. Clocks that drift apart
are met by playing slightly faster or slower (`steering`). Where the delay jumps, what is beyond the target is cut by
dropping pitch periods, and what is missing is won by repeating them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from visio_desktop.media.delay import DelayTarget
from visio_desktop.media.interpolating import Interpolator
from visio_desktop.media.opus import Decoder, duration
from visio_desktop.media.samples import BLOCK, BLOCK_MS, FRAME, RATE_HZ, Samples, silence
from visio_desktop.media.steering import Steering
from visio_desktop.media.stretch import lengthen, shorten
from visio_desktop.rtc.frames import EncodedFrame

_PER_MS: Final = RATE_HZ // 1000
_MAX_FRAMES: Final = 100
_JUMP: Final = 5 * RATE_HZ
_FADE: Final = 100 * _PER_MS
_FADE_FROM: Final = 60 * _PER_MS
_MAX_CONCEALED_GAP: Final = 120 * _PER_MS
_LATE_IN_ROW: Final = 50
_REST: Final = RATE_HZ
_DTX_BYTES: Final = 2
_AIM_MS: Final = 7.5
_JUMPED_MS: Final = 12.5
_FAR_TOO_MUCH_MS: Final = 80.0
_STRETCHABLE: Final = 1440


@dataclass(frozen=True, slots=True)
class VoiceStatistics:
    """How one voice has been played. `playout_delay_ms` runs from arrival to leaving the buffer, lately on average.

    `longest_gap_ms` is the longest stretch in which sound was lost and concealment, too, had begun to fade or ended.
    `speed` is how fast it is played at the moment (1 is as said); `stretched` counts pitch periods dropped or repeated.
    """

    playout_delay_ms: float = 0.0
    target_delay_ms: float = 0.0
    concealed_ratio: float = 0.0
    played_ms: float = 0.0
    concealed_ms: float = 0.0
    recovered_ms: float = 0.0
    longest_gap_ms: float = 0.0
    frames_late: int = 0
    frames_refused: int = 0
    speed: float = 1.0
    stretched: int = 0


@dataclass(slots=True)
class _Counts:
    played: int = 0
    concealed: int = 0
    recovered: int = 0
    longest_gap: int = 0
    late: int = 0
    refused: int = 0
    stretched: int = 0


class Playout:
    """One voice. Use from one thread only; `statistics` may be read from any."""

    def __init__(self, decoder: Decoder, delay: DelayTarget | None = None) -> None:
        self._decoder = decoder
        self._delay = delay or DelayTarget()
        self._frames: dict[int, tuple[EncodedFrame, float]] = {}
        self._pcm = silence(0)
        self._next = 0
        self._last_sequence: int | None = None
        self._last_samples = FRAME
        self._waiting = True
        self._resting = False
        self._expanded = 0
        self._silent = 0
        self._rested = 0
        self._late_in_row = 0
        self._late_first_ms = 0.0
        self._level_ms: float | None = None
        self._pulled_ms = 0.0
        self._steering = Steering()
        self._interpolator = Interpolator()
        self._delay_ms = 0.0
        self._capture_end_ms: float | None = None
        self._counts = _Counts()

    # ---- in ----------------------------------------------------------------------------------------------------------

    def put(self, frame: EncodedFrame, now_ms: float) -> None:
        """Take a frame that arrived `now_ms`; order does not matter, rubbish and doubles are passed over."""
        if duration(frame.payload) == 0:
            self._counts.refused += 1
            return
        if abs(frame.rtp_time - self._next) > _JUMP and self._last_sequence is not None:
            self._restart()
        if self._last_sequence is not None and frame.rtp_time < self._next:
            self._put_late(frame, now_ms)
            return
        self._late_in_row = 0
        if frame.rtp_time in self._frames:
            return
        level_ms = self._buffered() / _PER_MS + self._unplayed_ms(now_ms)
        late_ms = self._delay.observe(now_ms, frame.rtp_time / _PER_MS, frame.sequence)
        if not self._frames:
            self._late_first_ms = late_ms
        self._frames[frame.rtp_time] = (frame, now_ms)
        self._note_level(level_ms + late_ms)
        if len(self._frames) > _MAX_FRAMES:
            self._drop_oldest()

    def _put_late(self, frame: EncodedFrame, now_ms: float) -> None:
        self._counts.late += 1
        self._late_in_row += 1
        self._delay.observe(now_ms, frame.rtp_time / _PER_MS, frame.sequence)
        if self._late_in_row > _LATE_IN_ROW:
            self._restart()

    def _restart(self) -> None:
        self._frames.clear()
        self._delay.reset()
        self._last_sequence = None
        self._waiting, self._resting, self._level_ms = True, False, None
        self._expanded = self._silent = self._late_in_row = 0

    def _note_level(self, level_ms: float) -> None:
        """Level at the arrival of the fastest packets: jitter taken out, so only drift and changes of delay move it."""
        if self._waiting:
            return
        self._level_ms = level_ms if self._level_ms is None else self._level_ms + 0.1 * (level_ms - self._level_ms)

    def _unplayed_ms(self, now_ms: float) -> float:
        """What of the last block is still to be heard; without it the level would go up and down by a block."""
        return min(max(self._pulled_ms + BLOCK_MS - now_ms, 0.0), BLOCK_MS)

    def _drop_oldest(self) -> None:
        del self._frames[min(self._frames)]
        if not self._waiting:
            self._next = min(self._frames)

    def _buffered(self) -> int:
        """Samples from here to the end of the newest frame."""
        ahead = max(self._frames) + self._last_samples - self._next if self._frames else 0
        return len(self._pcm) + max(ahead, 0)

    # ---- out ---------------------------------------------------------------------------------------------------------

    def pull(self, now_ms: float) -> Samples:
        """The next 480 samples."""
        self._pulled_ms = now_ms
        if self._waiting and not self._may_start(now_ms):
            return self._idle()
        ratio = self._steering.ratio
        _, used = self._interpolator.plan(BLOCK, ratio)
        while len(self._pcm) < used:
            self._fetch(now_ms)
        block = self._interpolator.read(self._pcm[:used], BLOCK, ratio)
        self._pcm = self._pcm[used:]
        self._counts.played += BLOCK
        return block

    def _may_start(self, now_ms: float) -> bool:
        """Whether enough waits to begin; begins if so."""
        if not self._frames:
            return False
        first = min(self._frames)
        frame, arrived_ms = self._frames[first]
        waited_ms = now_ms - arrived_ms + self._late_first_ms
        span_ms = (max(self._frames) - first) / _PER_MS
        if max(waited_ms, span_ms) < self._delay.target_ms:
            return False
        self._settle_silence(frame)
        self._skip_surplus(span_ms)
        self._next = min(self._frames)
        self._waiting, self._level_ms, self._expanded = False, None, 0
        return True

    def _settle_silence(self, frame: EncodedFrame) -> None:
        """Decide whether the silence until now was the sender's will (then it hid nothing) or a hole."""
        last = self._last_sequence
        willed = last is None or (frame.sequence == last + 1 and frame.rtp_time > self._next)
        if willed:
            self._counts.concealed -= self._expanded
        else:
            hidden = self._hidden(frame.sequence)
            self._counts.concealed += hidden - self._expanded
            self._counts.played += max(0, hidden - self._expanded)
            self._expanded, self._silent = min(hidden, self._expanded), max(0, hidden - self._expanded)
            self._note_gap()
        self._silent = 0

    def _hidden(self, sequence: int) -> int:
        """What of that silence may have been sound: each lost packet held a frame, and who rests sends few of them."""
        missing = sequence - (self._last_sequence or 0) - 1
        whole = self._expanded + self._silent
        return whole if missing <= 0 else min(whole, missing * self._last_samples)

    def _note_gap(self) -> None:
        """Sound is there again: what was neither it nor full concealment is a gap."""
        gap = max(0, self._expanded - _FADE_FROM) + self._silent
        self._counts.longest_gap = max(self._counts.longest_gap, gap)

    def _skip_surplus(self, span_ms: float) -> None:
        while span_ms > self._delay.target_ms + _FAR_TOO_MUCH_MS and len(self._frames) > 1:
            del self._frames[min(self._frames)]
            span_ms = (max(self._frames) - min(self._frames)) / _PER_MS

    def _idle(self) -> Samples:
        if self._resting and self._rested < _REST:
            self._rested += BLOCK
            return self._decoder.conceal(BLOCK)
        if self._last_sequence is not None:
            self._silent += BLOCK
        return silence()

    def _fetch(self, now_ms: float) -> None:
        """Add samples to what is ready: the next frame, or something in its place."""
        if not self._frames:
            self._starve()
            return
        first = min(self._frames)
        frame, _ = self._frames[first]
        self._note_gap()
        covered = min(self._expanded, first - self._next)
        self._next += covered
        self._expanded = 0
        gap = first - self._next
        lost = self._last_sequence is not None and frame.sequence != self._last_sequence + 1
        if gap <= 0 or gap > _MAX_CONCEALED_GAP:
            self._play(first, now_ms)
        elif lost:
            self._fill(gap, frame)
        else:
            self._append(self._decoder.conceal(BLOCK), BLOCK)

    def _starve(self) -> None:
        """Nothing is there: conceal without moving on, for what is only late shall still be played."""
        if self._resting:
            self._waiting = True
            self._pcm = np.concatenate((self._pcm, self._decoder.conceal(BLOCK)))
            return
        made = self._decoder.conceal(BLOCK)
        if self._expanded >= _FADE_FROM:
            gains = 1 - (self._expanded - _FADE_FROM + np.arange(BLOCK, dtype=np.float32)) / (_FADE - _FADE_FROM)
            made = made * np.maximum(gains, 0)
        self._pcm = np.concatenate((self._pcm, made))
        self._counts.concealed += BLOCK
        self._expanded += BLOCK
        self._waiting = self._expanded >= _FADE

    def _play(self, first: int, now_ms: float) -> None:
        self._decode(first, now_ms)
        if self._level_ms is None:
            return
        surplus_ms = self._level_ms - self._delay.target_ms - _AIM_MS
        if surplus_ms > _JUMPED_MS and len(self._pcm) < _STRETCHABLE and self._next in self._frames:
            self._decode(self._next, now_ms)
        before = len(self._pcm)
        if surplus_ms > _JUMPED_MS:
            self._pcm = shorten(self._pcm, force=surplus_ms > _FAR_TOO_MUCH_MS)
        elif surplus_ms < -_JUMPED_MS:
            self._pcm = lengthen(self._pcm)
        changed = len(self._pcm) - before
        self._level_ms += changed / _PER_MS
        self._counts.stretched += changed != 0
        self._steering.update(surplus_ms)

    def _decode(self, first: int, now_ms: float) -> None:
        frame, arrived_ms = self._frames.pop(first)
        self._delay_ms += 0.05 * (now_ms - arrived_ms + len(self._pcm) / _PER_MS - self._delay_ms)
        decoded = self._decoder.decode(frame.payload)
        if decoded is None:
            self._counts.refused += 1
            decoded = self._decoder.conceal(duration(frame.payload))
            self._counts.concealed += len(decoded)
        self._next = first + len(decoded)
        self._last_sequence, self._last_samples = frame.sequence, len(decoded)
        self._resting, self._rested = len(frame.payload) <= _DTX_BYTES, 0
        capture_ms = frame.capture_ms
        self._capture_end_ms = None if capture_ms is None else capture_ms + len(decoded) / _PER_MS
        self._pcm = np.concatenate((self._pcm, decoded))

    def _fill(self, gap: int, frame: EncodedFrame) -> None:
        """Something for the frames lost before `frame`: the last of them may be recovered from it, none before that."""
        if gap > self._last_samples:
            size = min(gap - self._last_samples, self._last_samples)
            self._counts.concealed += size
            self._append(self._decoder.conceal(size), size)
            return
        self._last_sequence = frame.sequence - 1
        recovered = self._decoder.recover(frame.payload, self._last_samples)
        if recovered is None:
            self._counts.concealed += gap
            self._append(self._decoder.conceal(gap), gap)
        else:
            self._counts.recovered += gap
            self._append(recovered[-gap:], gap)

    def _append(self, samples: Samples, advance: int) -> None:
        self._pcm = np.concatenate((self._pcm, samples))
        self._next += advance
        if self._capture_end_ms is not None:
            self._capture_end_ms += advance / _PER_MS

    # ---- told --------------------------------------------------------------------------------------------------------

    @property
    def capture_ms(self) -> float | None:
        """The sender's capture time of what `pull` gives next, None while unknown or silent."""
        if self._waiting or self._capture_end_ms is None:
            return None
        return self._capture_end_ms - len(self._pcm) / _PER_MS

    @property
    def has_begun(self) -> bool:
        """Whether anything has been decoded yet."""
        return self._last_sequence is not None

    def statistics(self) -> VoiceStatistics:
        """The figures so far."""
        counts = self._counts
        return VoiceStatistics(
            playout_delay_ms=self._delay_ms,
            target_delay_ms=self._delay.target_ms,
            concealed_ratio=counts.concealed / counts.played if counts.played else 0.0,
            played_ms=counts.played / _PER_MS,
            concealed_ms=counts.concealed / _PER_MS,
            recovered_ms=counts.recovered / _PER_MS,
            longest_gap_ms=counts.longest_gap / _PER_MS,
            frames_late=counts.late,
            frames_refused=counts.refused,
            speed=self._steering.ratio,
            stretched=counts.stretched,
        )
