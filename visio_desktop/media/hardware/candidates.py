"""The hardware encoders that PyAV's wheels know by name, and what each is told so that it works as a meeting needs.

What the wheels of PyAV 18.1.0 (FFmpeg 8.1.2) carry for H.264: Windows `mf`, `nvenc`, `qsv`, `amf`; Linux on x86-64
`nvenc`, `qsv`, `amf`, `v4l2m2m`, on ARM `v4l2m2m`; macOS `videotoolbox`. For VP8 there is `v4l2m2m` alone.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from visio_desktop.rtc.frames import Codec


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoder by FFmpeg's name; `platforms` as `sys.platform` has them, `devices` one of which Linux must have."""

    name: str
    codec: Codec
    platforms: tuple[str, ...]
    options: Mapping[str, str] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    pixels: str = "nv12"


# Constrained baseline as WebRTC asks (RFC 7742), nothing held back, a key frame where one is asked for.
CANDIDATES: Final = (
    Candidate(
        "h264_nvenc",
        Codec.H264,
        ("win32", "linux"),
        {"preset": "p1", "tune": "ull", "profile": "baseline", "rc": "cbr", "zerolatency": "1", "forced-idr": "1"}
        | {"delay": "0"},
        ("nvidiactl",),
        "yuv420p",
    ),
    Candidate(
        "h264_qsv",
        Codec.H264,
        ("win32", "linux"),
        {"preset": "veryfast", "profile": "baseline", "async_depth": "1", "low_delay_brc": "1", "forced_idr": "1"},
        ("dri/renderD*",),
    ),
    Candidate(
        "h264_amf",
        Codec.H264,
        ("win32", "linux"),
        {"usage": "ultralowlatency", "profile": "constrained_baseline", "rc": "cbr", "forced_idr": "1"},
        ("dri/renderD*",),
    ),
    Candidate(
        "h264_videotoolbox",
        Codec.H264,
        ("darwin",),
        {"realtime": "1", "profile": "constrained_baseline", "allow_sw": "0", "prio_speed": "1"},
    ),
    Candidate(
        "h264_mf",
        Codec.H264,
        ("win32",),
        {"rate_control": "cbr", "scenario": "video_conference", "hw_encoding": "1"},
    ),
    Candidate("h264_v4l2m2m", Codec.H264, ("linux",), {}, ("video1?",), "yuv420p"),
    Candidate("vp8_v4l2m2m", Codec.VP8, ("linux",), {}, ("video1?",), "yuv420p"),
)


def known(platform: str = sys.platform) -> tuple[Candidate, ...]:
    """Those that a system like this may have, the best first."""
    return tuple(each for each in CANDIDATES if platform in each.platforms)


def likely(platform: str = sys.platform, devices: Path = Path("/dev")) -> tuple[Candidate, ...]:
    """Those that may work here, the best first: where the device is missing nobody need be tried."""
    return tuple(
        each
        for each in known(platform)
        if platform != "linux" or any(found for name in each.devices for found in devices.glob(name))
    )


def named(name: str) -> Candidate | None:
    """The candidate of this name."""
    return next((each for each in CANDIDATES if each.name == name), None)
