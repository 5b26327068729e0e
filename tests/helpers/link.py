"""A poor network between two network namespaces: loss, delay, jitter, rate, UDP blocked. Needs root.

    with Link(loss=0.05, delay_ms=20) as link:
        subprocess.Popen([*link.a.prefix, "server", ...])      # its address is link.a.address
        subprocess.Popen([*link.b.prefix, "client", ...])
        link.change(loss=0.0, block_udp=True)
        link.change(sent_by=link.b, rate_bps=500_000)          # the uplink alone
        link.lose(150)                                         # everything, both ways, for 150 ms
        link.move("10.9.0.3")                                  # b has another address from now on

Netem is not in every kernel, so a process of ours forwards the packets (`link_forwarder`). Which packets are lost
follows from `seed` and the order in which they come.
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

DEVICE = "poor0"


@dataclass(frozen=True, slots=True)
class Conditions:
    """How poor the network is in one direction. Only UDP is lost and blocked; `rate_bps` 0 is without limit.

    `delay_ms` is one way; `jitter_ms` is added at random from 0 on, packets keeping their order unless `reorder`.
    `burst` is how many packets are lost in a row on average, `loss` remaining the part lost (Gilbert's model).
    `queue_ms` is the longest wait for the line before packets are dropped.
    """

    loss: float = 0.0
    burst: float = 1.0
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    reorder: bool = False
    rate_bps: int = 0
    queue_ms: float = 300.0
    block_udp: bool = False
    down: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """One end: a network namespace and its address, with an IPv6 one besides where that was asked for."""

    namespace: str
    address: str
    address6: str = ""

    @property
    def prefix(self) -> list[str]:
        """What a command line begins with to run there."""
        return ["ip", "netns", "exec", self.namespace]


class Link:
    """Two namespaces and the network between them, removed again at the end."""

    def __init__(self, *, seed: int = 1, six: bool = False, **conditions: Any) -> None:
        name = secrets.token_hex(3)
        self.a = End(f"va{name}", "10.9.0.1", "fd00:9::1" if six else "")
        self.b = End(f"vb{name}", "10.9.0.2", "fd00:9::2" if six else "")
        self._seed = seed
        self._conditions = dict.fromkeys((self.a.namespace, self.b.namespace), Conditions(**conditions))
        self._process: subprocess.Popen[str] | None = None

    def change(self, *, sent_by: End | None = None, **conditions: Any) -> None:
        """Change some of the conditions for what one end or both send; packets under way keep their fate."""
        for end in (self.a, self.b) if sent_by is None else (sent_by,):
            self._conditions[end.namespace] = replace(self._conditions[end.namespace], **conditions)
        a, b = (asdict(self._conditions[end.namespace]) for end in (self.a, self.b))
        self._tell({"a": a, "b": b})

    def lose(self, for_ms: float) -> None:
        """Lose everything in both directions for so long from now on; packets on the line arrive."""
        self._tell({"lose_ms": for_ms})

    def move(self, address: str) -> None:
        """Give b another address of the same network; the old one is gone at once, with all that uses it."""
        device = [*self.b.prefix, "ip", "addr"]
        subprocess.run([*device, "add", f"{address}/24", "dev", DEVICE], check=True)
        subprocess.run([*device, "del", f"{self.b.address}/24", "dev", DEVICE], check=True)
        # Removing a network's first address removes the second one as well, and the routes through them.
        subprocess.run([*device, "replace", f"{address}/24", "dev", DEVICE], check=True)
        route = [*self.b.prefix, "ip", "route", "replace", "default", "via", self.a.address]
        subprocess.run(route, check=True)
        self.b = replace(self.b, address=address)

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        need_program("ip")
        need(os.geteuid() == 0 and Path("/dev/net/tun").exists(), "root's right to make network namespaces")
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.helpers.link_forwarder",
                *map(json.dumps, (asdict(self.a), asdict(self.b), self._seed)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # an interrupt is for the one who made the link, who removes it
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
