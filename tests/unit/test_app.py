"""The wiring: from a command to its status, its sentence and its report."""

from __future__ import annotations

import gc
import json
import logging
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from pytestqt.qtbot import QtBot

from tests.helpers.minisigner import MiniSigner
from tests.helpers.web_server import serving
from visio_desktop import app
from visio_desktop.arguments import CommandRefused
from visio_desktop.cli import EXIT_BAD_COMMAND, EXIT_NOT_JOINED, Check, Join, Logs, Policies, Window
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.net.ledger import Ledger, Purpose
from visio_desktop.net.updates import Looked, News
from visio_desktop.settings import autostart, policy_sources
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.store import Settings
from visio_desktop.system import footprint, loading, paths
from visio_desktop.system.secrets import MemorySecrets
from visio_desktop.system.texts import language, set_language, tr
from visio_desktop.ui import application

USUAL = Preferences("Ada", False, False, "default", "default", "default", ())


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, footprints: list[bool]) -> Iterator[None]:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.delenv("VISIO_DESKTOP_LOG", raising=False)
    yield
    set_language(None)


@pytest.fixture
def footprints(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What a test has loaded is no start: whether one was to be written only if there is none, each time."""
    asked: list[bool] = []
    monkeypatch.setattr(footprint, "keep", lambda *, if_none=False: asked.append(if_none))
    return asked


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


# ---- runs ------------------------------------------------------------------------------------------------------------


def test_a_link_that_cannot_be_used_is_told_reported_and_a_failure(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    join = Join("ftp://meet.example.org/abc", "Ada", "none", "none", "null", no_prejoin=True, report=report)
    assert app.run(join) == EXIT_NOT_JOINED
    sentence = tr("problems.link_unknown_kind", subject="meet.example.org")
    assert sentence in capsys.readouterr().err
    value = read(report)
    assert len(value["errors"]) == 1
    assert sentence in value["errors"][0]
    assert value["window_shown"] is not None
    assert value["signalling_open"] is None


def test_a_file_that_cannot_be_read_is_a_bad_command_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    join = Join("practice:", "Ada", token_file=str(tmp_path / "none"), report=report)
    assert app.run(join) == EXIT_BAD_COMMAND
    sentence = tr("cli.file_unreadable", path=tmp_path / "none")
    assert capsys.readouterr().err == f"{sentence}\n"
    assert read(report)["errors"] == [sentence]


def test_a_check_says_what_it_finds(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(Check("https://meet.example.org/abc", as_json=True)) == EXIT_NOT_JOINED
    value = json.loads(capsys.readouterr().out)
    assert (value["kind"], value["failed"]) == (None, "link")


def test_a_crash_writes_the_report_and_goes_on_to_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no window")

    monkeypatch.setattr(application, "run_window", broken)
    report = tmp_path / "report.json"
    with pytest.raises(RuntimeError, match="no window"):
        app.run(Join("practice:", "Ada", report=report))
    assert read(report)["errors"] == [f"{tr('problems.internal')} {tr('problems.internal.next')}"]
    assert sys.excepthook is app.tell_of_crash


def test_the_hook_tells_people_a_sentence_and_the_log_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    app.run(Check("nonsense"))
    capsys.readouterr()
    with pytest.raises(ValueError, match="abc") as caught:
        int("abc")
    app.tell_of_crash(ValueError, caught.value, caught.tb)
    app.tell_of_crash(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert capsys.readouterr().err == f"{tr('problems.internal')} {tr('problems.internal.next')}\n"
    lines = [json.loads(line) for line in (paths.log_dir() / "visio-desktop.log").read_text("utf-8").splitlines()]
    (crash,) = (line for line in lines if line["event"] == "crashed")
    assert "ValueError" in crash["exception"]
    assert crash["level"] == "critical"


def test_a_report_that_cannot_be_written_is_told(
    qtbot: QtBot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "none" / "report.json"
    app.run(Join("nonsense", "Ada", "none", "none", "null", no_prejoin=True, report=nowhere))
    assert tr("cli.report_not_written", path=nowhere) in capsys.readouterr().err


def test_an_unknown_log_level_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISIO_DESKTOP_LOG", "loud")
    assert app.run(Check("nonsense", as_json=True)) == EXIT_NOT_JOINED


def test_the_language_chosen_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    (paths.config_dir() / "settings.json").write_text('{"language": "fr"}', encoding="utf-8")
    try:
        app.run(Check("nonsense", as_json=True))
        assert language() == "fr"
    finally:
        (paths.config_dir() / "settings.json").unlink()


def test_what_a_start_has_read_is_written_down_once_it_is_over_or_at_the_end(
    monkeypatch: pytest.MonkeyPatch, footprints: list[bool]
) -> None:
    settled = threading.Event()

    async def keep_once_settled() -> None:
        settled.set()

    def run_window(*_: object) -> application.Outcome:
        assert settled.wait(20)
        assert footprints == []
        return application.Outcome(1.0)

    monkeypatch.setattr(footprint, "keep_once_settled", keep_once_settled)
    monkeypatch.setattr(application, "run_window", run_window)
    app.run(Window("practice:"))
    assert footprints == [True]


def test_a_window_is_opened_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    setups: list[application.RunSetup] = []

    def run_window(_: object, setup: application.RunSetup) -> application.Outcome:
        setups.append(setup)
        return application.Outcome(1.0)

    monkeypatch.setattr(application, "run_window", run_window)
    assert app.run(Window("practice:")) == 0
    assert app.run(Join("practice:", "Ada", no_prejoin=True, duration_s=3.0)) == 0
    attended, alone = setups
    assert attended.attendant is not None
    assert alone.attendant is not None
    assert (attended.link, attended.duration_s, attended.attendant.alone) == ("practice:", None, False)
    assert (alone.link, alone.duration_s, alone.attendant.alone) == ("practice:", 3.0, True)
    assert attended.first is alone.first is Page.HOME


def test_a_server_is_spoken_to_before_there_is_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[Page] = []

    def run_window(engine: Engine, setup: application.RunSetup) -> application.Outcome:
        assert setup.link == ""
        assert setup.first is Page.JOINING
        over = threading.Event()

        def watch(meeting: Meeting) -> None:
            pages.append(meeting.page)
            if meeting.page is Page.FAILED:
                over.set()

        engine.watch(watch)
        setup.on_seen()
        assert over.wait(20)
        return application.Outcome(1.0)

    monkeypatch.setattr(application, "run_window", run_window)
    app.run(Join("livekit+ws://127.0.0.1:9?room=x", "Ada", "none", "none", "null", no_prejoin=True))
    assert Page.FAILED in pages


# ---- what the organisation has decided -------------------------------------------------------------------------------


@pytest.fixture
def decide(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def decide(**values: object) -> None:
        found = resolve((Found(tuple(given(name, raw, "policies.json") for name, raw in values.items())),))
        monkeypatch.setattr(policy_sources, "Reading", lambda: SimpleNamespace(policies=lambda: found))

    return decide


def test_what_is_decided_is_listed(decide: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(Policies()) == 0
    assert capsys.readouterr().out.strip() == tr("policies.none")
    decide(ProxyMode="none", Nonsense=1)
    assert app.run(Policies()) == 0
    said = capsys.readouterr().out
    assert "ProxyMode" in said
    assert "Nonsense" in said
    assert "policies.json" in said


def test_templates_are_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(Policies("json")) == 0
    assert json.loads(capsys.readouterr().out)["ProxyMode"] == {"Value": "system", "Locked": False}
    assert app.run(Policies(folder=tmp_path / "all")) == 0
    assert str(tmp_path / "all" / "VisioDesktop.admx") in capsys.readouterr().out
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert app.run(Policies(folder=tmp_path / "file")) == EXIT_BAD_COMMAND
    assert capsys.readouterr().err


def test_a_server_that_is_not_allowed_is_refused_before_the_first_packet(
    qtbot: QtBot, decide: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(AllowedServers=["meet.example.org"])
    ledger = Ledger()
    monkeypatch.setattr("visio_desktop.app.LEDGER", ledger)
    for link in ("https://evil.example/abc-defg-hij", "livekit+wss://evil.example?room=r"):
        assert app.run(Join(link, "Ada", "none", "none", "null", no_prejoin=True)) == EXIT_NOT_JOINED
        assert tr("problems.server_not_allowed", subject="evil.example") in capsys.readouterr().err
        assert app.run(Check(link)) == EXIT_NOT_JOINED
        assert tr("problems.server_not_allowed", subject="evil.example") in capsys.readouterr().out
    assert ledger.contacts() == ()


@pytest.mark.parametrize(
    ("decided", "wish", "level"),
    [
        ({}, "", logging.INFO),
        ({}, "debug", logging.DEBUG),
        ({"LogLevel": "error"}, "debug", logging.ERROR),
        ({"LogLevel": {"Value": "error", "Locked": False}}, "", logging.ERROR),
        ({"LogLevel": {"Value": "error", "Locked": False}}, "debug", logging.DEBUG),
    ],
)
def test_the_log_is_as_decided(
    decide: Callable[..., None], monkeypatch: pytest.MonkeyPatch, decided: dict[str, object], wish: str, level: int
) -> None:
    decide(**decided)
    monkeypatch.setenv("VISIO_DESKTOP_LOG", wish)
    app.run(Policies())
    assert logging.getLogger().level == level


@pytest.mark.parametrize(("decided", "level"), [({}, logging.DEBUG), ({"LogLevel": "error"}, logging.ERROR)])
def test_a_run_says_more_when_asked_unless_it_is_decided(
    decide: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    decided: dict[str, object],
    level: int,
) -> None:
    decide(**decided)
    monkeypatch.setattr(application, "run_window", lambda *_: application.Outcome(1.0))
    assert app.run(Window("practice:", verbose=True)) == 0
    assert logging.getLogger().level == level
    assert "visio-desktop.log" in capsys.readouterr().err


def test_logs_are_handed_out_to_a_file_and_to_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.run(Logs(tmp_path / "logs.zip", shown=True)) == 0
    assert (tmp_path / "logs.zip").is_file()
    assert "==== diagnostics.txt" in capsys.readouterr().out
    assert app.run(Logs(tmp_path / "none" / "logs.zip")) == EXIT_BAD_COMMAND


def test_the_window_and_the_desktop_learn_what_is_decided(
    decide: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(Autostart=True, RelayOnly=True)
    written = threading.Event()
    obeyed: list[bool] = []

    def obey(settings: Settings, *_: object) -> None:
        obeyed.append(settings.is_locked("autostart"))
        written.set()

    def run_window(_: object, setup: application.RunSetup) -> application.Outcome:
        assert setup.desktop is not None
        assert setup.desktop().policies().is_locked("autostart")
        assert setup.network.is_locked("relay_only")
        assert written.wait(20)
        return application.Outcome(1.0)

    monkeypatch.setattr(autostart, "obey", obey)
    monkeypatch.setattr(application, "run_window", run_window)
    assert app.run(Window("practice:")) == 0
    assert obeyed == [True]


@pytest.mark.parametrize(
    ("link", "is_needed"),
    [("livekit+wss://meet.example.org?room=x", False), ("https://meet.example.org/abc-defg-hij", True), ("", True)],
)
def test_what_only_la_suite_needs_is_not_loaded_for_a_link_of_livekit(
    monkeypatch: pytest.MonkeyPatch, link: str, is_needed: bool
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(loading, "load", lambda *names: loaded.extend(names))
    monkeypatch.setattr(gc, "freeze", lambda: None)
    app.load(link)
    assert any("lasuite" in name for name in loaded) is is_needed
    assert "visio_desktop.rtc.peer" in loaded


# ---- parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"), [("practice:", "practice"), ("livekit+wss://media.example.net?room=r", "livekit")]
)
def test_the_catalog_knows_every_kind(text: str, kind: str, tmp_path: Path) -> None:
    adapter, link = app.catalog(Settings(tmp_path / "settings.json")).recognise(text)
    assert (adapter.kind, link.kind) == (kind, kind)


def test_a_file_that_is_no_picture_is_refused_before_anybody_joins(tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_text("no picture", encoding="utf-8")
    for camera in (f"file:{tmp_path / 'note.mp4'}", f"file:{tmp_path / 'none.mp4'}"):
        with pytest.raises(CommandRefused):
            app._refuse_unplayable(Join("practice:", camera=camera))
    app._refuse_unplayable(Join("practice:", camera="test", microphone="default"))


def test_a_proxys_login_is_kept_for_the_proxy_chosen_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemorySecrets()
    monkeypatch.setattr(app, "_secrets", lambda: store)
    settings = Settings(tmp_path / "settings.json")
    app._keep_login(settings, "ada", "secret")
    settings.put("proxy_url", "proxy.example.org:3128")
    app._keep_login(settings, "ada", "secret")
    for thread in threading.enumerate():
        if thread.name == "keep login":
            thread.join(5)
    assert store.get("proxy http://proxy.example.org:3128") == '["ada", "secret"]'
    assert "secret" not in (tmp_path / "settings.json").read_text(encoding="utf-8")


async def test_newer_versions_are_looked_for_by_the_same_ways_as_all_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b'{"product": "visio-desktop", "version": "99.0"}'
    signer, told, works = MiniSigner(), list[News](), list[Callable[[], Coroutine[object, object, None]]]()
    monkeypatch.setattr(app, "LEDGER", Ledger())

    async def give(request: web.Request) -> web.Response:
        return web.Response(body=signer.sign(content) if request.path.endswith(".minisig") else content)

    engine: Any = SimpleNamespace(alongside=lambda _name, work: works.append(work))
    async with serving(**{"u.json": give, "u.json.minisig": give}) as address:
        settings = Settings(tmp_path / "settings.json")
        app._look_for_update(engine, settings, told.append)
        await works.pop()()
        assert (told, app.LEDGER.contacts()) == ([News(Looked.NOWHERE)], ()), "nobody is asked without a channel"
        settings.put("update_channel", f"http://{address}/u.json")
        settings.put("update_key", signer.public)
        app._look_for_update(engine, settings, told.append)
        await works.pop()()
    assert told[1] == News(Looked.NEWER, address, "99.0")
    assert [one.purpose for one in app.LEDGER.contacts()] == [Purpose.UPDATES]
