"""Which addresses of a machine are used: a network namespace with IPv6 alone. Needs root."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest

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
