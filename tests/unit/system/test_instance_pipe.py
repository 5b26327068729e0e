"""Whatever of it runs anywhere; the pipe itself under wine, in `tests/packages/test_windows_msi.py`."""

from __future__ import annotations

import socket
import threading
from io import RawIOBase
from pathlib import Path

import pytest

from visio_desktop.system import instance_pipe
from visio_desktop.system.instance import Call, parse_call
from visio_desktop.system.instance_pipe import PREFIX, PipeInstance, hand_over, read, written

CALL = Call("https://meet.example.org/abc-defg-hij", "token")


def test_the_name_of_a_pipe_is_told_to_whoever_may_read_the_folder(tmp_path: Path) -> None:
    names = {written(tmp_path / "display.pipe") for _ in range(2)}
    assert len(names) == 2, "nobody can guess it"
    assert read(tmp_path / "display.pipe") in names


@pytest.mark.parametrize(
    "text", ["", "visio-desktop", "\\\\server\\pipe\\visio-desktop-" + "0" * 32, PREFIX + "0" * 90, "ü"]
)
def test_what_is_no_name_of_ours_is_not_opened(tmp_path: Path, text: str) -> None:
    (tmp_path / "display.pipe").write_text(text, encoding="utf-8")
    assert read(tmp_path / "display.pipe") == ""
    assert read(tmp_path / "missing.pipe") == ""


async def test_where_no_name_can_be_written_nobody_calls(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        first = PipeInstance(tmp_path / "missing" / "display.pipe", lock)
        assert first.name == ""
        await first.serve(lambda _: None)


def test_at_the_end_the_name_is_gone(tmp_path: Path) -> None:
    first = PipeInstance(tmp_path / "display.pipe", (tmp_path / "lock").open("w"))
    assert read(tmp_path / "display.pipe") == first.name
    first.release()
    assert read(tmp_path / "display.pipe") == ""


@pytest.mark.parametrize(("answer", "taken"), [(b"ok\n", True), (b"no\n", False), (b"", False)])
def test_a_call_is_handed_over_and_its_answer_heard(tmp_path: Path, answer: bytes, taken: bool) -> None:
    name, opened, heard = written(tmp_path / "display.pipe"), list[str](), list[bytes]()
    near, far = socket.socketpair()

    def first() -> None:
        with far, far.makefile("rb") as lines:
            heard.append(lines.readline())
            far.sendall(answer)

    thread = threading.Thread(target=first)
    thread.start()

    def open_pipe(asked: str) -> RawIOBase:
        opened.append(asked)
        return near.makefile("rwb", buffering=0)

    with near:
        assert hand_over(tmp_path / "display.pipe", CALL, open_pipe) is taken
    thread.join()
    assert opened == [name]
    assert parse_call(heard[0]) == CALL


def test_one_that_is_not_there_yet_is_waited_for_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance_pipe, "LISTENING_S", 0.0)
    assert not hand_over(tmp_path / "display.pipe", CALL)
    written(tmp_path / "display.pipe")
    tried = list[str]()

    def nobody(name: str) -> RawIOBase:
        tried.append(name)
        raise FileNotFoundError

    assert not hand_over(tmp_path / "display.pipe", CALL, nobody)
    assert tried


def test_elsewhere_than_on_windows_nobody_is_the_first_by_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance_pipe, "LISTENING_S", 0.0)
    second = instance_pipe.meet(tmp_path, "display", CALL)
    assert second is not None
    assert not isinstance(second, PipeInstance)
    unclaimed = instance_pipe.meet(tmp_path / "missing", "display", CALL)
    assert unclaimed is not None
