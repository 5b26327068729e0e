"""Words in, one frozen command out."""

from __future__ import annotations

from pathlib import Path

import pytest

from visio_desktop import __version__
from visio_desktop.cli import (
    EXIT_BAD_COMMAND,
    TEMPLATES,
    Check,
    Join,
    Logs,
    Policies,
    Register,
    SelfTest,
    Window,
    parse,
)

LINK = "livekit+wss://media.example.org?room=weekly"


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ([], Window()),
        ([LINK], Window(LINK)),
        (["open", LINK], Window(LINK)),
        (["--background"], Window(background=True)),
        (["open", LINK, "--background"], Window(LINK, background=True)),
        (["register"], Register(on=True)),
        (["unregister"], Register(on=False)),
        (["policies"], Policies()),
        (["policies", "--out", "d"], Policies(folder=Path("d"))),
        *((["policies", "--format", name], Policies(name)) for name in TEMPLATES),
        (["check", LINK], Check(LINK)),
        (["selftest"], SelfTest()),
        (["selftest", "--json"], SelfTest(as_json=True)),
        (["check", LINK, "--json", "--token-file", "-"], Check(LINK, as_json=True, token_file="-")),
        (["join", LINK, "--name", " Ada "], Join(LINK, name="Ada")),
    ],
)
def test_commands(words: list[str], command: object) -> None:
    assert parse(words) == command


def test_a_join_with_everything() -> None:
    words = ["join", LINK, "--name", "Ada", "--camera", "file:a.mp4", "--microphone", "none", "--speaker", "null"]
    words += ["--token-file", "t", "--password-file", "p", "--no-prejoin", "--duration", "2.5"]
    assert parse([*words, "--report", "r.json", "--screenshot", "s.png", "--ledger", "l.csv"]) == Join(
        LINK,
        name="Ada",
        camera="file:a.mp4",
        microphone="none",
        speaker="null",
        token_file="t",
        password_file="p",
        no_prejoin=True,
        duration_s=2.5,
        report=Path("r.json"),
        screenshot=Path("s.png"),
        ledger=Path("l.csv"),
    )


def test_the_demo_joins_the_practice_meeting_with_test_devices_at_once() -> None:
    demo = parse(["demo", "--duration", "8"])
    assert isinstance(demo, Join)
    assert (demo.link, demo.speaker, demo.duration_s, demo.no_prejoin) == ("practice:", "null", 8.0, True)
    assert str(demo.camera).startswith("test")
    assert str(demo.microphone).startswith("test")
    assert demo.name


@pytest.mark.parametrize(
    "words",
    [
        ["join"],
        ["join", LINK],
        ["join", LINK, "--name", " "],
        ["join", LINK, "--name", "Ada", "--duration", "soon"],
        ["join", LINK, "--name", "Ada", "--duration", "0"],
        ["join", LINK, "--name", "Ada", "--duration", "nan"],
        ["join", LINK, "--name", "Ada", "--duration", "inf"],
        ["join", LINK, "--name", "Ada", "--dur", "5"],
        ["join", LINK, "--name", "Ada", "--token", "secret"],
        ["check"],
        [LINK, "another"],
        ["--unknown"],
    ],
)
def test_a_wrong_command_is_refused_in_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == EXIT_BAD_COMMAND
    said = capsys.readouterr()
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "told"), [(["--version"], __version__), (["--help"], "check"), (["join", "--help"], "--report")]
)
def test_help_and_version_go_to_standard_output(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 0
    assert told in capsys.readouterr().out


def test_logs_are_written_or_shown_and_a_run_may_say_more() -> None:
    assert parse(["logs", "--out", "x.zip"]) == Logs(Path("x.zip"))
    assert parse(["logs", "--print"]) == Logs(shown=True)
    for words in (["--verbose"], ["open", "--verbose"], ["demo", "--verbose"], ["check", "x", "--verbose"]):
        assert parse(words).verbose, words  # type: ignore[union-attr] # these have it
    assert not parse(["demo"]).verbose  # type: ignore[union-attr] # as above
