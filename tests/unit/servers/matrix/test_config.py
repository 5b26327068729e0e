from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.matrix.config import parse_config

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
