"""Which addresses of a machine are used: where there is IPv6 alone, and to a server that has both. Needs root."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.end2end.test_loss import ROOM, ended, our_client
from tests.helpers.link import Link
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.needs import need, need_program

ADDRESS = "fd00:9::1"


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


@pytest.fixture
def namespace() -> Iterator[str]:
    """One with a device of its own, a unique local address on it, and the link-local one it has anyway."""
    need_program("ip")
    need(os.geteuid() == 0, "root's right to make network namespaces")
    name = f"six{secrets.token_hex(3)}"
    ip("netns", "add", name)
    try:
        for command in (
            ("link", "set", "lo", "up"),
            ("link", "add", "one", "type", "veth", "peer", "name", "two"),
            ("link", "set", "one", "up"),
            ("link", "set", "two", "up"),
            ("addr", "add", f"{ADDRESS}/64", "dev", "one", "nodad"),
        ):
            ip("-n", name, *command)
        yield name
    finally:
        ip("netns", "del", name)


def test_where_there_is_ipv6_alone_it_is_used(namespace: str) -> None:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-m", "tests.helpers.here_pair"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == {
        "addresses": [ADDRESS],
        "path": {"protocol": "udp", "candidate": "host", "proxy": ""},
    }


async def test_media_goes_to_a_server_over_ipv6() -> None:
    """Ours has no other address for media; whoever watches is beside the server."""
    with Link(six=True, delay_ms=20) as link:
        both = f"{link.a.address},{link.a.address6}"
        with LiveKitServer(address=link.a.address, prefix=link.a.prefix, node_ip=both) as server:
            async with NativePeer(link.a.prefix) as native, our_client(link, server, link.b.address6) as ours:
                await native.join(server.url, server.token(ROOM, "bob", name="Bob"))
                await native.until(lambda s: any(s.sees(who, "camera", codes=5) for who in s.people))
                told = await ended(ours)
    assert told["path"] == {"protocol": "udp", "candidate": "host", "proxy": ""}
