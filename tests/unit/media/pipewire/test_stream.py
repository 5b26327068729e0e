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

    def buffer(
        self, memory: Plane, stride: int, offset: int = 0, crop: tuple[int, int, int, int] = (0, 0, 0, 0), turn: int = 0
    ) -> Any:
        new = self.ffi.new
        chunk = new("struct spa_chunk *", (offset, memory.size, stride, 0))
        data = new("struct spa_data *")
        data.data, data.maxsize, data.chunk = self.ffi.cast("void *", memory.ctypes.data), memory.size, chunk
        rooms = [np.array(crop, np.int32), np.array([turn], np.uint32)]
        kinds = zip((pods.CROP, pods.TURN), rooms, strict=True)
        remarks = [(kind, room.nbytes, self.ffi.cast("void *", room.ctypes.data)) for kind, room in kinds]
        metas = new("struct spa_meta[]", remarks)
        buffer = new("struct spa_buffer *", (len(remarks), 1, metas, data))
        held = new("struct pw_buffer *")
        held.buffer = buffer
        self.kept += [chunk, data, metas, buffer, held, memory, *rooms]
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


def test_a_format_that_claims_to_be_endless_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Buffers(monkeypatch, 6, 4)
    asked: list[str] = []
    monkeypatch.setattr(pods, "read_format", lambda _pod: asked.append("read"))
    pod = made.ffi.new("uint32_t[]", [1 << 16, 15])
    pod[0] += 1
    made.stream._param_changed(None, pods.FORMAT, pod)
    assert asked == [], "what lies behind it is not looked at"
    assert made.stream._format is None
    made.stream.close()


class Queue:
    """Stands in for the library: `waiting` is what it hands over, `back` what it was given back."""

    def __init__(self, made: Buffers) -> None:
        self.nothing = made.ffi.NULL
        self.waiting: list[Any] = []
        self.back: list[Any] = []
        made.stream._library = self

    def pw_stream_dequeue_buffer(self, _stream: Any) -> Any:
        return self.waiting.pop(0) if self.waiting else self.nothing

    def pw_stream_queue_buffer(self, _stream: Any, buffer: Any) -> None:
        self.back.append(buffer)

    def pw_thread_loop_lock(self, _loop: Any) -> None:
        pass

    pw_thread_loop_unlock = pw_thread_loop_stop = pw_thread_loop_destroy = pw_thread_loop_lock
    pw_stream_destroy = pw_core_disconnect = pw_context_destroy = pw_thread_loop_lock


def shown(made: Buffers) -> list[int] | None:
    found: list[int] | None = made.stream.look(lambda pixels, _order: pixels[0, 0].tolist())
    return found


def test_the_newest_picture_is_kept_and_all_others_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Buffers(monkeypatch, 6, 4)
    queue = Queue(made)
    first, second, mouse, third = (made.buffer(np.full(96, value, np.uint8), 24) for value in (1, 2, 3, 4))
    mouse.buffer.datas[0].chunk.flags = library.CORRUPTED
    queue.waiting = [first, second, mouse]
    made.stream._process(None)
    assert queue.back == [first, mouse], "PipeWire has only a few of them"
    assert made.stream.wait(0.0)
    assert shown(made) == [2] * 4
    assert queue.back == [first, mouse, second]
    assert shown(made) is None, "it was looked at"
    queue.waiting = [third]
    made.stream._process(None)
    made.stream._remove_buffer(None, first)
    assert shown(made) == [4] * 4
    queue.waiting = [third]
    made.stream._process(None)
    made.stream._remove_buffer(None, third)
    assert shown(made) is None, "its memory is gone"
    made.stream.close()


UPRIGHT = [[1, 2, 3], [4, 5, 6]]
LYING = {
    0: UPRIGHT,
    1: [[3, 6], [2, 5], [1, 4]],
    2: [[6, 5, 4], [3, 2, 1]],
    3: [[4, 1], [5, 2], [6, 3]],
    4: [[3, 2, 1], [6, 5, 4]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 5, 6], [1, 2, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: UPRIGHT,
}
"""How a turned screen's picture lies in memory: turned against the clock, those from four on mirrored before."""


@pytest.mark.parametrize("turn", LYING)
def test_a_screen_on_its_side_is_seen_upright(monkeypatch: pytest.MonkeyPatch, turn: int) -> None:
    lying = np.array(LYING[turn], np.uint8)
    made = Buffers(monkeypatch, lying.shape[1], lying.shape[0])
    pixels = made.stream._pixels(made.buffer(np.repeat(lying.ravel(), 4), 4 * lying.shape[1], turn=turn))
    assert pixels[:, :, 0].tolist() == UPRIGHT
    made.stream.close()
