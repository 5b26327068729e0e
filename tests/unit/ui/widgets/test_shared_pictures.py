from __future__ import annotations

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.meeting.frames import FrameSink, Picture, PictureTarget
from visio_desktop.ui.widgets.shared_pictures import Several, SharedPictures

PICTURE = Picture(b"\0" * 4, 1, 1, 1, 1)


class Engine:
    """One sink for each publication, as the engine has it."""

    def __init__(self) -> None:
        self.sinks: dict[str, FrameSink] = {}
        self.meters: list[object] = []

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        assert publication_id not in self.sinks
        self.sinks[publication_id] = sink

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        assert self.sinks.pop(publication_id) is sink


class Sink:
    def __init__(self, width_px: int = 0, height_px: int = 0) -> None:
        self.meter = FreezeMeter()
        self.got: list[Picture] = []
        self.wants = PictureTarget(width_px, height_px) if width_px else None

    def put(self, picture: Picture) -> None:
        self.got.append(picture)

    def target(self) -> PictureTarget | None:
        return self.wants


def test_the_only_sink_is_handed_on_as_it_is() -> None:
    engine, sink = Engine(), Sink()
    shared = SharedPictures(engine)
    shared.attach("a", sink)
    assert engine.sinks == {"a": sink}
    shared.detach("a", sink)
    assert engine.sinks == {}


def test_two_get_the_same_pictures_in_a_size_for_both_until_one_goes() -> None:
    engine, small, large, hidden = Engine(), Sink(320, 180), Sink(800, 600), Sink()
    shared = SharedPictures(engine)
    for sink in (small, large, hidden):
        shared.attach("a", sink)
    given = engine.sinks["a"]
    assert given.target() == PictureTarget(800, 600, cover=False)
    given.put(PICTURE)
    assert (small.got, large.got, hidden.got) == ([PICTURE], [PICTURE], [])
    assert isinstance(given, Several)
    assert given.meter is small.meter
    shared.detach("a", small)
    shared.detach("a", hidden)
    assert engine.sinks == {"a": large}


def test_what_nobody_wants_to_see_is_not_wanted() -> None:
    assert Several((Sink(), Sink())).target() is None
    assert Several((Sink(), Sink(320, 180))).target() == PictureTarget(320, 180)


def test_detaching_what_is_not_attached_changes_nothing() -> None:
    engine, sink = Engine(), Sink()
    shared = SharedPictures(engine)
    shared.attach("a", sink)
    shared.detach("a", Sink())
    shared.detach("b", sink)
    assert engine.sinks == {"a": sink}
