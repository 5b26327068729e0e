"""What is not loaded before it is needed: each of these costs every start, or every start into a meeting, its time."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "PySide6",
    "OpenSSL",
    "aiortc.rtcdtlstransport",
    "av",
    "cffi",
    "cryptography",
    "cv2",
    "jwt",
    "livekit.rtc",
    "numpy",
)
PROBE = "import sys\n{first}\nprint(*sorted({heavy!r} & sys.modules.keys()))"
ADAPTERS = (
    "import visio_desktop.servers.lasuite.adapter, visio_desktop.servers.livekit.adapter"
    "\nimport visio_desktop.servers.practice.adapter"
)


def loaded(first: str, names: tuple[str, ...]) -> set[str]:
    code = PROBE.format(first=first, heavy=set(names))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("first", ["import visio_desktop.app", ADAPTERS])
def test_the_first_words_to_a_server_need_no_media(first: str) -> None:
    assert loaded(first, HEAVY) == set()


def test_the_program_needs_no_network_library_to_begin() -> None:
    assert loaded("import visio_desktop.app", ("aiohttp", "google.protobuf")) == set()


def test_of_aiortc_only_the_transports_are_loaded() -> None:
    unused = ("aiortc.rtcpeerconnection", "aiortc.rtcrtpreceiver", "aiortc.codecs", "aiortc.mediastreams")
    assert loaded("import visio_desktop.rtc.peer", unused) == set()


def test_of_livekit_only_the_messages_of_a_meeting_are_loaded() -> None:
    unused = ("livekit.protocol.egress", "livekit.protocol.sip", "livekit.protocol.agent")
    assert loaded("import visio_desktop.servers.livekit.session", unused) == set()


def test_the_window_needs_no_media() -> None:
    assert loaded("import visio_desktop.ui.application, visio_desktop.ui.pages.room", HEAVY[1:]) == set()
