from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.matrix.config import parse_config, trusted
from visio_desktop.servers.port import JoinError

HOME = {"m.homeserver": {"base_url": "https://matrix.example.org/", "server_name": "example.org"}}


def test_what_a_host_says() -> None:
    said = {
        "default_server_config": HOME,
        "livekit": {"livekit_service_url": "https://rtc.example.org/"},
        "matrix_rtc_mode": "legacy",
        "matrix_rtc_session": {"delayed_leave_event_delay_ms": 1},
    }
    config = parse_config(json.dumps(said).encode())
    assert config is not None
    assert (config.homeserver, config.server_name) == ("https://matrix.example.org", "example.org")
    assert (config.focus, config.follows_oldest, config.leave_ms) == ("https://rtc.example.org", True, 4_000)
    usual = parse_config(json.dumps({"default_server_config": HOME}).encode())
    assert usual is not None
    assert (usual.focus, usual.follows_oldest, usual.leave_ms) == ("", False, 18_000)


@given(st.one_of(st.binary(), st.recursive(st.none(), lambda x: st.dictionaries(st.text(), x)).map(json.dumps)))
def test_anything_else_is_none(body: Any) -> None:
    assert parse_config(body if isinstance(body, bytes) else body.encode()) is None


@pytest.mark.parametrize(
    ("url", "by", "code"),
    [
        ("http://rtc.example.org", "h.org", ProblemCode.LINK_INSECURE),
        ("https://127.0.0.1/x", "h.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://a@rtc.example.org", "h.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("ftp://rtc.example.org", "h.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://rtc.example.org:port", "h.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://rtc.example.org/?x=1", "h.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_where_we_do_not_go(url: str, by: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        trusted(url, by)
    assert caught.value.problem.code is code


def test_where_we_go() -> None:
    assert trusted("https://rtc.example.org/jwt/", "h.org") == "https://rtc.example.org/jwt"
    assert trusted("http://127.0.0.1:8080", "localhost") == "http://127.0.0.1:8080"
