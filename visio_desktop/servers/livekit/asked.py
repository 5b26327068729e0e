"""What was asked of the server and still counts: after a return it is said again, as nobody may have listened."""

from __future__ import annotations

from livekit.protocol.models import VideoQuality
from livekit.protocol.rtc import UpdateParticipantMetadata, UpdateTrackSettings

from visio_desktop.servers.livekit.hands import print_hand
from visio_desktop.servers.livekit.subscriber import SendRequest
from visio_desktop.servers.port import Wanted

# Every field goes into each setting, as the server keeps what an earlier one said: this rate means "all there is".
_ANY_FPS = 60
# The server's own: 1 for cameras, 255 for screens, the higher served first (its pkg/sfu/streamallocator).
_USUAL_PRIORITY, _FIRST_PRIORITY = 0, 254


class Asked:
    """Which media is wanted how, and whether our hand is up. `send` may drop what it is given."""

    def __init__(self, send: SendRequest) -> None:
        self._send = send
        self._wanted: dict[str, Wanted] = {}
        self._hand: UpdateParticipantMetadata | None = None

    @property
    def disabled(self) -> list[str]:
        """The publications that are not wanted at all."""
        return [sid for sid, wanted in self._wanted.items() if not wanted.enabled]

    async def want(self, sid: str, wanted: Wanted) -> None:
        """Say how a publication is wanted, unless that was said already."""
        if self._wanted.get(sid) != wanted:
            self._wanted[sid] = wanted
            await self._send(track_setting=_settings(sid, wanted))

    def forget(self, sid: str) -> None:
        """A publication ended."""
        self._wanted.pop(sid, None)

    async def raise_hand(self, raised: bool, at_ms: float) -> None:
        """Raise or lower our hand."""
        self._hand = UpdateParticipantMetadata(attributes=print_hand(raised, at_ms))
        await self._send(update_metadata=self._hand)

    async def again(self) -> None:
        """Say all of it again."""
        for sid, wanted in list(self._wanted.items()):
            await self._send(track_setting=_settings(sid, wanted))
        if self._hand is not None:
            await self._send(update_metadata=self._hand)


def _settings(sid: str, wanted: Wanted) -> UpdateTrackSettings:
    return UpdateTrackSettings(
        track_sids=[sid],
        disabled=not wanted.enabled,
        quality=VideoQuality.HIGH,
        width=wanted.width_px,
        height=wanted.height_px,
        fps=_ANY_FPS,
        priority=_FIRST_PRIORITY if wanted.first else _USUAL_PRIORITY,
    )
