"""Sees to it that whose signs are followed comes fluently: before the others, not too slowly, and with its voice.

Whoever saves data gets small faces, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from visio_desktop.diagnostics.streams import StreamStatistics
from visio_desktop.engine.fluency import Fluency
from visio_desktop.engine.pictures import Pictures
from visio_desktop.engine.together import Together
from visio_desktop.meeting.events import SigningChanged
from visio_desktop.meeting.look import PictureQuality
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.servers.port import Wanted

OTHERS_PX: Final = (320, 180)


class Signing:
    """Looks once a second and bends what is wished of the server; `report` hears when it is poor, and well again.

    `hold` lets the voice of a publication wait so many milliseconds for its pictures.
    """

    def __init__(
        self,
        pictures: Pictures,
        report: Callable[[SigningChanged], None],
        hold: Callable[[str, float], None] = lambda _publication_id, _hold_ms: None,
    ) -> None:
        self._pictures = pictures
        self._report = report
        self._hold = hold
        self._held: tuple[str, float] = ("", 0.0)
        self._together = Together()
        self._camera_id = ""
        self._fluency = Fluency()
        self._skew_ms: float | None = None

    def look(self, meeting: Meeting, streams: Callable[[], Iterable[StreamStatistics]]) -> None:
        """Judge the last second, and wish accordingly."""
        camera = meeting.signs
        if camera is None:
            self._camera_id = ""
            self._let_wait("", 0.0)
            self._pictures.bend(_wishes(meeting, "", Fluency()))
            if meeting.signing is not None and (meeting.signing_poor or meeting.signing_alone or meeting.signing_apart):
                self._report(SigningChanged(meeting.signing, poor=False))
            return
        if camera.id != self._camera_id:
            self._camera_id, self._fluency, self._together = camera.id, Fluency(), Together()
        found = next((stream for stream in streams() if stream.publication_id == camera.id), None)
        fps, skew_ms = (None, None) if found is None else (found.fps, self._new_skew_ms(found))
        self._fluency.look(fps, skew_ms, voice_can_wait=self._together.can_wait)
        self._together.look(skew_ms)
        person = meeting.participant(camera.participant_id)
        voice = None if person is None else person.publication(Source.MICROPHONE)
        self._let_wait("" if voice is None else voice.id, self._together.hold_ms)
        self._pictures.bend(_wishes(meeting, camera.id, self._fluency))
        now = (self._fluency.poor, self._fluency.is_alone, self._fluency.apart)
        if now != (meeting.signing_poor, meeting.signing_alone, meeting.signing_apart):
            self._report(SigningChanged(camera.participant_id, *now))

    def _let_wait(self, voice_id: str, hold_ms: float) -> None:
        """Let this voice wait, and no other."""
        before, _ = self._held
        if before and before != voice_id:
            self._hold(before, 0.0)
        if voice_id and (voice_id, hold_ms) != self._held:
            self._hold(voice_id, hold_ms)
        self._held = (voice_id, hold_ms)

    def _new_skew_ms(self, stream: StreamStatistics) -> float | None:
        """How far signs and voice are apart; None where it was not measured again, as while nobody speaks."""
        before, self._skew_ms = self._skew_ms, stream.av_skew_ms
        return None if stream.av_skew_ms == before else stream.av_skew_ms


def _wishes(meeting: Meeting, camera_id: str, fluency: Fluency) -> Callable[[str, Wanted], Wanted]:
    """The signs first; the faces of the others small where there is not enough for all, or data is to be saved."""
    size_px, small_faces = fluency.size_px, fluency.is_short or meeting.look.quality is PictureQuality.SAVER
    cameras = {q.id for p in meeting.participants for q in p.publications if q.source is Source.CAMERA}

    def bent(publication_id: str, wanted: Wanted) -> Wanted:
        if not wanted.enabled:
            return wanted
        if publication_id == camera_id:
            return _at_most(wanted, size_px, first=True)
        return _at_most(wanted, OTHERS_PX) if small_faces and publication_id in cameras else wanted

    return bent


def _at_most(wanted: Wanted, size_px: tuple[int, int], *, first: bool = False) -> Wanted:
    width_px, height_px = (min(wish, most) if most else wish for wish, most in zip(_size(wanted), size_px, strict=True))
    return Wanted(enabled=True, width_px=width_px, height_px=height_px, first=first)


def _size(wanted: Wanted) -> tuple[int, int]:
    return wanted.width_px, wanted.height_px
