from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.helpers.pictures import FakeClock, people, psnr_db
from visio_desktop.media.errors import FileError
from visio_desktop.media.sources.file import FileSource
from visio_desktop.media.sources.pace import Pace
from visio_desktop.meeting.values import Problem, ProblemCode


def _write(path: Path, pictures: int, fps: int = 20, pix_fmt: str = "yuv420p") -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4" if pix_fmt == "yuv420p" else "mjpeg", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 320, 180, pix_fmt
        stream.bit_rate = 2_000_000
        for number, frame in enumerate(people(pictures)):
            assert frame.stacked is not None
            picture = av.VideoFrame.from_ndarray(frame.stacked, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(picture.reformat(format=pix_fmt)))
        container.mux(stream.encode())


def _source(path: Path, clock: FakeClock) -> FileSource:
    return FileSource(str(path), clock=clock, pace=Pace(clock, clock.sleep))


def test_a_file_is_played_at_its_pace_and_again_from_its_end(tmp_path: Path) -> None:
    _write(tmp_path / "clip.mp4", 5)
    clock = FakeClock()
    source = _source(tmp_path / "clip.mp4", clock)
    frames = [source.read() for _ in range(12)]
    assert source.name == "clip.mp4"
    assert [frame.capture_ms for frame in frames] == pytest.approx([50 * n for n in range(12)])
    original = people(5)
    for number in (0, 4, 5, 11):
        assert psnr_db(frames[number].y, original[number % 5].y) > 30
    source.close()


def test_other_pixel_formats_become_i420(tmp_path: Path) -> None:
    _write(tmp_path / "clip.avi", 2, pix_fmt="yuvj420p")
    frame = _source(tmp_path / "clip.avi", FakeClock()).read()
    assert frame.y.shape == (180, 320)
    assert psnr_db(frame.y, people(1)[0].y) > 28


def test_a_missing_file_and_one_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        _source(tmp_path / "none.mp4", FakeClock())
    assert caught.value.problem == Problem(ProblemCode.FILE_MISSING, "none.mp4")
    for content in (b"", b"no film at all" * 100):
        (tmp_path / "bad.mp4").write_bytes(content)
        with pytest.raises(FileError) as caught:
            _source(tmp_path / "bad.mp4", FakeClock())
        assert caught.value.problem.code is ProblemCode.FILE_UNREADABLE


def test_a_file_without_a_picture_stream_is_unreadable(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame(format="s16", layout="mono", samples=160)
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(FileError) as caught:
        _source(tmp_path / "sound.wav", FakeClock())
    assert caught.value.problem.code is ProblemCode.FILE_UNREADABLE


def test_a_picture_that_stands_long_is_repeated(tmp_path: Path) -> None:
    _write(tmp_path / "slow.mkv", 2, fps=1)
    clock = FakeClock()
    source = _source(tmp_path / "slow.mkv", clock)
    times = [source.read().capture_ms for _ in range(5)]
    assert max(b - a for a, b in itertools.pairwise(times)) <= 1000
