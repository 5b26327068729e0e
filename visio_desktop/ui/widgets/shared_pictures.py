"""One publication in several places: the stage, a window of its own, the small window.

The engine knows one sink for each publication. As long as there is one here too it is handed on as it is; of several
one is made that wants the largest size among them, and each paints it in its own.
"""

from __future__ import annotations

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.meeting.frames import FrameSink, Picture, PictureTarget
from visio_desktop.ui.widgets.stage import Pictures


class SharedPictures:
    """Stands where the engine stands, for everything in the window that shows pictures. For the window's thread."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._sinks: dict[str, tuple[FrameSink, ...]] = {}
        self._given: dict[str, FrameSink] = {}

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        """Show a publication in this sink too."""
        self._set(publication_id, (*self._sinks.get(publication_id, ()), sink))

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        """Stop showing it in this sink."""
        sinks = self._sinks.get(publication_id, ())
        if sink in sinks:
            self._set(publication_id, tuple(each for each in sinks if each is not sink))

    def _set(self, publication_id: str, sinks: tuple[FrameSink, ...]) -> None:
        given = self._given.pop(publication_id, None)
        if given is not None:
            self._pictures.detach(publication_id, given)
        if not sinks:
            self._sinks.pop(publication_id, None)
            return
        self._sinks[publication_id] = sinks
        self._given[publication_id] = sinks[0] if len(sinks) == 1 else Several(sinks)
        self._pictures.attach(publication_id, self._given[publication_id])


class Several:
    """Several sinks as one. Never changed, so that any thread may use it."""

    def __init__(self, sinks: tuple[FrameSink, ...]) -> None:
        self._sinks = sinks
        self.meter = next((found for sink in sinks if (found := getattr(sink, "meter", None))), FreezeMeter())

    def put(self, picture: Picture) -> None:
        """To each that wants pictures."""
        for sink in self._sinks:
            if sink.target() is not None:
                sink.put(picture)

    def target(self) -> PictureTarget | None:
        """One that serves them all: of those of several shapes the whole picture."""
        wanted = [target for sink in self._sinks if (target := sink.target()) is not None]
        match wanted:
            case []:
                return None
            case [one]:
                return one
            case _:
                width_px = max(target.width_px for target in wanted)
                return PictureTarget(width_px, max(target.height_px for target in wanted), cover=False)
