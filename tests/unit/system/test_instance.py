from __future__ import annotations

import asyncio
import json
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system import instance
from visio_desktop.system.instance import Call, Instance, meet, parse_call, place

LINK = "https://meet.example.org/abc-defg-hij"


async def served(first: Instance, work: Callable[[], object]) -> tuple[list[Call], object]:
    """What the first one hears while `work` is done in a thread, and what that gives."""
    heard: list[Call] = []
    task = asyncio.get_running_loop().create_task(first.serve(heard.append))
    try:
        return heard, await asyncio.to_thread(work)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_second_start_hands_its_link_over(tmp_path: Path) -> None:
    first = meet(tmp_path, "display", Call())
    assert first is not None
    heard, second = await served(first, lambda: meet(tmp_path, "display", Call(LINK, "token-1")))
    assert second is None
    assert heard == [Call(LINK, "token-1")]
    first.release()


def test_after_the_end_the_next_start_is_the_first(tmp_path: Path) -> None:
    first = meet(tmp_path, "display", Call())
    assert first is not None
    first.release()
    assert list(tmp_path.glob("*.socket")) == []
    again = meet(tmp_path, "display", Call(LINK))
    assert again is not None
    again.release()


def test_after_a_crash_too(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "display.socket"))
    left.close()
    first = meet(tmp_path, "display", Call())
    assert first is not None
    assert (tmp_path / "display.socket").is_socket()
    first.release()


def test_other_displays_have_their_own(tmp_path: Path) -> None:
    here, there = meet(tmp_path, "a", Call()), meet(tmp_path, "b", Call())
    assert here is not None
    assert there is not None
    here.release()
    there.release()


def test_one_that_hangs_costs_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "PATIENCE_S", 0.05)
    monkeypatch.setattr(instance, "LISTENING_S", 0.0)
    first = meet(tmp_path, "display", Call())
    assert first is not None
    second = meet(tmp_path, "display", Call(LINK))
    assert second is not None, "nobody took the call: an own window"
    second.release()
    assert (tmp_path / "display.socket").is_socket(), "the first one's socket stays"
    first.release()


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    first = meet(tmp_path, "display", Call())
    assert first is not None
    first.release()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.parametrize("folder", ["missing", "x" * 120])
async def test_where_there_can_be_no_socket_everybody_is_the_first(tmp_path: Path, folder: str) -> None:
    if folder != "missing":
        (tmp_path / folder).mkdir()
    for _ in range(2):
        mine = meet(tmp_path / folder, "display", Call(LINK))
        assert mine is not None
        await mine.serve(lambda _: None)
        mine.release()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"[]\n",
        b'{"link": 1, "activation": ""}\n',
        b"x" * 100_000,
        b'{"link": "a\\u0000b", "activation": ""}\n',
    ],
)
async def test_what_is_no_call_is_let_go(tmp_path: Path, line: bytes) -> None:
    first = meet(tmp_path, "display", Call())
    assert first is not None

    def speak() -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(tmp_path / "display.socket"))
            with suppress(OSError):
                connection.sendall(line)
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                return connection.recv(10)
            return b""

    heard, answer = await served(first, speak)
    assert answer == b""
    assert heard == []
    first.release()


@given(st.binary() | st.builds(lambda link: json.dumps({"link": link, "activation": ""}).encode(), st.text()))
def test_any_line_is_a_bearable_call_or_none(line: bytes) -> None:
    call = parse_call(line)
    assert call is None or (call.link.isprintable() and len(call.link) <= instance.LONGEST_TEXT)


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({"DISPLAY": ":0"}, "_0"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wayland-0"),
        ({"WAYLAND_DISPLAY": "/run/../x y"}, "_run_.._x_y"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, ""),
    ],
)
def test_one_for_each_display_where_it_is_seen(environment: dict[str, str], name: str) -> None:
    assert place(environment) == name


@pytest.mark.parametrize(
    ("environment", "token"),
    [
        ({"XDG_ACTIVATION_TOKEN": "a", "DESKTOP_STARTUP_ID": "b"}, "a"),
        ({"DESKTOP_STARTUP_ID": "b"}, "b"),
        ({"XDG_ACTIVATION_TOKEN": "a\nb"}, ""),
        ({}, ""),
    ],
)
def test_what_brings_a_window_to_the_front(environment: dict[str, str], token: str) -> None:
    assert instance.activation(environment) == token
