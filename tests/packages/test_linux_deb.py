"""The Debian packages on a machine: installed, tried, upgraded, removed; and the same again gives the same bytes."""

from __future__ import annotations

import hashlib
import http.server
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers.apart import HOME, NOTHING, Apart
from tests.helpers.login_program import UNSANDBOXED, LoginProgram
from tools.package import deb, login
from tools.package.base import INSTALLED
from tools.package.linux import AUTOSTART, FILES, METAINFO
from visio_desktop.login.wire import Begin, Done, Failed, Failure, Message

RELEASE, NEXT = "0.1.0", "0.1.1"
QUICK = "zstd"
MOST_BYTES = 200_000_000  # compressed in a hurry; the one to hand out is a third smaller
PROGRAM = f"{INSTALLED}/visio-desktop"


@pytest.fixture(scope="module")
def package(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return deb.build(bundle, tmp_path_factory.mktemp("deb") / deb.file_name(RELEASE), RELEASE, QUICK)


def test_it_is_installed_tried_upgraded_and_removed(
    bundle: Path, package: Path, machine: Apart, tmp_path: Path
) -> None:
    assert package.stat().st_size < MOST_BYTES
    install(machine, package)
    installed = machine.changed()
    assert {f"/{place}" for place in (*FILES, AUTOSTART, METAINFO)} | {"/usr/bin/visio-desktop"} <= installed

    passes_its_test(machine)
    is_known_to_the_desktop(machine)

    install(machine, deb.build(bundle, tmp_path / deb.file_name(NEXT), NEXT, QUICK))
    assert machine.must("dpkg-query", "-W", "-f", "${Version}", "visio-desktop") == NEXT
    assert machine.as_nobody("visio-desktop", "--version").returncode == 0
    assert own(machine.changed()) == own(installed)

    assert logs_in(machine) == Failed(Failure.NO_ENGINE)
    login.build(tmp_path / "login")
    install(machine, deb.build_login(tmp_path / "login", tmp_path / deb.file_name(NEXT, login.NAME), NEXT, QUICK))
    assert isinstance(logs_in(machine), Done)

    machine.must(PROGRAM, "policies")  # root's first start keeps compiled parts beside the program
    machine.must("dpkg", "--force-unsafe-io", "--purge", login.NAME, "visio-desktop")
    assert {path for path in machine.changed() if "visio" in path and not path.startswith(f"{HOME}/")} == set()
    assert machine.run("visio-desktop", "--version").returncode != 0


def test_two_builds_are_the_same_bytes(bundle: Path, package: Path, tmp_path: Path) -> None:
    """From another folder, with other times of files."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(bundle, elsewhere, copy_function=shutil.copy)
    again = deb.build(elsewhere, tmp_path / "again.deb", RELEASE, QUICK)
    assert hashlib.sha256(again.read_bytes()).hexdigest() == hashlib.sha256(package.read_bytes()).hexdigest()


def install(machine: Apart, package: Path) -> None:
    machine.must("dpkg", "--force-unsafe-io", "-i", str(package))


def own(paths: set[str]) -> set[str]:
    return {path for path in paths if path.startswith(INSTALLED)}


def passes_its_test(machine: Apart) -> None:
    """Window, codecs and a practice meeting, by somebody who may write nowhere but at home."""
    tried = machine.as_nobody("visio-desktop", "selftest", "--json")
    assert tried.returncode == 0, tried.stdout
    outcome = json.loads(tried.stdout)
    assert outcome["passed"]
    assert {"vp8", "h264", "opus", "echo", "background", "meeting"} <= {check["name"] for check in outcome["checks"]}


def is_known_to_the_desktop(machine: Apart) -> None:
    assert "visio-desktop.desktop" in machine.must("gio", "mime", "x-scheme-handler/visio")
    machine.must("desktop-file-validate", "/usr/share/applications/visio-desktop.desktop", f"/{AUTOSTART}")
    machine.must("appstreamcli", "validate", "--no-net", f"/{METAINFO}")


def logs_in(machine: Apart) -> Message | None:
    """What the installed login program says to a server that lets everybody in."""
    command = machine.command(PROGRAM, "-m", "visio_desktop.login", env={**NOTHING, **UNSANDBOXED})
    with letting_in() as server, LoginProgram({}, command) as program:
        with suppress(BrokenPipeError):  # it has said no already
            program.say(Begin(server, f"{HOME}/profile", silent=True))
        return program.next()


class _LetIn(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        back = parse_qs(urlsplit(self.path).query).get("returnTo", [""])[0]
        self.send_response(302 if back else 200)
        if back:
            self.send_header("Location", back)
            self.send_header("Set-Cookie", "sessionid=s3cr3t; Path=/; HttpOnly")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base calls it
        """Nobody reads it."""


@contextmanager
def letting_in() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _LetIn)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
