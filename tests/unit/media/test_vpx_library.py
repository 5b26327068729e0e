from __future__ import annotations

import pytest

from visio_desktop.media import vpx_library
from visio_desktop.media.errors import CodecError


def test_the_library_inside_pyav_has_the_expected_interface() -> None:
    library = vpx_library.load()
    assert vpx_library.ffi.string(library.vpx_codec_version_str()).startswith(b"v1.")
    assert vpx_library.load() is library


def test_another_interface_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpx_library, "ENCODER_ABI", 38)
    with pytest.raises(CodecError, match="interface version"):
        vpx_library.load.__wrapped__()


def test_no_library_is_a_codec_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vpx_library, "find_library", lambda stem: None)
    with pytest.raises(CodecError, match="no libvpx"):
        vpx_library.load.__wrapped__()
