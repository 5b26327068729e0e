from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.ledger import ELSEWHERE, MOST_ADDRESSES, MOST_LINES, Ledger, Purpose, as_csv, as_json, as_text


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_ms = 1_000.0

    def __call__(self) -> float:
        return self.now_ms


def test_a_line_for_each_host_port_and_purpose() -> None:
    time = Time()
    ledger = Ledger(time)
    first = ledger.note("meet.example.org", 443, "tcp", Purpose.SIGNALLING)
    first.led_to(["192.0.2.1", "192.0.2.1", "2001:db8::1"])
    time.now_ms = 2_000.0
    first.sent(10)
    again = ledger.note("meet.example.org", 443, "tcp", Purpose.SIGNALLING)
    again.received(5)
    ledger.note("meet.example.org", 443, "tcp", Purpose.ACCOUNT)
    one, other = ledger.contacts()
    assert (one.host, one.port, one.purpose, one.connections) == ("meet.example.org", 443, Purpose.SIGNALLING, 2)
    assert (one.sent_bytes, one.received_bytes, one.first_ms, one.last_ms) == (10, 5, 1_000.0, 2_000.0)
    assert one.addresses == ("192.0.2.1", "2001:db8::1")
    assert other.purpose is Purpose.ACCOUNT


def test_it_never_grows_without_bound() -> None:
    ledger = Ledger(Time())
    for n in range(MOST_LINES + 50):
        ledger.note(f"h{n}.example.org", 443, "udp", Purpose.MEDIA).led_to(f"192.0.2.{i}" for i in range(99))
    contacts = ledger.contacts()
    assert len(contacts) == MOST_LINES + 1
    assert (contacts[-1].host, contacts[-1].connections) == (ELSEWHERE, 50)
    assert len(contacts[0].addresses) == MOST_ADDRESSES


def test_files_hold_what_the_lines_say() -> None:
    ledger = Ledger(Time())
    ledger.note("meet.example.org", 443, "tcp", Purpose.SIGNALLING, "http://proxy.example.org:3128").led_to(["a", "b"])
    (value,) = json.loads(as_json(ledger.contacts()))["contacts"]
    assert (value["host"], value["purpose"], value["via"]) == (
        "meet.example.org",
        "signalling",
        "proxy.example.org:3128",
    )
    assert as_text(ledger.contacts(), Path("a.JSON")) == as_json(ledger.contacts())
    assert (
        as_text(ledger.contacts(), Path("a.csv")) == as_text(ledger.contacts(), Path("a")) == as_csv(ledger.contacts())
    )
    (row,) = csv.DictReader(io.StringIO(as_csv(ledger.contacts())))
    assert (row["host"], row["port"], row["addresses"]) == ("meet.example.org", "443", "a b")


@given(st.text(max_size=400), st.text(max_size=400))
def test_what_servers_call_themselves_does_no_harm(host: str, via: str) -> None:
    ledger = Ledger(Time())
    ledger.note(host, 1, "tcp", Purpose.MEDIA, via)
    (contact,) = ledger.contacts()
    for shown in (contact.host, contact.via):
        assert len(shown) <= 255
        assert not shown.startswith(("=", "+", "-", "@"))
        assert shown.isprintable()
        assert not set("/\"' ,\n") & set(shown)
    assert len(list(csv.reader(io.StringIO(as_csv(ledger.contacts()))))) == 2
