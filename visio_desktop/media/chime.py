"""The program's own sounds, encoded like anybody's voice: the loudspeaker test's notes, and the cues of a meeting."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from visio_desktop.media.opus import new_encoder
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples
from visio_desktop.media.uplink import Uplink
from visio_desktop.meeting.cues import Cue
from visio_desktop.rtc.frames import EncodedFrame

NOTES_HZ = (523.25, 659.26, 783.99, 1046.5)
NOTE_S = 0.4
_LOUDNESS = 0.25
_FADE_S = 0.18
_ATTACK_S = 0.01
CUES_HZ = {
    Cue.KNOCK: (392.0, 392.0),
    Cue.JOINED: (523.25, 783.99),
    Cue.LEFT: (783.99, 523.25),
}
CUE_NOTE_S = 0.16
_CUE_LOUDNESS = 0.12


def chime() -> Samples:
    """The notes as samples."""
    return np.concatenate([_note(hz) for hz in NOTES_HZ])


def chime_frames() -> tuple[EncodedFrame, ...]:
    """The notes encoded, 20 ms a frame."""
    return encoded(chime())


def cue_frames(cue: Cue) -> tuple[EncodedFrame, ...]:
    """A cue encoded, 20 ms a frame."""
    return encoded(cue_sound(cue))


def cue_sound(cue: Cue) -> Samples:
    """A cue: two short notes, softer than a voice."""
    return np.concatenate([_note(hz, CUE_NOTE_S, _CUE_LOUDNESS) for hz in CUES_HZ[cue]])


def encoded(samples: Samples) -> tuple[EncodedFrame, ...]:
    """Any sound, 20 ms a frame; what is silent in it has none."""
    uplink = Uplink(new_encoder)
    added = (uplink.add(samples[at : at + FRAME]) for at in range(0, len(samples) - FRAME + 1, FRAME))
    frames = (frame for frame in added if frame is not None)
    return tuple(replace(frame, sequence=sequence) for sequence, frame in enumerate(frames))


def _note(hz: float, note_s: float = NOTE_S, loudest: float = _LOUDNESS) -> Samples:
    at_s = np.arange(round(note_s * RATE_HZ)) / RATE_HZ
    loudness = loudest * np.minimum(1.0, at_s / _ATTACK_S) * np.exp(-at_s / _FADE_S)
    return (loudness * np.sin(2 * np.pi * hz * at_s)).astype(np.float32)
