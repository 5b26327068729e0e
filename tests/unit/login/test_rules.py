from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.login import rules

SERVER = "https://visio.example.gouv.fr"


def test_logging_in_begins_at_the_server_and_comes_back_to_it() -> None:
    start = rules.start_address(SERVER, silent=False)
    assert start.startswith(
        f"{SERVER}/api/v1.0/authenticate/?silent=false&returnTo=https%3A%2F%2Fvisio.example.gouv.fr"
    )
    assert "silent=true" in rules.start_address(SERVER, silent=True)
    assert rules.is_done(SERVER + rules.DONE_PATH, SERVER)
    assert rules.is_done(SERVER + rules.DONE_PATH + "?error=x", SERVER)


def test_a_server_may_live_in_a_folder_of_its_host() -> None:
    base = f"{SERVER}/visio"
    assert rules.start_address(base, silent=False).startswith(f"{base}/api/v1.0/authenticate/")
    assert rules.is_done(base + rules.DONE_PATH, base)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example" + rules.DONE_PATH,
        f"{SERVER}.evil.example{rules.DONE_PATH}",
        f"https://visio.example.gouv.fr@evil.example{rules.DONE_PATH}",
        f"{SERVER}/other",
        f"{SERVER}/?next={rules.DONE_PATH}",
        f"http://visio.example.gouv.fr{rules.DONE_PATH}",
    ],
)
def test_nobody_else_ends_a_login(address: str) -> None:
    assert not rules.is_done(address, SERVER)


@pytest.mark.parametrize(
    "server", ["", "visio.example", "http://visio.example", "ftp://h", "https://", "https://u@h", "file:///x"]
)
def test_what_is_no_server_is_refused(server: str) -> None:
    with pytest.raises(rules.RuleError):
        rules.start_address(server, silent=False)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("https://idp.example/login", True),
        ("http://127.0.0.1:8000/", True),
        ("http://localhost/", True),
        ("about:blank", True),
        ("http://idp.example/", False),
        ("http://127.0.0.1.evil.example/", False),
        ("file:///etc/passwd", False),
        ("chrome://settings", False),
        ("javascript:alert(1)", False),
        ("mailto:a@b", False),
        ("https://[", False),
    ],
)
def test_pages_come_encrypted_or_from_this_machine(address: str, may: bool) -> None:
    assert rules.may_visit(address) is may


def test_parts_of_pages_may_be_sockets_and_never_files() -> None:
    assert rules.may_load("wss://idp.example/")
    assert rules.may_load("data:image/png;base64,")
    assert not rules.may_load("file:///etc/passwd")
    assert not rules.may_load("http://cdn.example/script.js")


@pytest.mark.parametrize(
    ("domain", "its"),
    [
        ("visio.example.gouv.fr", True),
        (".visio.example.gouv.fr", True),
        ("gouv.fr", False),
        ("x.visio.example.gouv.fr", False),
    ],
)
def test_only_the_servers_own_cookies_are_taken_along(domain: str, its: bool) -> None:
    assert rules.belongs(domain, SERVER) is its


@given(st.text(max_size=80))
def test_no_address_breaks_the_rules(text: str) -> None:
    rules.may_visit(text)
    rules.may_load(text)
    rules.is_done(text, SERVER)
