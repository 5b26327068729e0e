from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.engine.last_words import MOST_BYTES, MOST_LINES, LastWords, harmless


def run(words: LastWords, *lines: str) -> None:
    process = subprocess.Popen([sys.executable, "-S", "-c", "\n".join(("import sys", *lines))], stderr=words.descriptor)
    words.begin()
    process.wait()


async def test_what_a_program_said_last_is_kept() -> None:
    words = LastWords()
    run(words, "sys.stderr.write('no display\\n')", "sys.exit(1)")
    assert await words.said() == "no display"


async def test_only_the_end_of_much_is_kept_and_whoever_says_it_need_not_wait() -> None:
    words = LastWords()
    run(words, "for n in range(200_000): sys.stderr.write(f'line {n}\\n')")
    said = await words.said()
    assert said.splitlines()[-1] == "line 199999"
    assert len(said.splitlines()) == MOST_LINES


async def test_a_program_that_was_never_started_leaves_nothing_open() -> None:
    words = LastWords()
    ends = (words.descriptor, words._end)
    words.forget()
    for end in ends:
        with pytest.raises(OSError, match="descriptor"):
            os.fstat(end)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "could not load https://idp.example/cb?code=s3cr3t&state=x now",
            "could not load https://idp.example/cb?[hidden] now",
        ),
        ("at https://idp.example/#access_token=s3cr3t", "at https://idp.example/?[hidden]"),
        ("Set-Cookie: sessionid=s3cr3t; Path=/", "Set-Cookie: sessionid=[hidden]; Path=/"),
        ("value 9f8e7d6c5b4a39281706f5e4d3c2b1a0 refused", "value [hidden] refused"),
        ("js: my password is s3cr3t", ""),
        (
            "[0100:ERROR:gpu_init.cc(441)] Passthrough is not supported",
            "[0100:ERROR:gpu_init.cc(441)] Passthrough is not supported",
        ),
        ("bell \x07 and \x1b[31m red", "bell  and [31m red"),
    ],
)
def test_nothing_secret_is_kept(said: str, kept: str) -> None:
    assert harmless(said) == kept


@given(st.text(max_size=4_000))
def test_whatever_is_said_is_short_and_can_be_shown(said: str) -> None:
    kept = harmless(said)
    assert len(kept) <= MOST_LINES * 301
    assert all(line.isprintable() for line in kept.split("\n"))


def test_a_giant_line_takes_no_time() -> None:
    assert len(harmless("a" * MOST_BYTES)) == 300
