"""Sees to it that whose signs are followed comes fluently: before the others, and smaller rather than slower.

Whoever saves data gets small faces, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from visio_desktop.diagnostics.streams import StreamStatistics
from visio_desktop.engine.fluency import Fluency
from visio_desktop.engine.pictures import Pictures
from visio_desktop.meeting.events import SigningChanged
from visio_desktop.meeting.look import PictureQuality
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.servers.port import Wanted

OTHERS_PX: Final = (320, 180)


class Signing:
    """Looks once a second and bends what is wished of the server; `report` hears when it is poor, and well again."""

    def __init__(self, pictures: Pictures, report: Callable[[SigningChanged], None]) -> None:
        self._pictures = pictures
        self._report = report
        self._camera_id = ""
        self._fluency = Fluency()

    def look(self, meeting: Meeting, streams: Callable[[], Iterable[StreamStatistics]]) -> None:
        """Judge the last second, and wish accordingly."""
        camera = meeting.signs
        if camera is None:
            self._camera_id = ""
            self._pictures.bend(_wishes(meeting, "", Fluency()))
            if meeting.signing is not None and (meeting.signing_poor or meeting.signing_alone):
                self._report(SigningChanged(meeting.signing, poor=False))
            return
        if camera.id != self._camera_id:
            self._camera_id, self._fluency = camera.id, Fluency()
        rates: Mapping[str, float | None] = {stream.publication_id: stream.fps for stream in streams()}
        self._fluency.look(rates.get(camera.id))
        self._pictures.bend(_wishes(meeting, camera.id, self._fluency))
        poor, alone = self._fluency.poor, self._fluency.is_alone
        if (poor, alone) != (meeting.signing_poor, meeting.signing_alone):
            self._report(SigningChanged(camera.participant_id, poor, alone))


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
