"""LiveKit learns at once that layers of a picture were paused, or came back.

By itself it takes a layer for stopped when half a second brought fewer than five packets of it, and shows one that came
back after ten seconds (`streamtracker_packet.go` of its 1.13.5). Whatever it is told anew of a track makes it look
afresh: what is sent then is there, and nothing else (`UpdateTrackInfo` in `streamtrackermanager.go`). So it is told the
width, which nothing is decided by, by two columns less every other time. 1.8.4 takes that and does nothing.
"""

from __future__ import annotations

from livekit.protocol.rtc import UpdateLocalVideoTrack

from visio_desktop.servers.livekit.subscriber import SendRequest
from visio_desktop.servers.port import SessionClosed
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_COLUMNS_PX = 2


class Renewal:
    """What is told of one track."""

    def __init__(self, send: SendRequest, tasks: Tasks, sid: str, width_px: int, height_px: int) -> None:
        self._send = send
        self._tasks = tasks
        self._sid, self._width_px, self._height_px = sid, width_px, height_px
        self._count = 0

    def ask(self) -> None:
        """Let the server look afresh."""
        self._count += 1
        width_px = self._width_px - _COLUMNS_PX * (self._count % 2)
        self._tasks.start(self._tell(width_px), name="renewal")

    async def _tell(self, width_px: int) -> None:
        try:
            await self._send(
                update_video_track=UpdateLocalVideoTrack(track_sid=self._sid, width=width_px, height=self._height_px)
            )
        except SessionClosed:
            _log.debug("renewal_not_told")
