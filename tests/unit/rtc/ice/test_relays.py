from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.ice.network import EVERY_RELAY
from visio_desktop.rtc.ice.relays import Relay, parse_relay, parse_stun, race, relays_of

AT_ONCE = 60.0
"""A head start nobody waits for: where the test goes on, something else decided."""


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("turn:turn.example", Relay("turn.example", 3478, "udp")),
        ("turn:turn.example:80?transport=tcp", Relay("turn.example", 80, "tcp")),
        ("turns:turn.example:443?transport=tcp", Relay("turn.example", 443, "tls")),
        ("turns:turn.example", Relay("turn.example", 5349, "tls")),
        ("turn:[fd00::1]:3478?transport=udp", Relay("fd00::1", 3478, "udp")),
        ("turn://turn.example", Relay("turn.example", 3478, "udp")),
        ("turns:turn.example?transport=udp", None),
        ("turn:turn.example?transport=sctp", None),
        ("turn:turn.example:99999", None),
        ("turn:turn.example:0", None),
        ("turn:user@turn.example", None),
        ("stun:turn.example", None),
        ("turn:" + "x" * 400, None),
        ("", None),
    ],
)
def test_addresses_of_relays(url: str, relay: Relay | None) -> None:
    assert parse_relay(url, "", "") == relay


def test_addresses_of_stun_servers() -> None:
    assert parse_stun("stun:stun.example:19302") == ("stun.example", 19302)
    assert parse_stun("stun:stun.example") == ("stun.example", 3478)
    assert parse_stun("turn:stun.example") is None
    assert parse_stun("stun:stun.example?transport=udp") is None


@given(st.text(max_size=80) | st.text(max_size=40).map(lambda tail: "turn:" + tail))
def test_any_text_is_a_relay_or_none(url: str) -> None:
    found = parse_relay(url, "ada", "a secret")
    assert found is None or (found.host and 0 < found.port < 65_536 and "a secret" not in repr(found))


def test_each_relay_once_and_few_of_them() -> None:
    many = [(f"turn:turn{n % 20}.example", "", "") for n in range(1_000)]
    assert len(relays_of(many, EVERY_RELAY)) == 12
    assert relays_of([("turn:a", "", ""), ("turns:a", "", "")], frozenset({"tls"})) == (Relay("a", 5349, "tls"),)


UDP, UDP2, TCP, TLS = Relay("a", 1, "udp"), Relay("b", 1, "udp"), Relay("a", 1, "tcp"), Relay("a", 1, "tls")


class Network:
    """Which relays answer, which refuse; the others never say anything."""

    def __init__(self, answers: tuple[Relay, ...] = (), refuses: tuple[Relay, ...] = ()) -> None:
        self._answers, self._refuses = answers, refuses
        self.tried: list[Relay] = []
        self.cancelled: list[Relay] = []

    async def attempt(self, relay: Relay) -> bool:
        self.tried.append(relay)
        try:
            if relay not in (*self._answers, *self._refuses):
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.append(relay)
            raise
        return relay in self._answers


async def test_where_udp_answers_nothing_else_is_tried() -> None:
    network = Network(answers=(UDP, UDP2))
    await race([TLS, UDP, TCP, UDP2], network.attempt, head_start_s=AT_ONCE)
    assert network.tried == [UDP, UDP2]


async def test_where_udp_is_refused_the_rest_follows_at_once_and_the_first_is_enough() -> None:
    network = Network(answers=(TLS,), refuses=(UDP,))
    await race([UDP, TCP, TLS], network.attempt, head_start_s=AT_ONCE)
    assert network.tried == [UDP, TCP, TLS]
    assert network.cancelled == [TCP]


async def test_where_udp_is_silent_it_is_given_a_head_start_only() -> None:
    network = Network(answers=(TCP,))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await race([UDP, TCP], network.attempt, head_start_s=0)
    assert network.tried == [UDP, TCP]
    assert network.cancelled == [UDP]


async def test_where_nothing_answers_the_race_ends() -> None:
    network = Network(refuses=(UDP, TCP))
    await race([UDP, TCP], network.attempt, head_start_s=AT_ONCE)
    await race([], network.attempt, head_start_s=AT_ONCE)
    assert network.tried == [UDP, TCP]
