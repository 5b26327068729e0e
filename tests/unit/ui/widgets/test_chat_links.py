from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.ui.widgets.chat_links import host_of, linked

HREF = re.compile(r'href="([^"]*)"')


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("see https://a.example/x?y=1&z=2.", ["https://a.example/x?y=1&amp;z=2"]),
        ("(https://a.example/)", ["https://a.example/"]),
        ("https://a.example/w_(x)", ["https://a.example/w_(x)"]),
        ("http://one.example, https://two.example!", ["http://one.example", "https://two.example"]),
        ("javascript:alert(1) file:///etc/passwd visio://x", []),
        ("https:// https://@ https://[::1 https://a:99999999/", []),
    ],
)
def test_web_addresses_and_nothing_else_are_links(text: str, addresses: list[str]) -> None:
    assert HREF.findall(linked(text)) == addresses


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://bank.example@evil.example/", "evil.example"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com", "xn--80ak6aa92e.com"),
        ("https://bank.example%2f@evil.example", "evil.example"),
    ],
)
def test_where_the_text_hides_the_host_it_is_said(address: str, host: str) -> None:
    assert host_of(address) == host
    assert f"[{host}]" in linked(address)


def test_a_plain_address_needs_no_explanation() -> None:
    assert "[" not in linked("https://A.example:8443/path")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_written_no_link_leads_elsewhere_than_it_says(before: str, after: str) -> None:
    made = linked(f"{before}https://{after}")
    assert "<img" not in made
    assert all(found.startswith(("http://", "https://")) for found in HREF.findall(made))
    shown = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', made)
    assert all(address == text for address, text in shown)
