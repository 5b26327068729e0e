"""Pictures out of a real PipeWire."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.needs import need
from tests.helpers.screencast import SCREEN_PX, pipewire
from visio_desktop.media.pipewire import library, pods
from visio_desktop.media.pipewire.pods import PictureFormat
from visio_desktop.media.pipewire.stream import PictureStream, PipeWireError
from visio_desktop.media.raw import Plane

PATIENCE_S = 30.0


def test_pictures_come_until_the_server_is_gone(tmp_path: Path) -> None:
    with pipewire(tmp_path) as server:
        stream = PictureStream(server.connect(), server.screen, 15)
        try:
            assert not stream.wait(0.0)
            assert stream.look(lambda pixels, _order: pixels.copy()) is None
            server.link()
            assert stream.wait(PATIENCE_S)
            seen = stream.look(lambda pixels, order: (pixels.copy(), order))
            assert seen is not None
            pixels, order = seen
            assert pixels.shape == (SCREEN_PX[1], SCREEN_PX[0], 3)
            assert order == pods.RGB
            assert pixels[10, 10].tolist() == [191, 191, 191], "the grey bar"
            assert pixels[10, 60].tolist() == [191, 191, 0], "the yellow one"
            server.stop()
            with pytest.raises(PipeWireError):
                look_until_it_ends(stream)
        finally:
            stream.close()
            stream.close()


def look_until_it_ends(stream: PictureStream) -> None:
    while stream.wait(PATIENCE_S):
        stream.look(lambda _pixels, _order: None)


def test_who_is_not_let_in_hears_of_it() -> None:
    need(library.load() is not None, "libpipewire-0.3.so.0")
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    theirs.close()
    with pytest.raises(PipeWireError):
        PictureStream(ours.detach(), 1, 15, 0.1)


class Buffers:
    """A stream that is not connected, and buffers for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, width: int, height: int) -> None:
        loaded = library.load()
        need(loaded is not None, "libpipewire-0.3.so.0")
        assert loaded is not None
        self.ffi: Any = loaded[0]
        monkeypatch.setattr(PictureStream, "_connect", lambda stream, *_: stream._settled.set())
        self.stream: Any = PictureStream(-1, 1, 15)
        self.stream._format = PictureFormat(pods.BGRX, width, height)
        self.kept: list[Any] = []

    def buffer(self, memory: Plane, stride: int, offset: int = 0, crop: tuple[int, int, int, int] | None = None) -> Any:
        new = self.ffi.new
        chunk = new("struct spa_chunk *", (offset, memory.size, stride, 0))
        data = new("struct spa_data *")
        data.data, data.maxsize, data.chunk = self.ffi.cast("void *", memory.ctypes.data), memory.size, chunk
        room = np.array(crop or (0, 0, 0, 0), np.int32)
        meta = new("struct spa_meta *", (pods.CROP, room.nbytes, self.ffi.cast("void *", room.ctypes.data)))
        buffer = new("struct spa_buffer *", (int(crop is not None), 1, meta, data))
        held = new("struct pw_buffer *")
        held.buffer = buffer
        self.kept += [chunk, data, meta, buffer, held, memory, room]
        return held


def test_rows_may_be_padded_and_a_window_be_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Buffers(monkeypatch, 6, 4)
    memory = np.arange(8 + 4 * 32, dtype=np.uint8)
    pixels = made.stream._pixels(made.buffer(memory, 32, 8))
    assert pixels.shape == (4, 6, 4)
    assert pixels[1, 2].tolist() == [8 + 32 + 8 + colour for colour in range(4)]
    part = made.stream._pixels(made.buffer(memory, 32, 8, (1, 2, 3, 2)))
    assert part.shape == (2, 3, 4)
    assert part[0, 0, 0] == 8 + 2 * 32 + 4
    made.stream.close()


def test_what_does_not_fit_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Buffers(monkeypatch, 6, 4)
    memory = np.zeros(4 * 24, np.uint8)
    assert made.stream._pixels(made.buffer(memory, 24)) is not None
    assert made.stream._pixels(made.buffer(memory, 25)) is None, "longer than the memory"
    assert made.stream._pixels(made.buffer(memory, 20)) is None, "rows that overlap"
    assert made.stream._pixels(made.buffer(memory, -24)) is None
    assert made.stream._pixels(made.buffer(memory, 24, 4)) is None
    outside = made.stream._pixels(made.buffer(memory, 24, 0, (4, 0, 3, 4)))
    assert outside.shape == (4, 6, 4), "a part that is not within it is none"
    made.stream.close()
