"""The sound thread: on each beat it mixes one block for the output and takes one from the microphone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from types import MappingProxyType
from typing import Final

from visio_desktop.media.beat import Beat
from visio_desktop.media.capturing import Capturing
from visio_desktop.media.mixer import Mixer
from visio_desktop.media.opus import load
from visio_desktop.media.ring import LEAD
from visio_desktop.media.samples import BLOCK, BLOCK_MS, Pcm, to_pcm
from visio_desktop.media.samples import silence as no_sound
from visio_desktop.media.speaker import Speaker
from visio_desktop.media.voice import Voice
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import Clock

_STALLED_MS: Final = 3_000.0
_SILENT: Final = to_pcm(no_sound(BLOCK))


@dataclass(slots=True)
class _Output:
    """A loudspeaker, and how many of the blocks it has taken the canceller was told of."""

    speaker: Speaker
    told: int = 0


class Pump:
    """Runs until `stop`. What it works on is set from the loop; each setting takes effect at the next beat."""

    def __init__(
        self,
        capturing: Capturing,
        clock: Clock,
        failed: Callable[[DeviceKind], None],
        recovered: Callable[[DeviceKind], None] = lambda _kind: None,
    ) -> None:
        self.beat = Beat(clock)
        self.capturing = capturing
        self._clock = clock
        self._failed = failed
        self._recovered = recovered
        self._told: set[DeviceKind] = set()
        self._voices: MappingProxyType[str, Voice] = MappingProxyType({})
        self._mixer = Mixer()
        self._output: _Output | None = None
        self._stopping = False
        self._thread: Thread | None = None

    # ---- set from the loop -------------------------------------------------------------------------------------------

    def set_voices(self, voices: dict[str, Voice]) -> None:
        """Play these from now on."""
        self._voices = MappingProxyType(dict(voices))
        self.arrange()

    def set_speaker(self, speaker: Speaker | None) -> None:
        """Play on this device, None into nothing at real-time pace."""
        if speaker is not None:
            for _ in range(LEAD):
                speaker.ring.write(_SILENT)
        self._output = None if speaker is None else _Output(speaker)
        self._told.discard(DeviceKind.SPEAKER)
        self.beat.follow_device(speaker is not None)
        self.arrange()

    def microphone_changed(self) -> None:
        """Another microphone is used now, or none."""
        self._told.discard(DeviceKind.MICROPHONE)
        if self.capturing.microphone is None:
            self.capturing.meter.clear()
        self.arrange()

    def arrange(self) -> None:
        """Run while there is something to do, rest otherwise."""
        busy = bool(self._voices) or self._output is not None or self.capturing.microphone is not None
        if busy and self._thread is None and not self._stopping:
            self._thread = Thread(target=self._run, name="sound", daemon=True)
            self._thread.start()
        self.beat.park(not busy)

    def stop(self) -> None:
        """End the thread; may wait a beat."""
        self._stopping = True
        self.beat.park(parked=False)
        if self._thread is not None:
            self._thread.join(1)
            self._thread = None

    @property
    def output_delay_ms(self) -> float:
        """How long a block mixed now takes to the ear."""
        output = self._output
        return 0.0 if output is None else output.speaker.ring.lead * BLOCK_MS + output.speaker.latency_ms

    # ---- on the sound thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        load()  # slow the first time, so before the first beat
        while not self._stopping:
            for _ in range(self.beat.wait()):
                self.step()

    def step(self) -> None:
        """One beat."""
        now_ms = self._clock()
        voices = self._voices.values()
        mixed = self._mixer.mix([(voice.pull(now_ms), voice.gain) for voice in voices])
        self.capturing.run(self._play(mixed))
        self._watch(now_ms)

    def _play(self, mixed: Pcm) -> Pcm:
        """Give the device its next block and return the one it has taken: the echo canceller needs exactly those."""
        output = self._output
        if output is None:
            return _SILENT
        ring = output.speaker.ring
        if self.beat.stalled_since_ms is None:
            ring.keep_up(mixed)
        if output.told >= ring.read:
            return _SILENT
        played = ring.played(output.told)
        output.told += 1
        return played

    def _watch(self, now_ms: float) -> None:
        """Tell once of a device that no longer works, and of a loudspeaker that does again."""
        stalled_ms = self.beat.stalled_since_ms
        if stalled_ms is not None and now_ms - stalled_ms > _STALLED_MS:
            self._tell(DeviceKind.SPEAKER)
        elif stalled_ms is None and DeviceKind.SPEAKER in self._told:
            self._told.discard(DeviceKind.SPEAKER)
            self._recovered(DeviceKind.SPEAKER)
        if self.capturing.is_silent(now_ms):
            self._tell(DeviceKind.MICROPHONE)

    def _tell(self, kind: DeviceKind) -> None:
        if kind not in self._told:
            self._told.add(kind)
            self._failed(kind)
