"""The practice meeting's process: real ones."""

from __future__ import annotations

import pytest

from tests.helpers.practice_children import DEAF, ENDS_AT_ONCE, MISSING, WELCOME, running, saying
from visio_desktop.servers.practice import child as module
from visio_desktop.servers.practice.child import Child
from visio_desktop.servers.practice.wire import LONGEST_LINE, Hello, Line, Welcome

HELLO = Hello("Odile", "en")


async def test_what_the_process_says_is_heard_and_rubbish_passed_over() -> None:
    child = await Child.start(saying("rubbish", '{"is": "Nobody"}', WELCOME))
    child.send(HELLO)
    assert await child.next_message() == Welcome("you", "Practice")
    await child.end()
    assert await child.next_message() is None
    assert child._process.returncode == 0


async def test_what_is_said_reaches_it() -> None:
    echo = running('sys.stdout.write(said.replace("Hello", "Nobody") + sys.stdin.readline())')
    child = await Child.start(echo)
    line = Line("l1", "you", "à bientôt", 5.0)
    child.send(HELLO)
    child.send(line)
    assert [message async for message in child.messages()] == [line]
    await child.end()


async def test_a_line_without_end_ends_the_conversation() -> None:
    child = await Child.start(
        running(f"sys.stdout.write('x' * {LONGEST_LINE * 2}); sys.stdout.flush(); time.sleep(60)")
    )
    child.send(HELLO)
    assert await child.next_message() is None
    child._process.kill()
    await child.end()


async def test_to_a_process_that_is_gone_nothing_is_said() -> None:
    child = await Child.start(ENDS_AT_ONCE)
    child.send(HELLO)
    assert await child.next_message() is None
    await child.end()
    child.send(HELLO)


async def test_a_process_that_does_not_follow_is_ended_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "END_TIMEOUT_S", 0.05)
    child = await Child.start(DEAF)
    child.send(HELLO)
    await child.end()
    assert child._process.returncode == -9
    await child.end()


async def test_a_process_that_cannot_be_started_is_an_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        await Child.start(MISSING)
