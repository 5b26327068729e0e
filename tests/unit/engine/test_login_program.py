"""The other side of the pipe is a few lines of Python that speak as the login program does, or do not."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

import pytest

from visio_desktop.engine import login_program
from visio_desktop.engine.login_program import LoginFailed, LoginProgram
from visio_desktop.login.wire import Begin, Failure

BEGIN = Begin("https://h.example", "folder")
SPEAK = """
import sys
from visio_desktop.login.wire import Begin, Done, Failed, Failure, Shown, decode, encode
def say(message):
    sys.stdout.buffer.write(message if isinstance(message, bytes) else encode(message))
    sys.stdout.buffer.flush()
begin = decode(sys.stdin.buffer.readline())
"""


def program(*lines: str) -> LoginProgram:
    return LoginProgram((sys.executable, "-c", SPEAK + "\n".join(lines)))


async def failure(made: LoginProgram, begin: Begin = BEGIN) -> Failure:
    with pytest.raises(LoginFailed) as failed:
        await made.run(begin, lambda: None)
    return failed.value.why


async def test_a_login_is_shown_and_gives_cookies() -> None:
    shown: list[bool] = []
    made = program("say(Shown())", "say(b'rubbish\\n')", "say(Begin('', ''))", "say(Done({'sessionid': begin.server}))")
    assert await made.run(BEGIN, lambda: shown.append(True)) == {"sessionid": "https://h.example"}
    assert shown == [True]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["say(Failed(Failure.UNTRUSTED))"], Failure.UNTRUSTED),
        (["sys.exit(3)"], Failure.CRASHED),
        (["say(b'x' * 1_000_000 + b'\\n')"], Failure.CRASHED),
    ],
)
async def test_what_goes_wrong_is_told(lines: list[str], why: Failure) -> None:
    assert await failure(program(*lines)) is why


async def test_a_program_that_is_not_there_counts_as_no_engine() -> None:
    assert await failure(LoginProgram(("/nowhere/login",))) is Failure.NO_ENGINE


async def test_one_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_program, "SILENT_S", 0.3)
    made = program("sys.stdin.buffer.read()")
    assert await failure(made, Begin("https://h.example", "folder", silent=True)) is Failure.TIMED_OUT


@pytest.mark.parametrize(
    ("last", "logged"), [("sys.exit(3)", True), ("say(Failed(Failure.CANCELLED))", False), ("say(Done({}))", False)]
)
async def test_what_it_said_is_logged_where_it_fails_without_secrets(
    last: str, logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    made = program("sys.stderr.write('no display, https://h.example/cb?code=s3cr3t\\n')", last)
    with suppress(LoginFailed):
        await made.run(BEGIN, lambda: None)
    told = [record for record in caplog.records if record.getMessage() == "login_program_failed"]
    assert [vars(record)["fields"]["said"] for record in told] == (
        ["no display, https://h.example/cb?[hidden]"] if logged else []
    )
    assert "s3cr3t" not in caplog.text


async def test_cancelled_it_ends_even_one_that_does_not_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login_program, "END_S", 0.1)
    shown = asyncio.Event()
    made = program("say(Shown())", "import time", "time.sleep(60)")
    task = asyncio.get_running_loop().create_task(_run(made, shown))
    await shown.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _run(made: LoginProgram, shown: asyncio.Event) -> None:
    await made.run(BEGIN, shown.set)
