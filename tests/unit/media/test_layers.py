from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.layers import bitrate_for, simulcast_layers


def test_a_camera_has_three_layers() -> None:
    low, middle, high = simulcast_layers((1280, 720), 1_700_000)
    assert [(layer.rid, layer.scale_down) for layer in (low, middle, high)] == [("q", 4), ("h", 2), ("f", 1)]
    assert low.bitrate_bps == pytest.approx(150_000, rel=0.1)
    assert middle.bitrate_bps == pytest.approx(460_000, rel=0.1)
    assert high.bitrate_bps == 1_700_000


@pytest.mark.parametrize(("size_px", "rids"), [((640, 360), "qh"), ((360, 640), "qh"), ((320, 180), "q")])
def test_smaller_pictures_have_fewer(size_px: tuple[int, int], rids: str) -> None:
    layers = simulcast_layers(size_px, 500_000)
    assert "".join(layer.rid for layer in layers) == rids
    assert layers[-1].scale_down == 1.0
    assert layers[-1].bitrate_bps == 500_000


@given(st.integers(2, 4000), st.integers(2, 4000))
def test_less_picture_needs_less_but_never_more_than_all(width: int, height: int) -> None:
    bitrate_bps = bitrate_for((width, height), (1280, 720), 1_700_000)
    assert 0 < bitrate_bps <= 1_700_000
    assert (bitrate_bps == 1_700_000) == (width * height >= 1280 * 720)
