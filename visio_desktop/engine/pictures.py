"""What we receive: brings streams, decoders and the window's sinks together, and tells the server what is looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.engine import OWN_CAMERA, OWN_SCREEN
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.port import Wanted

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture
    from visio_desktop.media.subscription import VideoSubscription

OWN = {OWN_CAMERA: Source.CAMERA, OWN_SCREEN: Source.SCREEN}


class Pictures:
    """Routes pictures to sinks. `attach` and `detach` may be called from any thread, the rest runs on the loop."""

    def __init__(self, kit: Callable[[], MediaKit], call: Callable[..., object]) -> None:
        self._kit = kit
        self._call = call
        self._lock = threading.Lock()
        self._sinks: dict[str, FrameSink] = {}
        self._subscriptions: dict[str, VideoSubscription] = {}
        self._captures: dict[Source, VideoCapture] = {}
        self._stop_preview: dict[Source, Callable[[], None]] = {}
        self._told: dict[str, Wanted] = {}
        self._bend: Callable[[str, Wanted], Wanted] = lambda _publication_id, wanted: wanted

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        """Show a publication in this sink; an earlier sink of it gets nothing more."""
        with self._lock:
            self._sinks[publication_id] = sink
        self._call(self._connect, publication_id)

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        """Stop showing a publication in this sink; a sink that has been replaced already is passed over."""
        with self._lock:
            if self._sinks.get(publication_id) is not sink:
                return
            del self._sinks[publication_id]
        self._call(self._connect, publication_id)

    def begin(self, publication_id: str, stream: InboundStream) -> VideoSubscription:
        """A publication's pictures begin, or begin anew."""
        self.end(publication_id)
        subscription = self._kit().subscription(stream)
        self._subscriptions[publication_id] = subscription
        self._connect(publication_id)
        return subscription

    def end(self, publication_id: str) -> VideoSubscription | None:
        """A publication's pictures ended; answers what decoded them."""
        subscription = self._subscriptions.pop(publication_id, None)
        if subscription is not None:
            subscription.stop()
        self._told.pop(publication_id, None)
        return subscription

    def use_capture(self, source: Source, capture: VideoCapture | None) -> None:
        """One's own pictures come from another capture now, or from none."""
        self._hide_own(source)
        if capture is None:
            self._captures.pop(source, None)
            return
        self._captures[source] = capture
        for publication_id, own in OWN.items():
            if own is source:
                self._connect(publication_id)

    def subscriptions(self) -> dict[str, VideoSubscription]:
        """What is being decoded now."""
        return dict(self._subscriptions)

    def news_for_server(self) -> dict[str, Wanted]:
        """What changed in what is looked at since this was last asked."""
        news: dict[str, Wanted] = {}
        for publication_id in self._subscriptions:
            wanted = self._wanted(publication_id)
            if self._told.get(publication_id) != wanted:
                self._told[publication_id] = wanted
                news[publication_id] = wanted
        return news

    def bend(self, bend: Callable[[str, Wanted], Wanted]) -> None:
        """Let `bend` have a say, by publication, in how what is looked at is wanted."""
        self._bend = bend

    def not_told(self, publication_id: str) -> None:
        """The server could not be told: it is news again."""
        self._told.pop(publication_id, None)

    def _wanted(self, publication_id: str) -> Wanted:
        with self._lock:
            sink = self._sinks.get(publication_id)
        target = sink.target() if sink is not None else None
        if target is None:
            return Wanted(enabled=False)
        return self._bend(publication_id, Wanted(width_px=target.width_px, height_px=target.height_px))

    def _connect(self, publication_id: str) -> None:
        with self._lock:
            sink = self._sinks.get(publication_id)
        if publication_id in OWN:
            self._show_own(OWN[publication_id], sink)
        elif publication_id in self._subscriptions:
            self._subscriptions[publication_id].set_sink(sink)

    def _show_own(self, source: Source, sink: FrameSink | None) -> None:
        self._hide_own(source)
        capture = self._captures.get(source)
        if sink is not None and capture is not None:
            self._stop_preview[source] = self._kit().preview(capture, sink)

    def _hide_own(self, source: Source) -> None:
        stop = self._stop_preview.pop(source, None)
        if stop is not None:
            stop()
