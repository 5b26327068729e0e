"""A real Wayland desktop without a screen: sway, PipeWire with WirePlumber, and the portal with its backend for sway.

async with sway() as desktop:
    desktop.environment, desktop.choose("HEADLESS-1"), desktop.tell("output", "HEADLESS-1", "transform", "90")

Its picker is a program of ours: it answers what `choose` was given, and counts how often it was asked.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from tests.helpers.message_bus import PORTAL, message_bus
from tests.helpers.needs import need, need_program
from tests.helpers.screencast import pipewire
from tests.helpers.wayland_between import MemoryAsBuffers
from tools.portal import FOLDER

OUTPUT = "HEADLESS-1"
SIZE_PX = (960, 600)
_BACKEND = "org.freedesktop.impl.portal.desktop.wlr"
_PROGRAMS = ("xdg-desktop-portal-wlr", "xdg-desktop-portal")
_LIBRARIES = f"usr/lib/{sysconfig.get_config_var('MULTIARCH')}"
_PATIENCE_S = 60.0
_NOBODY = "65534"
_MOST_TOLD = 4_000
# Nothing is started by being asked for: only what is started here may answer.
_BUS = """<busconfig>
<type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""
_SWAY = """output * bg #204060 solid_color
output {output} mode {width}x{height}
default_border none
xwayland disable
"""
_BACKEND_SETTINGS = "[screencast]\nchooser_type=simple\nchooser_cmd={picker}\nmax_fps=30\n"
_PICKER = '#!/bin/sh\necho asked >> "{folder}/asked"\ncat "{folder}/choice"\n'


class Sway:
    """The desktop, once it runs."""

    def __init__(self, folder: Path, environment: Mapping[str, str], compositor: subprocess.Popen[bytes]) -> None:
        self.environment = dict(environment)
        self._folder = folder
        self._compositor = compositor

    def choose(self, output: str) -> None:
        """What the person chooses from now on; "" is to give up."""
        (self._folder / "choice").write_text(output and f"{output}\n", encoding="utf-8")

    @property
    def asked(self) -> int:
        """How often somebody was asked to choose."""
        with suppress(FileNotFoundError):
            return (self._folder / "asked").read_text(encoding="utf-8").count("asked")
        return 0

    def tell(self, *words: str) -> None:
        """Give sway a command."""
        subprocess.run(["swaymsg", *words], env=self.environment, check=True, capture_output=True, timeout=_PATIENCE_S)

    def crash(self) -> None:
        """The compositor is gone from one moment to the next."""
        self._compositor.kill()
        self._compositor.wait(10)


@asynccontextmanager
async def sway() -> AsyncIterator[Sway]:
    """The desktop until the end of the test."""
    for program in ("sway", "swaymsg", "wireplumber"):
        need_program(program)
    for program in _PROGRAMS:
        need((FOLDER / "usr/libexec" / program).exists(), program)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sway-", ignore_cleanup_errors=True)))
        (folder / "bus.conf").write_text(_BUS, encoding="utf-8")
        async with message_bus(f"--config-file={folder / 'bus.conf'}") as address:
            own = {name: str(folder) for name in ("HOME", "XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR")}
            own |= {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
            own |= {"DBUS_SESSION_BUS_ADDRESS": address, "XDG_CURRENT_DESKTOP": "sway", "XDG_SESSION_TYPE": "wayland"}
            environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | own
            stack.enter_context(pipewire(folder, None))
            _start(stack, ["wireplumber"], environment)
            compositor, display = _compositor(stack, folder, environment)
            environment |= {"WAYLAND_DISPLAY": str(display), "SWAYSOCK": str(_found(folder / "sway", "sway-ipc.*"))}
            environment |= {"QT_QPA_PLATFORM": "wayland"}
            desktop = Sway(folder, environment, compositor)
            desktop.choose(OUTPUT)
            await _portal(stack, folder, environment, display)
            try:
                yield desktop
            except BaseException:
                _tell(folder)
                raise


def _compositor(stack: ExitStack, folder: Path, environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
    """Sway, and the socket programs reach it by. It refuses to run as root."""
    width, height = SIZE_PX
    own = folder / "sway"
    own.mkdir()
    (own / "config").write_text(_SWAY.format(output=OUTPUT, width=width, height=height), encoding="utf-8")
    command = ["sway", "-c", str(own / "config")]
    if os.geteuid() == 0:
        folder.chmod(0o711)
        os.chown(own, int(_NOBODY), int(_NOBODY))
        command = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *command]
    drawn = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
    started = _start(stack, command, {**environment, **drawn, "XDG_RUNTIME_DIR": str(own), "HOME": str(own)})
    return started, _found(own, "wayland-?")


async def _portal(stack: ExitStack, folder: Path, environment: Mapping[str, str], display: Path) -> None:
    picker = folder / "picker"
    picker.write_text(_PICKER.format(folder=folder), encoding="utf-8")
    picker.chmod(0o755)
    settings = folder / "xdg-desktop-portal-wlr" / "config"
    settings.parent.mkdir()
    settings.write_text(_BACKEND_SETTINGS.format(picker=picker), encoding="utf-8")
    between = stack.enter_context(MemoryAsBuffers(folder / "between", display))
    frontend = {
        **environment,
        "LD_LIBRARY_PATH": str(FOLDER / _LIBRARIES),
        "XDG_DESKTOP_PORTAL_DIR": str(FOLDER / "usr/share/xdg-desktop-portal/portals"),
    }
    backend = {**frontend, "WAYLAND_DISPLAY": str(between.path), "XDPW_PERSIST_MODE": "transient"}
    bus = await MessageBus(environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
    try:
        for program, words, name, given in (
            (_PROGRAMS[0], ("-l", "DEBUG"), _BACKEND, backend),
            (_PROGRAMS[1], ("-v",), PORTAL, frontend),
        ):
            process = _start(stack, [str(FOLDER / "usr/libexec" / program), *words], given)
            await _answers(bus, name, process)
    finally:
        bus.disconnect()


async def _answers(bus: MessageBus, name: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody has the name."""
    end_s = time.monotonic() + _PATIENCE_S
    while True:
        asked = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="NameHasOwner",
            signature="s",
            body=[name],
        )
        reply = await bus.call(asked)
        assert reply is not None
        assert reply.message_type is MessageType.METHOD_RETURN
        if reply.body == [True]:
            return
        assert process.poll() is None, f"{name} has ended"
        assert time.monotonic() < end_s, f"{name} does not come"


def _start(stack: ExitStack, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a program; what it says is kept, to be read where something fails."""
    log = Path(environment["HOME"], f"{Path(command[0]).name}.log")
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    stack.callback(process.wait, 10)
    stack.callback(process.kill)
    return process


def _tell(folder: Path) -> None:
    for log in sorted(folder.glob("**/*.log")):
        sys.stderr.write(f"{log.name}: {log.read_text(errors='replace')[-_MOST_TOLD:]}\n")


def _found(folder: Path, pattern: str) -> Path:
    end_s = time.monotonic() + _PATIENCE_S
    while not (there := [path for path in folder.glob(pattern) if path.is_socket()]):
        assert time.monotonic() < end_s, f"no {pattern}"
        time.sleep(0.05)
    return there[0]
