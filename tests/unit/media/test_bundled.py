from __future__ import annotations

from pathlib import Path

import pytest

from visio_desktop.media.bundled import _is_library, find_library


@pytest.mark.parametrize("stem", ["libopus", "libvpx"])
def test_codec_libraries_are_in_the_wheel(stem: str) -> None:
    path = find_library(stem)
    assert path is not None
    assert path.is_file()


def test_unknown_libraries_are_not_found() -> None:
    assert find_library("libnothing") is None


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("libopus-114e2b1a.so.0.11.1", True),
        ("libopus.0.dylib", True),
        ("libopus-0-abc.dll", True),
        ("libopusfile-1.so", False),
        ("libopus-notes.txt", False),
    ],
)
def test_names_of_all_systems(name: str, right: bool) -> None:
    assert _is_library(Path(name), "libopus") is right
