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
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from visio_desktop.arguments import CommandRefused, credentials, preferences, recent_link
from visio_desktop.cli import (
    EXIT_BAD_COMMAND,
    EXIT_DONE,
    Check,
    Command,
    Join,
    Logs,
    Policies,
    Register,
    SelfTest,
    Window,
)
from visio_desktop.diagnostics.crashes import FOLDER, Crashes
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.engine.attendant import DONE, DROPPED, NOT_JOINED, Attendant
from visio_desktop.engine.engine import Engine
from visio_desktop.engine.hardware import hardware_folder
from visio_desktop.engine.services import Services
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode
from visio_desktop.net.ledger import Ledger, as_values
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
    from visio_desktop.engine.support import Support
    from visio_desktop.net.updates import News
    from visio_desktop.servers.catalog import Catalog
    from visio_desktop.servers.network import Network
    from visio_desktop.servers.port import AskingAdapter
    from visio_desktop.system.instance import Instance
    from visio_desktop.system.secrets import SecretStore
    from visio_desktop.ui.choices import Helpdesk
    from visio_desktop.ui.platform.desktop import DesktopSetup

PRACTICE_COMMAND = (sys.executable, "-m", "visio_desktop.practice")
OWN_COMMAND = (sys.executable, "-m", "visio_desktop")
LOGIN_COMMAND = (sys.executable, "-m", "visio_desktop.login")
LEDGER = Ledger()
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


def run(command: Command) -> int:
    """Carry out a command; answers the exit status."""
    sys.excepthook = tell_of_crash
    log.configure(paths.log_dir() / "visio-desktop.log", "info")
    settings = Settings(paths.config_dir() / "settings.json", policy_sources.Reading().policies)
    verbose = getattr(command, "verbose", False) is True
    log.set_level(_log_level(settings, "debug" if verbose else os.environ.get("VISIO_DESKTOP_LOG", "")))
    set_language(str(settings.get("language")) or None)
    if verbose:
        _say(tr("cli.log_written", path=paths.log_dir() / "visio-desktop.log"))
    try:
        match command:
            case Check() | SelfTest():
                return _check(command, settings)
            case Register(on):
                return _register(on=on)
            case Policies() | Logs():
                return _policies(command, settings) if isinstance(command, Policies) else _logs(command, settings)
            case Window():
                return _run_alone(command, settings)
            case Join():
                return _run_window(command, settings, attended=not command.no_prejoin and command.duration_s is None)
    except CommandRefused as refused:
        report = Report(Marks(), errors=[str(refused)])
        _say(str(refused))
        _write(report.write, command.report if isinstance(command, Join) else None)
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
    from visio_desktop.servers.catalog import Catalog
    from visio_desktop.servers.livekit.adapter import LiveKitAdapter
    from visio_desktop.servers.practice.adapter import PracticeAdapter

    practice = PracticeAdapter(PRACTICE_COMMAND, language, epoch_ms=epoch_ms)
    network = _network(settings)
    web = Web(network.dialer)
    livekit = LiveKitAdapter(web, network=network.options)
    allowed, only, browser = settings.is_allowed, settings.only_link, settings.may_offer_browser

    def asking() -> Iterator[AskingAdapter]:
        from visio_desktop.servers.galene.adapter import GaleneAdapter
        from visio_desktop.servers.janus.adapter import JanusAdapter
        from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
        from visio_desktop.servers.matrix.adapter import MatrixAdapter
        from visio_desktop.servers.matrix.means import kept_in
        from visio_desktop.servers.talk.adapter import TalkAdapter
        from visio_desktop.servers.whip.adapter import OneWayAdapter
        from visio_desktop.servers.whip.link import WHEP, WHIP

        yield LaSuiteAdapter(livekit, web, language=language)
        keys = lambda: kept_in(paths.state_dir() / "matrix")  # noqa: E731 - one of its kind
        yield MatrixAdapter(livekit, web, secrets_at=_secrets, keys=keys, logins=settings.may_log_in, browser=browser)
        yield JanusAdapter(web, network=network.options)
        yield GaleneAdapter(web, network=network.options)
        yield TalkAdapter(web, _secrets, network=network.options, browser=browser, logins=settings.may_log_in)
        for kind in (WHIP, WHEP):
            yield OneWayAdapter(kind, web, network=network.options)

    def usual() -> str:
        return str(settings.get("default_server"))

    return Catalog((practice, livekit), asking(), allowed=allowed, usual=usual, web=web, browser=browser, only=only)


@cache
def _network(settings: Settings) -> Network:
    """One for all: what is known of proxies, and the ledger of who was talked to, are the whole program's."""
    from visio_desktop.net.logins import KeptLogins
    from visio_desktop.servers.network import Network

    return Network(settings, KeptLogins(_secrets), LEDGER)


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


def _check(command: Check | SelfTest, settings: Settings) -> int:
    """Try the way to a server, or everything that lies in the installation, a practice meeting last."""
    gc.enable()
    if isinstance(command, Check):
        from visio_desktop.diagnostics import preflight
        from visio_desktop.diagnostics.encoders import survey
        from visio_desktop.media.devices import list_devices

        given, known = credentials(command.token_file, ""), catalog(settings)
        looked = partial(survey, hardware_folder(settings))
        check = partial(preflight.run, as_json=command.as_json, ledger=LEDGER, devices=list_devices, survey=looked)
        return asyncio.run(check(command.link, given, known, _tell))
    from visio_desktop.diagnostics import practice_call, selftest

    own = partial(practice_call.call, OWN_COMMAND, os.environ)
    return selftest.run({**selftest.parts(), "meeting": own}, _tell, as_json=command.as_json)


def _written[T](write: Callable[[], T]) -> T:
    """What comes of writing files. Raises `CommandRefused`."""
    try:
        return write()
    except OSError as error:
        raise CommandRefused(tr("desktop.not_written", detail=error.strerror or str(error))) from error


def _logs(command: Logs, settings: Settings) -> int:
    """Hand out the log bundle, to a file or to be read."""
    from visio_desktop.engine.support import hand_out

    if command.shown or command.out is None:
        hand_out(settings, None, _tell)
    if command.out is not None:
        _written(partial(hand_out, settings, command.out, _tell))
    return EXIT_DONE


def _register(*, on: bool) -> int:
    """Have the desktop open our links with this program, or no longer, and say what was written."""
    from visio_desktop.system import desktop_entry

    if not desktop_entry.is_possible():
        raise CommandRefused(tr("desktop.not_registrable"))
    where = desktop_entry.places(os.environ)
    write = partial(desktop_entry.register, where, desktop_entry.own_command())
    paths_ = _written(write if on else partial(desktop_entry.unregister, where))
    written = ", ".join(str(path) for path in paths_)
    told = tr("desktop.registered" if on else "desktop.unregistered", paths=written)
    _tell(told if written else tr("desktop.nothing_registered"))
    return EXIT_DONE


def _policies(command: Policies, settings: Settings) -> int:
    """Say what the organisation has decided, or give what it decides with."""
    from visio_desktop.settings.listing import listed
    from visio_desktop.settings.templates.formats import make, write_all

    for path in _written(partial(write_all, command.folder)) if command.folder is not None else ():
        _tell(tr("policies.written", path=path))
    if command.template:
        _tell(make(command.template).rstrip("\n"))
    elif command.folder is None:
        _tell("\n".join(listed(settings.policies())))
    return EXIT_DONE


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
    given = credentials(join.token_file, join.password_file)
    services = _services(join, settings, given, report.marks)
    engine = Engine(services, chance=random.Random())  # noqa: S311 - waits
    attendant = Attendant(join_at_once=join.no_prejoin, alone=not attended)
    if _is_early(join):
        services.catalog()
        if not _is_of_livekit(join.link):
            import_module(NEEDED_BY_LA_SUITE[0])
    crashes = Crashes(paths.state_dir() / FOLDER)
    crashes.begin()
    engine.start()
    if mine is not None and settings.policies().active:
        from visio_desktop.settings.autostart import obey_here

        engine.alongside("autostart", partial(obey_here, settings))
    engine.alongside("footprint", footprint.keep_once_settled)
    if _is_early(join):
        loading.hold()
        engine.join_at_once(join.link)
    with ExitStack() as ending:
        ending.push(lambda crash, *_: crashes.end() if crash is None else None)
        ending.callback(footprint.keep, if_none=True)
        ending.callback(_write, LEDGER.write, join.ledger)
        ending.push(lambda crash, *_: _finish(report, join.report, attendant, crashed=crash is not None))
        ending.callback(engine.stop)
        _show_window(join, settings, engine, attendant, report, mine, crashes, hidden=hidden)
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
    crashes: Crashes,
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
            settings.get,
            settings.remember,
            partial(_keep_login, settings),
            partial(_look_for_update, engine, settings),
            LEDGER.contacts,
            policies=settings.policies,
        ),
        place_file=paths.state_dir() / "window.ini",
        first=Page.JOINING if _is_early(join) and _is_of_livekit(join.link) else Page.HOME,
        before_leaving=lambda: engine.fill(report),
        on_seen=loading.go_on,
        desktop=None if attendant.alone else desktop,
        hidden=hidden,
        from_outside=mine is not None,
        helpdesk=_helpdesk(settings, engine, report.marks, crashes),
    )
    report.ui_timer_late_p99_ms = run_window(engine, setup).ui_timer_late_p99_ms


def _helpdesk(settings: Settings, engine: Engine, marks: Marks, crashes: Crashes) -> Helpdesk:
    from visio_desktop.ui.choices import Helpdesk

    def report() -> dict[str, object]:
        now = Report(marks)
        engine.fill(now)
        return now.as_dict()

    def support() -> Support:
        from visio_desktop.engine.support import Support

        return Support(settings, crashes, lambda: as_values(LEDGER.contacts()), report)

    return Helpdesk(support, crashes)


def _look_for_update(engine: Engine, settings: Settings, told: Callable[[News], None]) -> None:
    """Ask the organisation's server for a newer version, by the same ways as all else."""
    from visio_desktop.engine.updates import look_for_update

    engine.alongside("updates", partial(look_for_update, settings, lambda: _network(settings).dialer, told))


def _keep_login(settings: Settings, name: str, password: str) -> None:
    """Keep who we are to the proxy chosen by hand."""
    from visio_desktop.net.logins import KeptLogins

    KeptLogins(_secrets).keep_soon(str(settings.get("proxy_url")), name, password)


def _services(join: Join, settings: Settings, given: Credentials, marks: Marks) -> Services:
    def media(loop: asyncio.AbstractEventLoop) -> MediaKit:
        from visio_desktop.engine.mediakit import MediaKit

        return MediaKit(loop, clock=monotonic_ms)

    return Services(
        catalog=cache(partial(catalog, settings)),
        media=media,
        load=partial(load, join.link),
        credentials=lambda _: given,
        preferences=preferences(join, settings.preferences(recent_link)),
        remember=settings.remember,
        marks=marks,
        epoch_ms=epoch_ms,
        monotonic_ms=monotonic_ms,
        new_id=lambda: uuid.uuid4().hex,
        changes=(network_events.watch, power.watch),
        accounts=partial(_accounts, settings),
        most_video_bps=lambda: 1000 * settings.number("video_kbps"),
        hardware=lambda: hardware_folder(settings),
    )


def _accounts(settings: Settings) -> AccountServices:
    from visio_desktop.engine.account_setup import account_services

    return account_services(settings, _secrets, paths.state_dir(), LOGIN_COMMAND, partial(_network, settings))


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
    _write(report.write, path)
    if report.marks.get("signalling_open") is not None:
        from visio_desktop.engine.support import keep_report

        keep_report(report)


def _write(write: Callable[[Path], None], path: Path | None) -> None:
    if path is not None:
        try:
            write(path)
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
