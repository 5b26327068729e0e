from __future__ import annotations

import pytest

from tests.helpers.needs import need
from visio_desktop.media import pulse_library


def test_the_library_answers_and_what_we_read_of_it_is_as_large_as_its_own() -> None:
    loaded = pulse_library.load()
    need(loaded is not None, "libpulse")
    assert loaded is not None
    ffi, library = loaded
    assert ffi.string(library.pa_get_library_version())[:1].isdigit()
    assert ffi.sizeof("pa_sample_spec") == 12
    assert ffi.sizeof("pa_channel_map") == 132
    assert ffi.sizeof("pa_cvolume") == 132
    assert ffi.offsetof("pa_sink_input_info", "proplist") == 344


def test_a_machine_without_it_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        def dlopen(self, name: str) -> None:
            raise OSError(name)

    monkeypatch.setattr(pulse_library, "interface", lambda _: Nothing())
    pulse_library.load.cache_clear()
    assert pulse_library.load() is None
    pulse_library.load.cache_clear()
