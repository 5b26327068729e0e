"""A poor network between two network namespaces: loss, delay, jitter, rate, UDP blocked. Needs root.

    with Link(loss=0.05, delay_ms=20) as link:
        subprocess.Popen([*link.a.prefix, "server", ...])      # its address is link.a.address
        subprocess.Popen([*link.b.prefix, "client", ...])
        link.change(loss=0.0, block_udp=True)

Netem is not in every kernel, so a process of ours forwards the packets (`link_forwarder`).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.needs import need, need_program


@dataclass(frozen=True, slots=True)
class Conditions:
    """How poor the network is, in each direction. Only UDP is lost and blocked; `rate_bps` 0 is without limit."""

    loss: float = 0.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    rate_bps: int = 0
    queue_ms: float = 300.0
    block_udp: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """One end: a network namespace and its address."""

    namespace: str
    address: str

    @property
    def prefix(self) -> list[str]:
        """What a command line begins with to run there."""
        return ["ip", "netns", "exec", self.namespace]


class Link:
    """Two namespaces and the network between them, removed again at the end."""

    def __init__(self, **conditions: Any) -> None:
        name = secrets.token_hex(3)
        self.a = End(f"va{name}", "10.9.0.1")
        self.b = End(f"vb{name}", "10.9.0.2")
        self.conditions = Conditions(**conditions)
        self._process: subprocess.Popen[str] | None = None

    def change(self, **conditions: Any) -> None:
        """Change some of the conditions while packets flow; those under way keep their fate."""
        self.conditions = replace(self.conditions, **conditions)
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(self.conditions)) + "\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        need_program("ip")
        need(os.geteuid() == 0 and Path("/dev/net/tun").exists(), "root's right to make network namespaces")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.link_forwarder", *map(json.dumps, (asdict(self.a), asdict(self.b)))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != "ready":
            self._end()
            raise RuntimeError("the link did not come up")
        self.change()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        assert process is not None
        process.communicate("")  # closing its input ends it
