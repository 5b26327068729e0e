"""A studio: Janus in a network namespace, simple-whip-server to send to, janus-whep-server to watch at.

What is sent to a WHIP endpoint is published in a room of Janus and handed on to its mount point. Either is watched
at WHEP endpoints: with the mount point we make the offer, with the room the server does (406).
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.helpers.breaking import breaking
from tests.helpers.needs import need, need_program
from tools import studio

ROOM, MOUNT, TOKEN = 1234, 1, "verysecret"
_JANUS, WHIP_PORT, WHEP_PORT = 8188, 7080, 7090
_PORTS = (20_000, 20_200)
_STARTED_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Studio:
    """`inside` is the namespace's address, `outside` ours in the network between."""

    namespace: str
    inside: str
    outside: str
    processes: tuple[subprocess.Popen[bytes], ...]

    @property
    def has_died(self) -> bool:
        """Whether any of it is gone."""
        return any(process.poll() is not None for process in self.processes)

    def crash(self) -> None:
        """Everything dies."""
        for process in self.processes:
            process.kill()


@contextmanager
def studio_server() -> Iterator[Studio]:
    """All three, until the end."""
    for program in ("ip", "janus", "node"):
        need_program(program)
    need(studio.is_there(), "the WHIP and WHEP servers")
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        name, net = secrets.token_hex(3), secrets.randbelow(200) + 20
        inside, outside = f"10.77.{net}.1", f"10.77.{net}.2"
        _network(f"st{name}", f"sv{name}", inside, outside, ending)
        prefix = ["ip", "netns", "exec", f"st{name}"]
        janus = _start([*prefix, "janus", "-F", str(_janus(folder)), "-N"], folder, ending)
        _wait(f"http://{inside}:8088/janus/info", janus)
        whip = _start([*prefix, "node", "server.js"], _whip(folder), ending)
        _wait(f"http://{inside}:{WHIP_PORT}/whip/endpoints", whip)
        command = [*prefix, "node", "server.js", str(WHEP_PORT), f"ws://127.0.0.1:{_JANUS}"]
        whep = _start(command, studio.FOLDER / "whep", ending)
        _wait(f"http://{inside}:{WHEP_PORT}/whep/healthcheck", whep)
        yield Studio(f"st{name}", inside, outside, (janus, whip, whep))


@asynccontextmanager
async def reached(host: str, port: int) -> AsyncIterator[str]:
    """`127.0.0.1:PORT` for a port beyond: what is not encrypted is only spoken with this machine."""

    async with breaking(host, port) as way:
        yield f"127.0.0.1:{way.port}"


def send_to(there: Studio, name: str, *, token: str = "", relays: Sequence[tuple[str, str, str]] = ()) -> None:
    """Make a WHIP endpoint of this name, which names these relays: address, name and password."""
    onward = {"host": "127.0.0.1", "audioPort": 5002, "videoPort": 5004, "videoRtcpPort": 5005}
    asked = {"id": name, "room": ROOM, "label": name, "recipient": onward} | _given(token, relays)
    _post(f"http://{there.inside}:{WHIP_PORT}/whip/create", asked)


def _given(token: str, relays: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    servers = [{"uri": url, "username": name, "credential": password} for url, name, password in relays]
    return ({"token": token} if token else {}) | ({"iceServers": servers} if servers else {})


def watch_at(
    there: Studio, name: str, *, feed: int = 0, token: str = "", relays: Sequence[tuple[str, str, str]] = ()
) -> None:
    """Make a WHEP endpoint: of the mount point, or of somebody who publishes, where the server makes the offer."""
    of = {"plugin": "videoroom", "room": ROOM, "feed": feed} if feed else {"mountpoint": MOUNT}
    _post(f"http://{there.inside}:{WHEP_PORT}/create", {"id": name, **of} | _given(token, relays))


def feeds(there: Studio) -> list[int]:
    """Who publishes in the room."""
    url = f"http://{there.inside}:8088/janus"
    session = f"{url}/{_janus_says(url, 'create')['data']['id']}"
    plugin = f"{session}/{_janus_says(session, 'attach', plugin='janus.plugin.videoroom')['data']['id']}"
    listed = _janus_says(plugin, "message", body={"request": "listparticipants", "room": ROOM})
    _janus_says(session, "destroy")
    return [each["id"] for each in listed["plugindata"]["data"]["participants"] if each["publisher"]]


def _janus_says(url: str, what: str, **more: object) -> Any:
    return json.loads(_post(url, {"janus": what, "transaction": secrets.token_hex(6), **more}))


def _post(url: str, value: object) -> bytes:
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body: bytes = answer.read()
        return body


def _network(namespace: str, device: str, inside: str, outside: str, ending: ExitStack) -> None:
    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)

    try:
        ip("netns", "add", namespace)
    except subprocess.CalledProcessError:
        need(False, "root's right to make network namespaces")
    ending.callback(subprocess.run, ["ip", "netns", "del", namespace], check=False, capture_output=True)
    ip("link", "add", device, "type", "veth", "peer", "name", "st0", "netns", namespace)
    ip("addr", "add", f"{outside}/24", "dev", device)
    ip("link", "set", device, "up")
    for words in (
        ("addr", "add", f"{inside}/24", "dev", "st0"),
        ("link", "set", "st0", "up"),
        ("link", "set", "lo", "up"),
    ):
        ip("-n", namespace, *words)


def _start(command: list[str], folder: Path, ending: ExitStack) -> subprocess.Popen[bytes]:
    log = ending.enter_context((Path(tempfile.gettempdir()) / f"studio-{secrets.token_hex(4)}.log").open("w+b"))
    ending.callback(Path(log.name).unlink)
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    ending.callback(process.wait)
    ending.callback(process.kill)
    return process


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTED_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"did not start: {process.args!r}, {process.poll()}")


def _janus(folder: Path) -> Path:
    """Its configuration: what one is named in it, the rest as it comes."""
    first, last = _PORTS
    files = {
        "janus.jcfg": f"""general: {{ debug_level = 3 }}
nat: {{ ice_enforce_list = "st0", full_trickle = false }}
media: {{ rtp_port_range = "{first}-{last}" }}
""",
        "janus.transport.http.jcfg": 'general: { http = true, port = 8088, base_path = "/janus" }\n',
        "janus.transport.websockets.jcfg": f"general: {{ ws = true, ws_port = {_JANUS} }}\n",
        "janus.plugin.videoroom.jcfg": f"""general: {{ string_ids = false }}
room-{ROOM}: {{
  description = "Studio", publishers = 6, bitrate = 2000000, audiocodec = "opus", videocodec = "vp8,h264"
}}
""",
        "janus.plugin.streaming.jcfg": f"""studio: {{
  type = "rtp", id = {MOUNT}, description = "Studio"
  media = (
    {{ type = "audio", mid = "a", port = 5002, pt = 111, codec = "opus" }},
    {{ type = "video", mid = "v", port = 5004, rtcpport = 5005, pt = 96, codec = "vp8" }}
  )
}}
""",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _whip(folder: Path) -> Path:
    """A folder it runs in, with its configuration."""
    where = folder / "whip"
    where.mkdir()
    for file in studio.SERVER_FILES:
        shutil.copyfile(studio.FOLDER / "whip" / file, where / file)
    (where / "node_modules").symlink_to(studio.FOLDER / "whip" / "node_modules")
    config = {
        "janus": {"address": f"ws://127.0.0.1:{_JANUS}"},
        "port": WHIP_PORT,
        "rest": "/whip",
        "allowTrickle": True,
    }
    (where / "config.js").write_text(f"module.exports = {json.dumps(config | {'iceServers': []})};\n", encoding="utf-8")
    return where
