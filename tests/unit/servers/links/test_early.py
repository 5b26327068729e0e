from __future__ import annotations

from visio_desktop.servers.links.early import Early


def test_what_came_too_early_is_kept_for_its_stream_and_given_once() -> None:
    early = Early()
    early.keep("a", ("1", "0"))
    early.keep("b", ("2", "0"))
    early.keep("a", ("3", "1"))
    assert early.take("a") == [("1", "0"), ("3", "1")]
    assert early.take("a") == []
    assert early.take("b") == [("2", "0")]


def test_nobody_fills_the_memory_with_it() -> None:
    early = Early()
    for number in range(1_000):
        early.keep("long", (str(number), "0"))
    assert len(early.take("long")) == 32
    for number in range(1_000):
        early.keep(f"stream{number}", ("1", "0"))
    kept = [number for number in range(1_000) if early.take(f"stream{number}")]
    assert kept == list(range(936, 1_000))
