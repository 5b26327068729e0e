"""A real Janus of this machine alone, with one VideoRoom.

Janus passes over the loopback device, so it is given a device of its own with an address of the loopback network.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.needs import free_port, need, need_program
from visio_desktop.net import Web
from visio_desktop.servers.janus.signal import PLUGIN, Signal
from visio_desktop.system.tasks import Tasks

ROOM = 4711
SECRET = "the-secret-of-the-room"
PIN = "1793"
_LIBRARIES = Path("/usr/lib") / f"{os.uname().machine}-linux-gnu" / "janus"
_START_TIMEOUT_S = 20.0
_JANUS = """
general: {{
    configs_folder = "{folder}"
    plugins_folder = "{folder}/plugins"
    transports_folder = "{folder}/transports"
    events_folder = "{folder}/none"
    loggers_folder = "{folder}/none"
    interface = "{address}"
    debug_level = 3
    reclaim_session_timeout = {reclaim_s}
    {tokens}
}}
nat: {{ ice_enforce_list = "{address}" }}
media: {{ ipv6 = false }}
"""
_WEBSOCKETS = """
general: {{ ws = true, ws_port = {port}, ws_ip = "127.0.0.1", wss = false }}
admin: {{ admin_ws = false }}
"""


class JanusServer:
    """One server with its own device, port and room, started by `with`.

    `reclaim_s`: it keeps lost sessions so long. `token_secret`: it lets in whoever has a token signed with this alone.
    `text_room`: there is one of the room's number, which keeps what was said.
    """

    def __init__(self, *, reclaim_s: int = 0, token_secret: str = "", text_room: bool = False) -> None:
        self._token_secret = token_secret
        self._text_room = text_room
        number = secrets.token_bytes(2)
        self.address = f"127.77.{number[0]}.{number[1] or 1}"
        self._device = f"vj{number.hex()}"
        self._port = free_port()
        self._reclaim_s = reclaim_s
        self._folder = tempfile.TemporaryDirectory(prefix="janus-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its WebSocket address."""
        return f"ws://127.0.0.1:{self._port}/"

    @property
    def link(self) -> str:
        """The link the application joins its room by."""
        return f"janus+{self.url}?room={ROOM}"

    @property
    def port(self) -> int:
        """Of its WebSocket."""
        return self._port

    def token(self, *, hours: float = 1.0) -> str:
        """A token of the server's (`auth.c`): when it ends, for whom, for what; signed."""
        ends_s = int(time.time() + hours * 3_600)  # noqa: TID251 - the server looks at the wall clock
        told = f"{ends_s},janus,{PLUGIN}"
        signed = hmac.digest(self._token_secret.encode(), told.encode(), "sha1")
        return f"{told}:{base64.b64encode(signed).decode()}"

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    async def ask(self, request: str, **fields: Any) -> None:
        """Ask the room something with its secret, in a session of one's own."""
        tasks = Tasks("janus moderator")
        signal = Signal(Web(), ids=lambda: secrets.token_hex(8), tasks=tasks, secrets={})
        try:
            await signal.connect(self.url, "127.0.0.1")
            handle = await signal.attach()
            body = {"request": request, "room": ROOM, "secret": SECRET, **fields}
            words = await signal.room(handle, body)
            words.raise_refusal()
        finally:
            await signal.close()
            await tasks.close()

    def __enter__(self) -> Self:
        need_program("janus")
        need_program("ip")
        need(os.geteuid() == 0, "root's right to make network devices")
        with ExitStack() as on_failure:
            on_failure.callback(self._end)
            self._begin()
            on_failure.pop_all()
        return self

    def _begin(self) -> None:
        self._make_device()
        folder = Path(self._folder.name)
        text = [("plugins", "textroom")] if self._text_room else []
        for kind, library in (("plugins", "videoroom"), ("transports", "websockets"), *text):
            (folder / kind).mkdir(exist_ok=True)
            shutil.copy(_LIBRARIES / kind / f"libjanus_{library}.so", folder / kind)
        secret = self._token_secret
        tokens = f'token_auth = true\n    token_auth_secret = "{secret}"' if secret else ""
        filled = {"folder": folder, "address": self.address, "port": self._port, "tokens": tokens}
        filled["reclaim_s"] = self._reclaim_s
        (folder / "janus.jcfg").write_text(_JANUS.format(**filled))
        (folder / "janus.transport.websockets.jcfg").write_text(_WEBSOCKETS.format(**filled))
        room = f'pin = "{PIN}"\nsecret = "{SECRET}"\npublishers = 20\naudiolevel_event = true\nnotify_joining = true'
        (folder / "janus.plugin.videoroom.jcfg").write_text(f'room-{ROOM}: {{\ndescription = "Contract"\n{room}\n}}\n')
        (folder / "janus.plugin.textroom.jcfg").write_text(f'room-{ROOM}: {{ pin = "{PIN}", history = 20 }}\n')
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(["janus", "-F", str(folder)], cwd=folder, stdout=log, stderr=log)
        self._wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self.kill()
        subprocess.run(["ip", "link", "del", self._device], check=False)
        self._folder.cleanup()

    def _make_device(self) -> None:
        device = self._device
        subprocess.run(["ip", "link", "add", device, "type", "veth", "peer", "name", f"{device}p"], check=True)
        subprocess.run(["ip", "addr", "add", f"{self.address}/32", "dev", device], check=True)
        for each in (device, f"{device}p"):
            subprocess.run(["ip", "link", "set", each, "up"], check=True)

    def _wait(self) -> None:
        log = Path(self._folder.name) / "log"
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                assert self._process is not None
                assert self._process.poll() is None, log.read_text()[-2_000:]
                assert time.monotonic() < deadline, log.read_text()[-2_000:]
                time.sleep(0.05)
            else:
                return
