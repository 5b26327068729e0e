"""Pictures from a stream of PipeWire: the newest one is kept where it lies, until it is looked at or a newer one comes.

PipeWire's own thread hands buffers over. One is held back; whoever looks at it keeps PipeWire's lock meanwhile, so that
its memory cannot be taken away: formats change while a window is drawn larger, and streams end.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from threading import Event
from typing import Any, Final

import numpy as np

from visio_desktop.media.opencv import cv2
from visio_desktop.media.pipewire import library as pw
from visio_desktop.media.pipewire import pods
from visio_desktop.media.pipewire.pods import PictureFormat
from visio_desktop.media.raw import Plane
from visio_desktop.system.log import get_logger

_PROPERTIES: Final = b"{ media.type=Video media.category=Capture media.role=Screen node.name=visio-desktop }"
_LONGEST_POD: Final = 1 << 16
_MOST_REMARKS: Final = 16
_BACK: Final = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_COUNTERCLOCKWISE)
_FLIPPED, _TURNS = 4, 8
_log = get_logger(__name__)


class PipeWireError(Exception):
    """There is no PipeWire, or it has nothing for us (any more)."""


class PictureStream:
    """The pictures of one node, for one thread."""

    def __init__(self, file: int, node: int, fps: int, patience_s: float = 5.0) -> None:
        """Connect over an open `file`, which is used up in any case. Raises `PipeWireError`; may block for so long."""
        loaded = pw.load()
        if loaded is None:
            os.close(file)
            raise PipeWireError("no libpipewire")
        self._ffi: Any = loaded[0]
        self._library = loaded[1]
        self._came, self._settled = Event(), Event()
        self._held: Any = None
        self._format: PictureFormat | None = None
        self._ended = ""
        self._keep: list[Any] = []
        self._loop = self._library.pw_thread_loop_new(b"pictures", self._ffi.NULL)
        self._context = self._core = self._stream = self._ffi.NULL
        try:
            self._connect(file, node, fps)
            self._wait_to_be_let_in(patience_s)
        except PipeWireError:
            self.close()
            raise

    def wait(self, longest_s: float) -> bool:
        """Wait for a newer picture; whether there is one. Raises `PipeWireError` once there will be none any more."""
        if self._ended:
            raise PipeWireError(self._ended)
        came = self._came.wait(longest_s)
        if self._ended:
            raise PipeWireError(self._ended)
        return came

    def look[T](self, use: Callable[[Plane, int], T]) -> T | None:
        """What `use` makes of the newest picture, (height, width, colours) in an order; None where there is none.

        The memory is gone when this returns.
        """
        self._library.pw_thread_loop_lock(self._loop)
        try:
            self._came.clear()
            held, self._held = self._held, None
            if held is None:
                return None
            try:
                pixels = self._pixels(held)
                return None if pixels is None or self._format is None else use(pixels, self._format.order)
            finally:
                self._library.pw_stream_queue_buffer(self._stream, held)
        finally:
            self._library.pw_thread_loop_unlock(self._loop)

    def close(self) -> None:
        """Leave; may be called twice."""
        loop, self._loop = self._loop, self._ffi.NULL
        if loop == self._ffi.NULL:
            return
        self._library.pw_thread_loop_stop(loop)
        if self._stream != self._ffi.NULL:
            self._library.pw_stream_destroy(self._stream)
        if self._core != self._ffi.NULL:
            self._library.pw_core_disconnect(self._core)
        if self._context != self._ffi.NULL:
            self._library.pw_context_destroy(self._context)
        self._library.pw_thread_loop_destroy(loop)

    def _connect(self, file: int, node: int, fps: int) -> None:
        library, nothing = self._library, self._ffi.NULL
        self._context = library.pw_context_new(library.pw_thread_loop_get_loop(self._loop), nothing, 0)
        if self._context == nothing:
            os.close(file)
            raise PipeWireError("no context")
        if library.pw_thread_loop_start(self._loop) < 0:
            os.close(file)
            raise PipeWireError("no thread")
        library.pw_thread_loop_lock(self._loop)
        try:
            self._core = library.pw_context_connect_fd(self._context, file, nothing, 0)
            if self._core == nothing:
                raise PipeWireError("not let in")
            self._stream = library.pw_stream_new(
                self._core, b"shared screen", library.pw_properties_new_string(_PROPERTIES)
            )
            if self._stream == nothing:
                raise PipeWireError("no stream")
            self._listen()
            offered, count = self._pods(pods.offer(fps))
            flags = pw.AUTOCONNECT | pw.MAP_BUFFERS | pw.DONT_RECONNECT
            if library.pw_stream_connect(self._stream, pw.INPUT, node, flags, offered, count) < 0:
                raise PipeWireError("not connected")
        finally:
            library.pw_thread_loop_unlock(self._loop)

    def _wait_to_be_let_in(self, patience_s: float) -> None:
        if not self._settled.wait(patience_s) or self._ended:
            raise PipeWireError(self._ended or "no answer")

    def _listen(self) -> None:
        ffi = self._ffi
        events, hook = ffi.new("struct pw_stream_events *"), ffi.new("struct spa_hook *")
        events.version = pw.EVENTS_VERSION
        for name, kind, take in (
            ("state_changed", "void(void *, int, int, const char *)", self._state_changed),
            ("param_changed", "void(void *, uint32_t, const void *)", self._param_changed),
            ("remove_buffer", "void(void *, struct pw_buffer *)", self._remove_buffer),
            ("process", "void(void *)", self._process),
        ):
            callback = ffi.callback(kind, take)
            self._keep.append(callback)
            setattr(events, name, callback)
        self._keep += [events, hook]
        self._library.pw_stream_add_listener(self._stream, hook, events, ffi.NULL)

    def _pods(self, *made: bytes) -> tuple[Any, int]:
        """Pods as an array that PipeWire reads during a call."""
        kept = [self._ffi.new("uint64_t[]", len(each) // 8) for each in made]
        for room, each in zip(kept, made, strict=True):
            self._ffi.memmove(room, each, len(each))
        self._keep.append(kept)
        return self._ffi.new("const void *[]", [self._ffi.cast("void *", room) for room in kept]), len(made)

    # ---- on PipeWire's thread, within its lock ----

    def _state_changed(self, _data: object, _old: int, state: int, error: Any) -> None:
        said = "" if error == self._ffi.NULL else self._ffi.string(error).decode(errors="replace")
        _log.debug("pipewire_stream", state=state, error=said)
        if state == pw.ERROR or (state == pw.UNCONNECTED and self._settled.is_set()):
            self._ended = said or "ended"
            self._came.set()
        if state == pw.ERROR or state >= pw.PAUSED:
            self._settled.set()

    def _param_changed(self, _data: object, number: int, pod: Any) -> None:
        if number != pods.FORMAT or pod == self._ffi.NULL:
            return
        size = int(self._ffi.cast("uint32_t *", pod)[0])
        self._format = pods.read_format(bytes(self._ffi.buffer(pod, 8 + size))) if size <= _LONGEST_POD else None
        if self._format is not None:
            wanted, count = self._pods(pods.buffers(), *map(pods.remark, pods.REMARK_BYTES))
            self._library.pw_stream_update_params(self._stream, wanted, count)

    def _remove_buffer(self, _data: object, buffer: Any) -> None:
        if self._held is not None and self._held == buffer:
            self._held = None

    def _process(self, _data: object) -> None:
        library, nothing = self._library, self._ffi.NULL
        while (buffer := library.pw_stream_dequeue_buffer(self._stream)) != nothing:
            older = buffer
            if self._is_picture(buffer):
                older, self._held = self._held, buffer
            if older is not None:
                library.pw_stream_queue_buffer(self._stream, older)
        if self._held is not None:
            self._came.set()

    def _is_picture(self, buffer: Any) -> bool:
        if buffer.buffer.n_datas < 1:
            return False
        data = buffer.buffer.datas[0]
        return bool(data.data != self._ffi.NULL and data.chunk.size and not data.chunk.flags & pw.CORRUPTED)

    def _pixels(self, held: Any) -> Plane | None:
        """The picture in a buffer, without what lies beside it; None where it does not fit what was agreed on."""
        agreed = self._format
        if agreed is None:
            return None
        data, colours = held.buffer.datas[0], pods.BYTES_A_PIXEL[agreed.order]
        stride = data.chunk.stride or agreed.width_px * colours
        end = data.chunk.offset + stride * (agreed.height_px - 1) + agreed.width_px * colours
        if stride < agreed.width_px * colours or end > data.maxsize:
            return None
        memory = np.frombuffer(self._ffi.buffer(data.data, data.maxsize), np.uint8)[data.chunk.offset :]
        shape = (agreed.height_px, agreed.width_px, colours)
        pixels = np.lib.stride_tricks.as_strided(memory, shape, (stride, colours, 1), writeable=False)
        return self._turned(held, self._cropped(held, pixels))

    def _cropped(self, held: Any, pixels: Plane) -> Plane:
        if (remark := self._remark(held, pods.CROP)) is None:
            return pixels
        left, top, width, height = struct.unpack("=iiII", remark)
        inside = 0 <= left <= pixels.shape[1] - width and 0 <= top <= pixels.shape[0] - height
        return pixels[top : top + height, left : left + width] if inside and width and height else pixels

    def _turned(self, held: Any, pixels: Plane) -> Plane:
        """Upright: a screen on its side comes as it lies in memory (`enum spa_meta_videotransform_value`)."""
        remark = self._remark(held, pods.TURN)
        turns = 0 if remark is None else struct.unpack("=I", remark)[0]
        if not 0 < turns < _TURNS:
            return pixels
        if (turn := _BACK[turns % len(_BACK)]) is not None:
            pixels = np.asarray(cv2.rotate(pixels, turn), np.uint8)
        return pixels if turns < _FLIPPED else np.asarray(cv2.flip(pixels, 1), np.uint8)

    def _remark(self, held: Any, kind: int) -> bytes | None:
        size = pods.REMARK_BYTES[kind]
        for at in range(min(held.buffer.n_metas, _MOST_REMARKS)):
            remark = held.buffer.metas[at]
            if remark.type == kind and remark.size >= size and remark.data != self._ffi.NULL:
                return bytes(self._ffi.buffer(remark.data, size))
        return None
