from __future__ import annotations

import pytest

from visio_desktop.media.errors import CodecError
from visio_desktop.media.pyav_codec import create_context


def test_codecs_go_by_ffmpegs_names() -> None:
    assert create_context("vp8", "r").name == "vp8"
    with pytest.raises(CodecError, match="not in this PyAV"):
        create_context("no such codec", "r")
    with pytest.raises(CodecError, match="no video codec"):
        create_context("libopus", "w")
