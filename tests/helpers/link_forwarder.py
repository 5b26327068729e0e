"""The process behind `link.Link`: makes the namespaces and forwards packets until its input ends.

Arguments: the two ends and the seed as JSON. Input: lines of JSON with the conditions by sending end (`a`, `b`)
whenever they change, or with `lose_ms`. Output: "ready".
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

from tests.helpers.link import DEVICE, Conditions, End

_TUNSETIFF, _IFF_TUN_NO_PI, _CLONE_NEWNET, _UDP = 0x400454CA, 0x1001, 0x40000000, 17
_PROTOCOL_AT = {4: 9, 6: 6}  # in the header of each version of IP


@dataclass
class Direction:
    """One direction of the link: packets held back until they are due."""

    out: int
    chance: random.Random
    conditions: Conditions = field(default_factory=Conditions)
    held: list[tuple[float, int, bytes]] = field(default_factory=list)
    line_free_s: float = 0.0
    last_due_s: float = 0.0
    lost_until_s: float = 0.0
    count: int = 0
    in_burst: bool = False

    def take(self, packet: bytes, now_s: float) -> None:
        """Drop a packet or hold it until it is due."""
        conditions = self.conditions
        protocol_at = _PROTOCOL_AT.get(packet[0] >> 4)
        if protocol_at is None or conditions.down or now_s < self.lost_until_s:
            return
        if packet[protocol_at] == _UDP and (conditions.block_udp or self._is_lost()):
            return
        sent_s = now_s
        if conditions.rate_bps:
            sent_s = max(now_s, self.line_free_s) + len(packet) * 8 / conditions.rate_bps
            if sent_s - now_s > conditions.queue_ms / 1000:
                return
            self.line_free_s = sent_s
        due_s = sent_s + (conditions.delay_ms + self.chance.random() * conditions.jitter_ms) / 1000
        if not conditions.reorder:
            due_s = self.last_due_s = max(due_s, self.last_due_s)
        self.count += 1
        heapq.heappush(self.held, (due_s, self.count, packet))

    def _is_lost(self) -> bool:
        """Gilbert's model: a burst ends with chance 1 / its mean length, and begins so that `loss` comes out."""
        loss, burst = self.conditions.loss, max(1.0, self.conditions.burst)
        if loss <= 0 or loss >= 1:
            return loss >= 1
        stays = 1 - 1 / burst if burst > 1 else loss
        begins = loss / (1 - loss) / burst if burst > 1 else loss
        self.in_burst = self.chance.random() < (stays if self.in_burst else begins)
        return self.in_burst

    def release(self, now_s: float) -> None:
        """Hand over what is due."""
        while self.held and self.held[0][0] <= now_s:
            packet = heapq.heappop(self.held)[2]
            try:
                os.write(self.out, packet)
            except OSError as error:
                sys.stderr.write(f"link: {error}\n")


def ip(*arguments: str) -> None:
    """Run ip(8); an error ends this process."""
    subprocess.run(["ip", *arguments], check=True)


def open_tun(own: End, other: End) -> int:
    """Enter the namespace, make the tun device with its address there, and answer its file descriptor."""
    namespace = os.open(f"/var/run/netns/{own.namespace}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(namespace)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", DEVICE.encode(), _IFF_TUN_NO_PI))
    ip("addr", "add", f"{own.address}/24", "dev", DEVICE)
    if own.address6:
        ip("addr", "add", f"{own.address6}/64", "dev", DEVICE, "nodad")
    ip("link", "set", "dev", DEVICE, "mtu", "1500", "txqueuelen", "1000", "up")
    ip("link", "set", "lo", "up")
    ip("route", "add", "default", "via", other.address)
    return device


def drain(device: int, direction: Direction) -> None:
    """Take all packets waiting at a device."""
    while True:
        try:
            packet = os.read(device, 2048)
        except BlockingIOError:
            return
        direction.take(packet, time.monotonic())


def obey(line: bytes, a: Direction, b: Direction) -> None:
    """Carry out one line of input."""
    told = json.loads(line)
    lost_until_s = time.monotonic() + told.get("lose_ms", 0.0) / 1000
    for name, direction in (("a", a), ("b", b)):
        if name in told:
            direction.conditions = Conditions(**told[name])
        direction.lost_until_s = max(direction.lost_until_s, lost_until_s)


def forward(a: int, b: int, seed: int) -> None:
    """Forward until the input ends."""
    rest = b""
    directions = {a: Direction(b, random.Random(seed)), b: Direction(a, random.Random(seed + 1))}
    selector = selectors.DefaultSelector()
    for descriptor in (a, b, 0):
        selector.register(descriptor, selectors.EVENT_READ)
    while True:
        dues = [d.held[0][0] for d in directions.values() if d.held]
        wait_s = max(0.0, min(dues) - time.monotonic()) if dues else None
        for key, _ in selector.select(wait_s):
            if key.fd in directions:
                drain(key.fd, directions[key.fd])
                continue
            if not (read := os.read(0, 4096)):
                return
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                obey(line, *directions.values())
        for direction in directions.values():
            direction.release(time.monotonic())


def main() -> None:
    """Make the link, forward, and remove it."""
    a, b = (End(**json.loads(argument)) for argument in sys.argv[1:3])
    made = []
    try:
        for end in (a, b):
            ip("netns", "add", end.namespace)
            made.append(end)
        devices = open_tun(a, b), open_tun(b, a)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        forward(*devices, int(sys.argv[3]))
    finally:
        for end in made:
            ip("netns", "del", end.namespace)


if __name__ == "__main__":
    main()
