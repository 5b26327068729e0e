"""The one file that knows every package: wires the parts of a run by hand, in the order in which they start.

Settings and the log come first, then the engine's thread, then the window; media and server code are loaded on the
engine's thread while the window is already seen. Where nobody is to be asked, the first words to the server come before
the window: what the one waits for, the network, and what the other costs, loading Qt, go on at the same time.
"""
# ruff: noqa: PLC0415 - what is costly to import is imported when it is needed

from __future__ import annotations

import asyncio
import gc
import os
import random
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from visio_desktop.cli import EXIT_BAD_COMMAND, EXIT_DONE, Check, Command, Join, Policies, Register, Window
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.engine.attendant import DONE, DROPPED, NOT_JOINED, Attendant
from visio_desktop.engine.engine import Engine
from visio_desktop.engine.services import Services
from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Problem, ProblemCode, Source
from visio_desktop.servers.port import Credentials
from visio_desktop.settings import policy_sources
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.settings.store import Settings
from visio_desktop.system import footprint, instance, loading, log, memory, natives, network_events, paths, power
from visio_desktop.system.clock import epoch_ms, monotonic_ms
from visio_desktop.system.deep_links import plain
from visio_desktop.system.texts import language, set_language, tr

if TYPE_CHECKING:
    from visio_desktop.engine.logins import AccountServices
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.servers.catalog import Catalog
    from visio_desktop.servers.port import AskingAdapter
    from visio_desktop.system.instance import Instance
    from visio_desktop.system.secrets import SecretStore
    from visio_desktop.ui.platform.desktop import DesktopSetup

PRACTICE_COMMAND = (sys.executable, "-m", "visio_desktop.practice")
LOGIN_COMMAND = (sys.executable, "-m", "visio_desktop.login")
LONGEST_SECRET = 64 * 1024
NEEDED_TO_JOIN = (
    "visio_desktop.servers.livekit.adapter",
    "visio_desktop.servers.practice.adapter",
    "visio_desktop.rtc.peer",
    "visio_desktop.servers.livekit.session",
    "visio_desktop.engine.mediakit",
    "visio_desktop.media.decode",
    "visio_desktop.media.convert",
)
# What only one kind of server needs comes last: that kind asks for it earlier by itself.
NEEDED_BY_LA_SUITE = ("visio_desktop.servers.lasuite.adapter", "visio_desktop.servers.lasuite.session")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_log = log.get_logger(__name__)


class CommandRefused(Exception):  # noqa: N818 - reads as what happened
    """The command line names something that cannot be used; the text is for people."""


def run(command: Command) -> int:
    """Carry out a command; answers the exit status."""
    sys.excepthook = tell_of_crash
    log.configure(paths.log_dir() / "visio-desktop.log", "info")
    settings = Settings(paths.config_dir() / "settings.json", policy_sources.Reading().policies)
    log.set_level(_log_level(settings, os.environ.get("VISIO_DESKTOP_LOG", "")))
    set_language(str(settings.get("language")) or None)
    try:
        match command:
            case Check():
                from visio_desktop.diagnostics import preflight

                gc.enable()
                credentials = _credentials(command.token_file, "")
                known = catalog(settings)
                return asyncio.run(preflight.run(command.link, credentials, known, _tell, as_json=command.as_json))
            case Register(on):
                return _register(on=on)
            case Policies():
                return _policies(command, settings)
            case Window():
                return _run_alone(command, settings)
            case Join():
                return _run_window(command, settings, attended=not command.no_prejoin and command.duration_s is None)
    except CommandRefused as refused:
        report = Report(Marks(), errors=[str(refused)])
        _say(str(refused))
        _write(report, command.report if isinstance(command, Join) else None)
        return EXIT_BAD_COMMAND


def tell_of_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A `sys.excepthook`: a plain sentence for people, the traceback for the log."""
    if issubclass(kind, KeyboardInterrupt):
        return
    _log.critical("crashed", exc_info=(kind, error, trace))
    _say(f"{tr('problems.internal')} {tr('problems.internal.next')}")


def catalog(settings: Settings) -> Catalog:
    """Every kind of server this program speaks with."""
    from visio_desktop.net import Web
    from visio_desktop.net.logins import KeptLogins
    from visio_desktop.servers.catalog import Catalog
    from visio_desktop.servers.livekit.adapter import LiveKitAdapter
    from visio_desktop.servers.network import Network
    from visio_desktop.servers.practice.adapter import PracticeAdapter

    practice = PracticeAdapter(PRACTICE_COMMAND, language, epoch_ms=epoch_ms)
    network = Network(settings, KeptLogins(_secrets))
    web = Web(network.dialer)
    livekit = LiveKitAdapter(web, network=network.options)

    def asking() -> Iterator[AskingAdapter]:
        from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter

        yield LaSuiteAdapter(livekit, web, language=language)

    def usual() -> str:
        return str(settings.get("default_server"))

    return Catalog((practice, livekit), asking(), allowed=settings.is_allowed, usual=usual)


@cache
def _secrets() -> SecretStore:
    """One for all: without a keyring what is kept is kept in it."""
    from visio_desktop.system.secrets import open_store

    return open_store()


def load(link: str = "") -> None:
    """Import what joining needs, signalling first: it goes on while the codecs load. Then collect garbage as usual.

    Of a `link` that is of LiveKit by its form nothing is needed that others would need.
    """
    memory.bound_heaps()
    loading.load(*NEEDED_TO_JOIN, *(() if _is_of_livekit(link) else NEEDED_BY_LA_SUITE))
    gc.freeze()
    gc.enable()


def _register(*, on: bool) -> int:
    """Have the desktop open our links with this program, or no longer, and say what was written."""
    from visio_desktop.system import desktop_entry

    if not desktop_entry.is_possible():
        raise CommandRefused(tr("desktop.not_registrable"))
    where = desktop_entry.places(os.environ)
    try:
        paths_ = desktop_entry.register(where, desktop_entry.own_command()) if on else desktop_entry.unregister(where)
    except OSError as error:
        raise CommandRefused(tr("desktop.not_written", detail=error.strerror or str(error))) from error
    written = ", ".join(str(path) for path in paths_)
    told = tr("desktop.registered" if on else "desktop.unregistered", paths=written)
    _tell(told if written else tr("desktop.nothing_registered"))
    return EXIT_DONE


def _policies(command: Policies, settings: Settings) -> int:
    """Say what the organisation has decided, or give what it decides with."""
    from visio_desktop.settings.listing import listed
    from visio_desktop.settings.templates.formats import make, write_all

    try:
        for path in write_all(command.folder) if command.folder is not None else ():
            _tell(tr("policies.written", path=path))
    except OSError as error:
        raise CommandRefused(tr("desktop.not_written", detail=error.strerror or str(error))) from error
    if command.template:
        _tell(make(command.template).rstrip("\n"))
    elif command.folder is None:
        _tell("\n".join(listed(settings.policies())))
    return EXIT_DONE


async def _obey_autostart(settings: Settings) -> None:
    """Start with the session, or no longer, where the organisation has said so."""
    from visio_desktop.settings import autostart
    from visio_desktop.system import desktop_entry

    where, command = desktop_entry.places(os.environ), desktop_entry.own_command()
    await asyncio.to_thread(autostart.obey, settings, where, command)


def _run_alone(window: Window, settings: Settings) -> int:
    """The window, unless one is open on this display already: then that one comes to the front with the link."""
    call = instance.Call(plain(window.link), instance.activation(os.environ))
    mine = instance.meet(paths.runtime_dir(), instance.place(os.environ), call)
    if mine is None:
        return EXIT_DONE
    try:
        return _run_window(
            Join(call.link), settings, attended=True, mine=mine, hidden=window.background and not call.link
        )
    finally:
        mine.release()


def _run_window(
    join: Join, settings: Settings, *, attended: bool, mine: Instance | None = None, hidden: bool = False
) -> int:
    natives.begin()
    report = Report(Marks())
    _see_to_display(attended=attended)
    _refuse_unplayable(join)
    credentials = _credentials(join.token_file, join.password_file)
    services = _services(join, settings, credentials, report.marks)
    engine = Engine(services, chance=random.Random())  # noqa: S311 - waits
    attendant = Attendant(join_at_once=join.no_prejoin, alone=not attended)
    if _is_early(join):
        services.catalog()
        if not _is_of_livekit(join.link):
            import_module(NEEDED_BY_LA_SUITE[0])
    engine.start()
    if mine is not None and settings.policies().active:
        engine.alongside("autostart", partial(_obey_autostart, settings))
    engine.alongside("footprint", footprint.keep_once_settled)
    if _is_early(join):
        loading.hold()
        engine.join_at_once(join.link)
    with ExitStack() as ending:
        ending.callback(footprint.keep, if_none=True)
        ending.push(lambda crash, *_: _finish(report, join.report, attendant, crashed=crash is not None))
        ending.callback(engine.stop)
        _show_window(join, settings, engine, attendant, report, mine, hidden=hidden)
    return attendant.status


def _is_early(join: Join) -> bool:
    """Whether to speak to the server before there is a window; the practice meeting is on this machine."""
    return join.no_prejoin and not join.link.startswith("practice:")


def _is_of_livekit(link: str) -> bool:
    return link.startswith("livekit+")


def _show_window(
    join: Join,
    settings: Settings,
    engine: Engine,
    attendant: Attendant,
    report: Report,
    mine: Instance | None,
    *,
    hidden: bool,
) -> None:
    from visio_desktop.ui.application import RunSetup, run_window
    from visio_desktop.ui.choices import NetworkChoices

    def desktop() -> DesktopSetup:
        from visio_desktop.ui.platform.desktop import DesktopSetup

        return DesktopSetup(engine.alongside, settings.get, settings.remember, settings.policies, mine, hidden)

    setup = RunSetup(
        report.marks,
        link="" if _is_early(join) else join.link,
        attendant=attendant,
        duration_s=join.duration_s,
        screenshot=join.screenshot,
        language=str(settings.get("language")),
        choose_language=lambda code: settings.remember("language", code),
        network=NetworkChoices(
            settings.get, settings.remember, partial(_keep_login, settings), policies=settings.policies
        ),
        place_file=paths.state_dir() / "window.ini",
        first=Page.JOINING if _is_early(join) and _is_of_livekit(join.link) else Page.HOME,
        before_leaving=lambda: engine.fill(report),
        on_seen=loading.go_on,
        desktop=None if attendant.alone else desktop,
        hidden=hidden,
        from_outside=mine is not None,
    )
    report.ui_timer_late_p99_ms = run_window(engine, setup).ui_timer_late_p99_ms


def _keep_login(settings: Settings, name: str, password: str) -> None:
    """Keep who we are to the proxy chosen by hand; in a thread, as the keyring may ask the person to unlock it."""
    from visio_desktop.net.logins import KeptLogins
    from visio_desktop.net.proxies import ProxyLogin, parse_proxy

    proxy = parse_proxy(str(settings.get("proxy_url")))
    if proxy is not None:
        keep = partial(KeptLogins(_secrets).keep, proxy, ProxyLogin(name, password))
        threading.Thread(target=keep, name="keep login", daemon=True).start()


def _services(join: Join, settings: Settings, credentials: Credentials, marks: Marks) -> Services:
    made: list[Catalog] = []

    def the_catalog() -> Catalog:
        if not made:
            made.append(catalog(settings))
        return made[0]

    def media(loop: asyncio.AbstractEventLoop) -> MediaKit:
        from visio_desktop.engine.mediakit import MediaKit

        return MediaKit(loop, clock=monotonic_ms)

    return Services(
        catalog=the_catalog,
        media=media,
        load=partial(load, join.link),
        credentials=lambda _: credentials,
        preferences=_preferences(join, settings.preferences(recent_link)),
        remember=settings.remember,
        marks=marks,
        epoch_ms=epoch_ms,
        monotonic_ms=monotonic_ms,
        new_id=lambda: uuid.uuid4().hex,
        changes=(network_events.watch, power.watch),
        accounts=partial(_accounts, settings),
        most_video_bps=lambda: 1000 * settings.number("video_kbps"),
    )


def _accounts(settings: Settings) -> AccountServices:
    from visio_desktop.engine.account_setup import account_services

    return account_services(settings, _secrets, paths.state_dir(), LOGIN_COMMAND)


def _preferences(join: Join, usual: Preferences) -> Preferences:
    """What the settings say, with what the command line says on top: a device that is named is meant to be used.

    It says nothing where the organisation has decided.
    """
    changed = usual
    if join.name and "name" not in usual.locked:
        changed = replace(changed, name=join.name)
    if join.camera is not None and "camera" not in usual.locked:
        changed = replace(changed, camera=join.camera, camera_on=join.camera != "none")
    if join.microphone is not None and "microphone" not in usual.locked:
        changed = replace(changed, microphone=join.microphone, microphone_on=join.microphone != "none")
    changed = replace(
        changed,
        camera_on=changed.camera_on and Source.CAMERA not in usual.joins_without,
        microphone_on=changed.microphone_on and Source.MICROPHONE not in usual.joins_without,
    )
    if join.speaker is not None and "speaker" not in usual.locked:
        changed = replace(changed, speaker=join.speaker)
    return changed


def recent_link(text: str) -> MeetingLink | None:
    """A remembered link for the list at home; whether it can be joined is seen when it is opened. None for rubbish."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    room = parse_qs(parts.query).get("room", [parts.path.strip("/")])[0]
    return MeetingLink(parts.scheme, text, host, room)


def _credentials(token_file: str, password_file: str) -> Credentials:
    return Credentials(
        token=_secret(token_file),
        api_key=os.environ.get("LIVEKIT_API_KEY", ""),
        api_secret=os.environ.get("LIVEKIT_API_SECRET", ""),
        password=_secret(password_file),
    )


def _secret(name: str) -> str:
    """The secret in a file, or on standard input; nothing without a name. Raises `CommandRefused`."""
    if not name:
        return ""
    try:
        if name == "-":
            return sys.stdin.read(LONGEST_SECRET).strip()
        with Path(name).open(encoding="utf-8") as file:
            return file.read(LONGEST_SECRET).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandRefused(tr("cli.file_unreadable", path=name)) from error


def _see_to_display(*, attended: bool) -> None:
    """Qt would end the process without a display; what nobody looks at needs none. Raises `CommandRefused`."""
    if sys.platform != "linux" or any(os.environ.get(name) for name in _DISPLAYS):
        return
    if attended:
        raise CommandRefused(tr("cli.no_display"))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def _refuse_unplayable(join: Join) -> None:
    """A file named as a camera or microphone has to be one. Raises `CommandRefused`."""
    for text, kind in ((join.camera, DeviceKind.CAMERA), (join.microphone, DeviceKind.MICROPHONE)):
        if text is None or not text.strip().lower().startswith("file:"):
            continue
        from visio_desktop.media.errors import FileError
        from visio_desktop.media.playable import refuse_unplayable
        from visio_desktop.media.specs import parse_spec

        try:
            refuse_unplayable(parse_spec(text, kind), kind)
        except FileError as error:
            raise CommandRefused(_sentence(DONE, error.problem)) from error


def _finish(report: Report, path: Path | None, attendant: Attendant, *, crashed: bool) -> None:
    """A meeting that failed is told in one sentence; one that went on, with a sentence for each device that failed."""
    devices = [_sentence(DONE, problem) for problem in attendant.device_problems]
    ending = [] if attendant.problem is None else [_sentence(attendant.status, attendant.problem)]
    crash = [_sentence(DONE, Problem(ProblemCode.INTERNAL))] if crashed else []
    report.errors += [*devices, *ending, *crash]
    for sentence in ending or (devices if attendant.alone else []):
        _say(sentence)
    _write(report, path)


def _write(report: Report, path: Path | None) -> None:
    if path is not None:
        try:
            report.write(path)
        except OSError:
            _say(tr("cli.report_not_written", path=path))


def _sentence(status: int, problem: Problem) -> str:
    key = f"problems.{problem.code.value}"
    told = f"{tr(key, subject=problem.subject)} {tr(f'{key}.next', subject=problem.subject)}"
    match status:
        case status if status == NOT_JOINED:
            return tr("cli.could_not_join", problem=told)
        case status if status == DROPPED:
            return tr("cli.dropped", problem=told)
        case _:
            return told


def _log_level(settings: Settings, wish: str) -> str:
    """The environment's wish counts for one run, unless the organisation has decided."""
    chosen = SCHEMA["log_level"].choices
    return wish if wish in chosen and not settings.is_locked("log_level") else str(settings.get("log_level"))


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
