"""Which hardware encoders are worth a trial."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from visio_desktop.media.hardware.candidates import CANDIDATES, likely, named


def names(platform: str, devices: Path) -> list[str]:
    return [each.name for each in likely(platform, devices)]


def test_on_linux_only_where_there_is_a_device(tmp_path: Path) -> None:
    assert names("linux", tmp_path) == []
    (tmp_path / "dri").mkdir()
    (tmp_path / "dri" / "renderD128").touch()
    assert names("linux", tmp_path) == ["h264_qsv", "h264_amf"]
    (tmp_path / "nvidiactl").touch()
    (tmp_path / "video11").touch()
    found = names("linux", tmp_path)
    assert found == ["h264_nvenc", "h264_qsv", "h264_amf", "h264_v4l2m2m", "vp8_v4l2m2m"]


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("win32", ["h264_nvenc", "h264_qsv", "h264_amf", "h264_mf"]),
        ("darwin", ["h264_videotoolbox"]),
        ("freebsd", []),
    ],
)
def test_elsewhere_those_of_the_system(platform: str, expected: list[str], tmp_path: Path) -> None:
    assert names(platform, tmp_path) == expected


def test_each_is_known_by_its_name_and_to_this_library() -> None:
    for each in CANDIDATES:
        assert named(each.name) is each
        if "linux" in each.platforms and not each.name.endswith("v4l2m2m"):
            formats = av.Codec(each.name, "w").video_formats or []
            assert each.pixels in {found.name for found in formats}
    assert named("libx264") is None
