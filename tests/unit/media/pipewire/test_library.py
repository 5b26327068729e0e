"""PipeWire's client library, where there is one."""

from __future__ import annotations

from tests.helpers.needs import need
from visio_desktop.media.pipewire import library


def test_structures_lie_as_those_of_the_headers() -> None:
    loaded = library.load()
    need(loaded is not None, "libpipewire-0.3.so.0")
    assert loaded is not None
    ffi, pipewire = loaded
    assert bytes(ffi.buffer(pipewire.pw_get_library_version(), 2)) in {b"0.", b"1."}
    sizes = {"struct spa_data": 40, "struct spa_buffer": 24, "struct spa_hook": 48, "struct spa_chunk": 16}
    assert {name: ffi.sizeof(name) for name in sizes} == sizes
    assert ffi.offsetof("struct pw_stream_events", "process") == 64
    assert library.load() is loaded
