"""A real Matrix server of this machine alone: Synapse, with open registration and what MatrixRTC needs of it.

    with Synapse(transports=["http://127.0.0.1:4711/one"]) as homeserver:
        ada = homeserver.register("ada", "Ada")
        room = homeserver.room(ada)

`transports` are the addresses of token services that it names to clients, the first one foremost.
"""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import quote

from tests.helpers.needs import free_port, need
from tools.synapse import is_there, program

SERVER_NAME = "matrix.test"
MEMBER_EVENT = "org.matrix.msc3401.call.member"
_START_TIMEOUT_S = 60.0
_ENOUGH = {"per_second": 10_000, "burst_count": 10_000}
_LIMITS = (
    "message",
    "registration",
    "delayed_event_mgmt",
    "joins_per_room",
    "room_creation",
    "profile",
    "admin_redaction",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody with an account, logged in once."""

    name: str
    user_id: str
    device_id: str
    token: str = field(repr=False)
    password: str = field(repr=False)


class Refused(Exception):  # noqa: N818 - reads as what happened
    """The server said no: the status and what it said."""

    def __init__(self, status: int, answer: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {answer}")
        self.status, self.answer = status, answer


class Synapse:
    """One server with its own port and database, started by `with`. Its calls block."""

    def __init__(self, *, transports: Sequence[str] = (), config: Mapping[str, Any] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._transports = transports
        self._config = config or {}
        self._folder = tempfile.TemporaryDirectory(prefix="synapse-")
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, method: str, path: str, body: Any = None, *, token: str = "") -> dict[str, Any]:
        """Ask, from `/_matrix/client` on. Raises `Refused`."""
        request = urllib.request.Request(
            f"{self.url}/_matrix/client{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except HTTPError as error:
            raise Refused(error.code, json.loads(error.read() or b"{}")) from error

    def register(self, name: str, shown: str = "") -> Registered:
        """A new account; others may have registered the name already, so it gets an ending. `shown` is its name."""
        user, password = f"{name}-{secrets.token_hex(4)}", secrets.token_hex(8)
        body = {"username": user, "password": password, "auth": {"type": "m.login.dummy"}}
        found = self.call("POST", "/v3/register", body)
        who = Registered(name, found["user_id"], found["device_id"], found["access_token"], password)
        if shown:
            self.call("PUT", f"/v3/profile/{who.user_id}/displayname", {"displayname": shown}, token=who.token)
        return who

    def room(self, owner: Registered, **more: Any) -> str:
        """A new room that anybody may join and call in; `more` goes to `createRoom`."""
        levels = {"events": {MEMBER_EVENT: 0}}
        body = {"preset": "public_chat", "power_level_content_override": levels, **more}
        return str(self.call("POST", "/v3/createRoom", body, token=owner.token)["room_id"])

    def state(self, room_id: str, by: Registered, kind: str = MEMBER_EVENT) -> dict[str, dict[str, Any]]:
        """The contents of a room's state events of a kind by their keys."""
        found: Any = self.call("GET", f"/v3/rooms/{quote(room_id)}/state", token=by.token)
        return {event["state_key"]: event["content"] for event in found if event["type"] == kind}

    def __enter__(self) -> Self:
        need(is_there(), "Synapse")
        folder = Path(self._folder.name)
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (folder / "signing.key").write_text(f"ed25519 a_test {key}\n", encoding="ascii")
        (folder / "log.yaml").write_text(json.dumps({"version": 1, "root": {"level": "ERROR"}}), encoding="utf-8")
        (folder / "homeserver.yaml").write_text(json.dumps(self._settings(folder)), encoding="utf-8")  # JSON is YAML
        command = [str(program()), "-m", "synapse.app.homeserver", "--config-path", str(folder / "homeserver.yaml")]
        with (folder / "out").open("wb") as log:
            self._process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait(folder / "out")
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._folder.cleanup()

    def kill(self) -> None:
        """End it at once: nothing it keeps is needed again."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _settings(self, folder: Path) -> dict[str, Any]:
        resources = [{"names": ["client", "openid"], "compress": False}]
        listener = {"port": self.port, "type": "http", "bind_addresses": ["127.0.0.1"], "resources": resources}
        transports = [{"type": "livekit", "livekit_service_url": each} for each in self._transports]
        return {
            "server_name": SERVER_NAME,
            "public_baseurl": f"{self.url}/",
            "listeners": [{**listener, "tls": False}],
            "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
            "log_config": str(folder / "log.yaml"),
            "media_store_path": str(folder / "media"),
            "signing_key_path": str(folder / "signing.key"),
            "macaroon_secret_key": secrets.token_hex(16),
            "form_secret": secrets.token_hex(16),
            "report_stats": False,
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "bcrypt_rounds": 4,
            "presence": {"enabled": False},
            "max_event_delay_duration": "24h",
            "experimental_features": {"msc4143_enabled": True, "msc4222_enabled": True},
            "matrix_rtc": {"transports": transports},
            **{f"rc_{name}": _ENOUGH for name in _LIMITS},
            "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _ENOUGH),
            "rc_joins": {"local": _ENOUGH, "remote": _ENOUGH},
            **self._config,
        }

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                self.call("GET", "/versions")
            except OSError:
                assert self._process is not None
                assert self._process.poll() is None, log.read_text()[-2_000:]
                assert time.monotonic() < deadline, log.read_text()[-2_000:]
                time.sleep(0.1)
            else:
                return
