"""Sound cards of the kernel's own (its module snd-aloop: what is played into one end is recorded at the other).

There is no sound server: PortAudio speaks to the cards.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from tests.helpers.kernel import bind, loaded
from tests.helpers.rtc_pair import until
from visio_desktop.media import pulse_server
from visio_desktop.media import sound as sound_module
from visio_desktop.media.devices import list_devices
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.microphone import open_microphone
from visio_desktop.media.samples import BLOCK, RATE_HZ, level_db
from visio_desktop.media.sound import Sound
from visio_desktop.media.speaker import Speaker, open_speaker
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode
from visio_desktop.system.clock import monotonic_ms

WAIT_S = 60.0
SPEAKER, MICROPHONE = "ALSA/Loopback: PCM (hw:0,0)", "ALSA/Loopback: PCM (hw:0,1)"
NAMES = {kind: key.partition("/")[2] for kind, key in zip(DeviceKind, ("", MICROPHONE, SPEAKER), strict=True)}
_TONE_HZ = 1_000


@pytest.fixture(autouse=True)
def _one_card(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("PULSE_SERVER", "PIPEWIRE_REMOTE"):
        monkeypatch.setenv(name, "unix:/nowhere")
    monkeypatch.setattr(sound_module, "OPEN_TIMEOUT_S", WAIT_S)
    pulse_server.leave()
    with loaded("snd-aloop", pcm_substreams=1):
        yield


def spec(key: str) -> Spec:
    return Spec(SpecKind.DEVICE, key)


def listed() -> set[str]:
    return {device.key for device in list_devices() if device.kind is not DeviceKind.CAMERA}


def plugged(*, to: bool) -> None:
    """The driver waits until nobody has the card open any more."""
    bind("snd_aloop", "snd_aloop.0", to=to)


def test_what_one_plays_the_other_hears() -> None:
    taken = threading.Semaphore(0)
    speaker = open_speaker(spec(SPEAKER), taken.release, monotonic_ms)
    microphone = open_microphone(spec(MICROPHONE), monotonic_ms)
    assert microphone is not None
    loudest_db = -127.0
    for block in tone(speaker, taken):
        loudest_db = max(loudest_db, level_db(microphone.read()))
        if loudest_db > -20 or block > WAIT_S * 100:
            break
    microphone.stop()
    speaker.stop()
    assert loudest_db > -20


def tone(speaker: Speaker, taken: threading.Semaphore) -> Iterator[int]:
    """Play block after block as they are taken."""
    wave = (np.sin(2 * np.pi * _TONE_HZ * np.arange(BLOCK) / RATE_HZ) * 16_000).astype(np.int16)
    for number in range(1_000_000):
        speaker.ring.write(wave)
        assert taken.acquire(timeout=WAIT_S)
        yield number


def test_one_that_somebody_else_has_open_is_told_so() -> None:
    other = open_microphone(spec(MICROPHONE), monotonic_ms)  # the kernel tells open files apart, not programs
    assert other is not None
    with pytest.raises(DeviceError) as caught:
        open_microphone(spec(MICROPHONE), monotonic_ms)
    assert caught.value.problem == Problem(ProblemCode.MICROPHONE_BUSY, NAMES[DeviceKind.MICROPHONE])
    other.stop()
    free = open_microphone(spec(MICROPHONE), monotonic_ms)
    assert free is not None
    free.stop()


async def test_a_card_pulled_out_in_use_is_told_and_no_longer_listed_and_works_again_once_it_is_back() -> None:
    sound, told = Sound(asyncio.get_running_loop(), clock=monotonic_ms), set[tuple[DeviceKind, str]]()
    sound.on_failed(lambda kind, problem: told.add((kind, problem.subject)))
    await opened(sound)
    pulling = asyncio.create_task(asyncio.to_thread(plugged, to=False))  # noqa: TID251 - ends below
    await until(lambda: told == set(list(NAMES.items())[1:]), WAIT_S)
    await sound.close_microphone()
    await sound.close_speaker()
    await pulling
    assert not {MICROPHONE, SPEAKER} & await asyncio.to_thread(listed)
    plugged(to=True)
    assert {MICROPHONE, SPEAKER} <= await asyncio.to_thread(listed)
    await opened(sound)
    await sound.close()


async def opened(sound: Sound) -> None:
    assert await sound.open_speaker(spec(SPEAKER)) == NAMES[DeviceKind.SPEAKER]
    assert await sound.open_microphone(spec(MICROPHONE)) == NAMES[DeviceKind.MICROPHONE]
