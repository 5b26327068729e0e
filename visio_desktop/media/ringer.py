"""Plays something short on a device of its own: who listens with a headset may want to be called by the loudspeaker."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from visio_desktop.media.bounded import call_bounded
from visio_desktop.media.portaudio import failed
from visio_desktop.media.ring import LEAD
from visio_desktop.media.samples import BLOCK, Pcm, Samples, from_pcm, to_pcm
from visio_desktop.media.speaker import Speaker, open_speaker
from visio_desktop.media.specs import Spec
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_OPEN_TIMEOUT_S: Final = 3.0
_LONGEST_S: Final = 5.0

type Open = Callable[[Spec, Callable[[], None], Clock], Speaker]


class Ringing:
    """One sound on its way out, block by block as the device takes them.

    `heard` is given every 20 ms of it, left and right in turn, on the device's thread: the microphone hears it too.
    `over` is called there once the device has taken everything.
    """

    def __init__(self, samples: Samples, heard: Callable[[Samples], None], over: Callable[[], None]) -> None:
        padded = np.concatenate((samples, np.zeros(-len(samples) % (2 * BLOCK), np.float32)))
        self._blocks = deque(to_pcm(padded).reshape(-1, BLOCK))
        self._heard = heard
        self._over = over
        self._played: list[Pcm] = []
        self._speaker: Speaker | None = None

    def begin(self, speaker: Speaker) -> None:
        """Play there."""
        for _ in range(LEAD):
            self._write(speaker)
        self._speaker = speaker

    def tick(self) -> None:
        """The device took a block, or would have."""
        speaker = self._speaker
        if speaker is None:
            return
        self._write(speaker)
        if speaker.ring.lead == 0:
            self._speaker = None
            self._over()

    def _write(self, speaker: Speaker) -> None:
        if not self._blocks:
            return
        block = self._blocks.popleft()
        speaker.ring.write(block)
        self._played.append(block)
        if len(self._played) == 2:  # noqa: PLR2004 - two blocks make 20 ms
            self._heard(np.repeat(from_pcm(np.concatenate(self._played)), 2))
            self._played.clear()


async def ring(
    spec: Spec, samples: Samples, heard: Callable[[Samples], None], clock: Clock, opened: Open = open_speaker
) -> None:
    """Play these once; returns when they have been heard, or after five seconds. Raises `MediaError`."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(over.set)

    ringing = Ringing(samples, heard, told)
    try:
        speaker = await call_bounded(
            lambda: opened(spec, ringing.tick, clock), _OPEN_TIMEOUT_S, name="open-ringer", undo=lambda s: s.stop()
        )
    except TimeoutError as error:
        raise failed(DeviceKind.SPEAKER, spec.value, "opening took too long") from error
    try:
        ringing.begin(speaker)
        async with asyncio.timeout(_LONGEST_S):
            await over.wait()
            await asyncio.sleep(speaker.latency_ms / 1000)
    except TimeoutError:
        _log.info("ringer_too_slow", device=speaker.name)
    finally:
        await asyncio.to_thread(speaker.stop)
