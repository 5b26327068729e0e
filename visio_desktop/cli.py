"""The command line: words in, one frozen command out. What a command does stands in `app`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from visio_desktop import __version__
from visio_desktop.system.texts import tr

EXIT_DONE = 0
EXIT_BAD_COMMAND = 2
EXIT_NOT_JOINED = 3
EXIT_DROPPED = 4

PROGRAM = "visio-desktop"
TEMPLATES = ("admx", "adml-en", "adml-fr", "mobileconfig", "json", "markdown")
_LONGEST_DURATION_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Window:
    """Open the window, at home or at a link's pre-join; in the background it is not shown."""

    link: str = ""
    background: bool = False
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Join a link; `no_prejoin` joins at once, `duration_s` leaves by itself and ends the program."""

    link: str
    name: str = ""
    camera: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    token_file: str = ""
    password_file: str = ""
    no_prejoin: bool = False
    duration_s: float | None = None
    report: Path | None = None
    screenshot: Path | None = None
    ledger: Path | None = None
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Try the way to a link's server."""

    link: str
    as_json: bool = False
    token_file: str = ""
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class SelfTest:
    """See whether the installation is whole."""

    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Logs:
    """Write the log bundle into a file, or show what it would hold."""

    out: Path | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """Open `visio://` links with this program, or no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class Policies:
    """List what the organisation has decided; or give a template of this format, or write all into a folder."""

    template: str = ""
    folder: Path | None = None


Command = Window | Join | Check | Register | Policies | SelfTest | Logs


def parse(arguments: Sequence[str]) -> Command:
    """The command these words mean. Raises `SystemExit` (2) with one sentence on standard error."""
    words = list(arguments)
    if not words or words[0] not in (*_COMMANDS, *_OF_ITSELF):
        words.insert(0, "open")
    chosen = _parser().parse_args(words)
    match chosen.command:
        case "demo":
            return Join(
                "practice:",
                name=tr("cli.demo_name"),
                camera="test:plain",
                microphone="test",
                speaker="null",
                no_prejoin=True,
                duration_s=chosen.duration,
                report=chosen.report,
                screenshot=chosen.screenshot,
                ledger=chosen.ledger,
                verbose=chosen.verbose,
            )
        case "join":
            return _join(chosen)
        case "check" | "selftest":
            return _check(chosen)
        case "register" | "unregister":
            return Register(on=chosen.command == "register")
        case "policies" | "logs":
            return _files(chosen)
        case _:
            return Window(chosen.link or "", background=chosen.background, verbose=chosen.verbose)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_BAD_COMMAND, tr("cli.bad_command", detail=message.rstrip(".")) + "\n")


def _check(chosen: argparse.Namespace) -> Check | SelfTest:
    if chosen.command == "selftest":
        return SelfTest(as_json=chosen.json)
    return Check(chosen.link, as_json=chosen.json, token_file=chosen.token_file, verbose=chosen.verbose)


def _files(chosen: argparse.Namespace) -> Policies | Logs:
    if chosen.command == "logs":
        return Logs(chosen.out, shown=chosen.print)
    return Policies(chosen.format, chosen.out)


def _join(chosen: argparse.Namespace) -> Join:
    return Join(
        chosen.link,
        name=chosen.name,
        camera=chosen.camera,
        microphone=chosen.microphone,
        speaker=chosen.speaker,
        token_file=chosen.token_file,
        password_file=chosen.password_file,
        no_prejoin=chosen.no_prejoin,
        duration_s=chosen.duration,
        report=chosen.report,
        screenshot=chosen.screenshot,
        ledger=chosen.ledger,
        verbose=chosen.verbose,
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=PROGRAM, description=tr("cli.about"), allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    opened = commands.add_parser("open", help=tr("cli.open"), allow_abbrev=False)
    opened.add_argument("link", nargs="?", metavar="LINK", help=tr("cli.link"))
    opened.add_argument("--background", action="store_true", help=tr("cli.background"))
    _add_verbose(opened)
    demo = commands.add_parser("demo", help=tr("cli.demo"), allow_abbrev=False)
    _add_run(demo)
    check = commands.add_parser("check", help=tr("cli.check"), allow_abbrev=False)
    check.add_argument("link", metavar="LINK", help=tr("cli.link"))
    check.add_argument("--json", action="store_true", help=tr("cli.json"))
    _add_verbose(check)
    _add_file(check, "--token-file", "cli.token_file")
    _add_join(commands.add_parser("join", help=tr("cli.join"), allow_abbrev=False))
    commands.add_parser("register", help=tr("cli.register"), allow_abbrev=False)
    commands.add_parser("unregister", help=tr("cli.unregister"), allow_abbrev=False)
    selftest = commands.add_parser("selftest", help=tr("cli.selftest"), allow_abbrev=False)
    selftest.add_argument("--json", action="store_true", help=tr("cli.json"))
    logs = commands.add_parser("logs", help=tr("cli.logs"), allow_abbrev=False)
    logs.add_argument("--out", type=Path, metavar="FILE.zip", help=tr("cli.logs_out"))
    logs.add_argument("--print", action="store_true", help=tr("cli.logs_print"))
    policies = commands.add_parser("policies", help=tr("cli.policies"), allow_abbrev=False)
    policies.add_argument("--format", default="", choices=TEMPLATES, help=tr("cli.policies_format"))
    policies.add_argument("--out", type=Path, metavar="DIR", help=tr("cli.policies_out"))
    return parser


def _add_join(join: argparse.ArgumentParser) -> None:
    join.add_argument("link", metavar="LINK", help=tr("cli.link"))
    join.add_argument("--name", required=True, metavar="NAME", type=_name, help=tr("cli.name"))
    for device in ("camera", "microphone", "speaker"):
        join.add_argument(f"--{device}", metavar="SPEC", help=tr(f"cli.{device}"))
    _add_file(join, "--token-file", "cli.token_file")
    _add_file(join, "--password-file", "cli.password_file")
    join.add_argument("--no-prejoin", action="store_true", help=tr("cli.no_prejoin"))
    _add_run(join)


def _add_file(parser: argparse.ArgumentParser, option: str, text: str) -> None:
    parser.add_argument(option, default="", metavar="FILE|-", help=tr(text))


def _add_verbose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verbose", action="store_true", help=tr("cli.verbose"))


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_verbose(parser)
    parser.add_argument("--duration", type=_duration_s, metavar="SECONDS", help=tr("cli.duration"))
    parser.add_argument("--report", type=Path, metavar="FILE.json", help=tr("cli.report"))
    parser.add_argument("--screenshot", type=Path, metavar="FILE.png", help=tr("cli.screenshot"))
    parser.add_argument("--ledger", type=Path, metavar="FILE", help=tr("cli.ledger"))


def _duration_s(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST_DURATION_S:
        raise argparse.ArgumentTypeError(tr("cli.bad_duration"))
    return seconds


def _name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(tr("cli.bad_name"))
    return text.strip()


_COMMANDS = ("open", "demo", "check", "join", "register", "unregister", "policies", "logs", "selftest")
_OF_ITSELF = ("--version", "--help", "-h")
