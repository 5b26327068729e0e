"""Carries out what is wished of sound: how own sound is treated, how loud the others are, listening to oneself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.meeting.effects import PlayBack, ProcessSound, SetVoiceVolume, UseRinger
from visio_desktop.meeting.events import (
    DeviceOpened,
    Event,
    MicrophoneSilent,
    PlaybackChanged,
    SelfSpeaking,
    StrongNoiseLost,
)
from visio_desktop.meeting.state import Playback

if TYPE_CHECKING:
    from visio_desktop.media.sound import Sound

SoundEffect = ProcessSound | SetVoiceVolume | PlayBack | UseRinger


class SoundCare:
    """Runs on the engine's loop."""

    def __init__(
        self,
        parts: tuple[Capturing, Sending, SoundTest],
        report: Callable[[Event], None],
        start: Callable[[str, Coroutine[object, object, None]], None],
    ) -> None:
        self._capturing, self._sending, self._sound_test = parts
        self._report = report
        self._start = start

    def perform(self, effect: SoundEffect) -> None:
        """Carry out one effect."""
        match effect:
            case ProcessSound(wishes):
                self._sending.use_original(on=wishes.original)
                self._start("treat sound", self._capturing.treat_sound(wishes))
            case SetVoiceVolume(publication_id, percent):
                self._capturing.turn_voice(publication_id, percent / 100)
            case PlayBack(microphone, speaker):
                self._start("listen to oneself", self._play_back(microphone, speaker))
            case UseRinger(spec):
                self._sound_test.ringer = spec

    async def _play_back(self, microphone: str | None, speaker: str | None) -> None:
        try:
            await self._sound_test.play_back(microphone, speaker, self._told)
        finally:
            self._told(Playback.NONE)

    def _told(self, playback: Playback) -> None:
        self._report(PlaybackChanged(playback))


def listen_to(sound: Sound, report: Callable[[Event], None]) -> None:
    """Report what the sound path notices of oneself."""
    sound.on_speaking(lambda on: report(SelfSpeaking(on)))
    sound.on_recovered(lambda kind, name: report(DeviceOpened(kind, name)))
    sound.on_strong_noise_lost(lambda: report(StrongNoiseLost()))
    sound.on_silent(lambda name, silent, muted: report(MicrophoneSilent(name, silent, muted)))
