"""How own sound is treated and how loud the others are heard."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from visio_desktop.meeting import headset
from visio_desktop.meeting.changes import NONE, Step, nothing, with_device, with_participant, with_toast
from visio_desktop.meeting.devices import in_use
from visio_desktop.meeting.effects import Effect, PlayBack, ProcessSound, Remember, SetVoiceVolume, UseRinger
from visio_desktop.meeting.events import (
    HeadsetSeen,
    MicrophoneSilent,
    PlaybackChanged,
    Preferences,
    SelfSpeaking,
    StrongNoiseLost,
)
from visio_desktop.meeting.intents import ChooseRinger, ListenToMyself, SetSound, SetVolume, UseHeadsetButtons
from visio_desktop.meeting.state import SAME, Meeting, Page, Playback
from visio_desktop.meeting.values import (
    USUAL_SOUND,
    DeviceKind,
    Participant,
    Problem,
    ProblemCode,
    Publication,
    SoundWishes,
)

LOUDEST_PERCENT: Final = 200
AS_SENT_PERCENT: Final = 100
_MOST_VOLUMES: Final = 500
_SILENCE: Final = (ProblemCode.MICROPHONE_SILENT, ProblemCode.MICROPHONE_MUTED)
_SETTINGS: Final = (
    ("echo_cancellation", "echo"),
    ("noise_suppression", "noise"),
    ("strong_noise_suppression", "strong"),
    ("automatic_gain", "gain"),
    ("original_sound", "original"),
)

Noticed = MicrophoneSilent | StrongNoiseLost | SelfSpeaking | PlaybackChanged | HeadsetSeen
SoundIntent = SetSound | SetVolume | ListenToMyself | ChooseRinger | UseHeadsetButtons


def carry_out(meeting: Meeting, intent: SoundIntent) -> Step:
    """Carry out one of these intents."""
    match intent:
        case SetSound(wishes):
            return _set_sound(meeting, wishes)
        case SetVolume(participant_id, percent):
            return _set_volume(meeting, participant_id, percent)
        case ListenToMyself():
            return _listen(meeting)
        case ChooseRinger(spec):
            return replace(meeting, ringer=spec), (_ringer(spec), Remember("ringer", spec))
        case UseHeadsetButtons(on):
            return headset.choose(meeting, on=on)


def begin(meeting: Meeting, event: Preferences) -> Step:
    """What was chosen before holds again; what is usual need not be said."""
    effects: list[Effect] = [ProcessSound(event.sound)] if event.sound != USUAL_SOUND else []
    effects += [_ringer(event.ringer)] if event.ringer != SAME else []
    return replace(meeting, sound=event.sound, ringer=event.ringer), tuple(effects)


def volume_of(meeting: Meeting, publication: Publication) -> tuple[Effect, ...]:
    """What a sound that comes has to be turned to."""
    percent = meeting.volume_percent(publication.participant_id)
    heard = not publication.source.is_video and percent != AS_SENT_PERCENT
    return (SetVoiceVolume(publication.id, percent),) if heard else ()


def take_in(meeting: Meeting, event: Noticed) -> Meeting:
    """Take in what the sound path notices of oneself."""
    match event:
        case MicrophoneSilent():
            return _silent(meeting, event)
        case StrongNoiseLost():
            return with_toast(meeting, "problem", Problem(ProblemCode.STRONG_NOISE_FAILED))
        case SelfSpeaking(speaking):
            me = meeting.me
            return meeting if me is None else with_participant(meeting, me.id, lambda p: replace(p, speaking=speaking))
        case HeadsetSeen(seen):
            return replace(meeting, headset=seen)
        case PlaybackChanged(playback):
            return replace(meeting, playback=playback)


def _silent(meeting: Meeting, event: MicrophoneSilent) -> Meeting:
    """No sound at all comes from the microphone, or some does again: said where it matters to the others."""
    device = meeting.microphone
    if not device.opened_name:
        return meeting
    if not event.silent:
        heard = replace(device, problem=None) if _is_silence(device.problem) else device
        toasts = tuple(toast for toast in meeting.toasts if not _is_silence(toast.problem))
        return with_device(replace(meeting, toasts=toasts), DeviceKind.MICROPHONE, heard)
    code = ProblemCode.MICROPHONE_MUTED if event.muted else ProblemCode.MICROPHONE_SILENT
    problem = Problem(code, event.name)
    told = with_device(meeting, DeviceKind.MICROPHONE, replace(device, problem=problem))
    matters = meeting.page is Page.ROOM and meeting.microphone_on
    return with_toast(told, "problem", problem) if matters else told


def _is_silence(problem: Problem | None) -> bool:
    return problem is not None and problem.code in _SILENCE


def _ringer(spec: str) -> UseRinger:
    return UseRinger(None if spec == SAME else spec)


def _set_sound(meeting: Meeting, wishes: SoundWishes) -> Step:
    if wishes == meeting.sound:
        return nothing(meeting)
    changed = [
        Remember(setting, str(getattr(wishes, field)).lower())
        for setting, field in _SETTINGS
        if getattr(wishes, field) != getattr(meeting.sound, field)
    ]
    return replace(meeting, sound=wishes), (ProcessSound(wishes), *changed)


def _set_volume(meeting: Meeting, participant_id: str, percent: int) -> Step:
    person = meeting.participant(participant_id)
    percent = min(max(percent, 0), LOUDEST_PERCENT)
    if person is None or person.is_me or percent == meeting.volume_percent(participant_id):
        return nothing(meeting)
    others = tuple(pair for pair in meeting.volumes if pair[0] != participant_id)
    own = () if percent == AS_SENT_PERCENT else ((participant_id, percent),)
    turned = replace(meeting, volumes=(*others, *own)[-_MOST_VOLUMES:])
    return turned, tuple(SetVoiceVolume(sound.id, percent) for sound in _sounds(person))


def _sounds(person: Participant) -> tuple[Publication, ...]:
    return tuple(each for each in person.publications if not each.source.is_video)


def _listen(meeting: Meeting) -> Step:
    """What is open already stays open; what is not is opened for it."""
    if meeting.playback is not Playback.NONE or meeting.microphone.spec == NONE:
        return nothing(meeting)
    microphone = None if meeting.microphone.opened_name else meeting.microphone.to_open
    speaker = None if in_use(meeting, DeviceKind.SPEAKER) else meeting.speaker.to_open
    return replace(meeting, playback=Playback.RECORDING), (PlayBack(microphone, speaker),)
