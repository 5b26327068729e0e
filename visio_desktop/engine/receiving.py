"""What comes in: pictures go to `pictures`, voices to the sound path, and both into the account for the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.engine.account import Account
from visio_desktop.engine.firstframe import FirstFrame, Held
from visio_desktop.engine.pictures import Pictures
from visio_desktop.rtc.frames import InboundStream

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit


class Receiving:
    """All received streams by the publication they belong to. Runs on the engine's loop."""

    def __init__(self, kit: Callable[[], MediaKit], pictures: Pictures, account: Account) -> None:
        self._kit = kit
        self._pictures = pictures
        self._account = account
        self._streams: dict[str, InboundStream] = {}
        self._held: dict[str, Held] | None = None

    def hold(self) -> None:
        """Keep streams that begin until `release`: what plays them is still being loaded."""
        if self._held is None:
            self._held = {}

    def release(self) -> None:
        """Begin what was held, and hold nothing more."""
        held, self._held = self._held or {}, None
        for publication_id, stream in held.items():
            self.begin(publication_id, stream)

    def begin(self, publication_id: str, stream: InboundStream) -> None:
        """Media of a publication begins, or begins anew with another stream."""
        self.end(publication_id)
        if self._held is not None:
            self._held[publication_id] = Held(stream)
            return
        if self._account.is_waiting:
            stream = FirstFrame(stream, self._account.media_back)
        self._streams[publication_id] = stream
        if stream.is_video:
            subscription = self._pictures.begin(publication_id, stream)
            self._account.video_began(publication_id, stream, subscription)
        else:
            self._kit().sound.add_voice(publication_id, stream)
            self._account.voice_began(publication_id, stream)

    def end(self, publication_id: str) -> None:
        """Media of a publication ended."""
        held = self._held.pop(publication_id, None) if self._held is not None else None
        if held is not None:
            held.on_frame(None)
        stream = self._streams.pop(publication_id, None)
        if stream is None:
            return
        self._account.ended(publication_id)
        if stream.is_video:
            self._pictures.end(publication_id)
        else:
            self._kit().sound.remove_voice(publication_id)

    def clear(self) -> None:
        """Everything ended."""
        for publication_id in [*self._streams, *(self._held or ())]:
            self.end(publication_id)
