from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.lasuite_samples import SAMPLES
from visio_desktop.meeting.rooms import EVERY_SOURCE, RecordingKind
from visio_desktop.meeting.values import Source
from visio_desktop.servers.lasuite.config import ServerConfig, parse_config, source_names, sources

RECORDED = SAMPLES["config"]["json"]


def read(**changes: object) -> ServerConfig | None:
    return parse_config(json.dumps({**RECORDED, **changes}).encode())


def test_as_a_real_server_says() -> None:
    assert read() == ServerConfig(
        "http://127.0.0.1:7880",
        recordings=frozenset(RecordingKind),
        phone="+33 1 23 45 67 89",
        captions=True,
        connection_test=True,
        silent_login=True,
        most_for_sounds=5,
        mute_on_join_above=50,
        default_access="public",
        language="en-us",
    )


def test_only_the_address_of_livekit_must_be_there() -> None:
    assert parse_config(b'{"livekit": {"url": "https://lk.example.org"}}') == ServerConfig("https://lk.example.org")
    assert parse_config(b'{"livekit": {}}') is None
    assert parse_config(b'{"livekit": {"url": 5}}') is None
    assert parse_config(b"<!doctype html>") is None
    assert parse_config(b'["livekit"]') is None


def test_wrong_types_are_passed_over_one_by_one() -> None:
    config = read(
        recording={"is_enabled": "yes"},
        telephony={"enabled": True, "international_phone_number": None},
        idle_disconnect_warning_delay="soon",
        max_participants_for_sound=-5,
        documentation_url="javascript:alert(1)",
        subtitle=None,
    )
    assert config is not None
    assert (config.recordings, config.phone, config.captions) == (frozenset(), "", False)
    assert (config.idle_warning_ms, config.most_for_sounds, config.documentation_url) == (None, None, "")
    assert config.connection_test, "what is right beside them stays"


def test_what_is_off_is_off() -> None:
    config = read(
        recording={"is_enabled": True, "available_modes": ["transcript", "hologram"], "max_duration": 5_000},
        telephony={"enabled": False, "international_phone_number": "+33 1"},
        livekit={"url": "https://lk", "force_wss_protocol": True, "default_sources": ["camera", "smell"]},
        authenticated_users_can_edit_display_name=False,
        idle_disconnect_warning_delay=60_000,
    )
    assert config is not None
    assert (config.recordings, config.longest_recording_ms) == (frozenset({RecordingKind.TRANSCRIPT}), 5_000.0)
    assert (config.phone, config.force_wss, config.default_sources) == ("", True, frozenset({Source.CAMERA}))
    assert (config.names_editable, config.idle_warning_ms) == (False, 60_000.0)


def test_sources_and_their_names() -> None:
    assert sources(None, EVERY_SOURCE) == EVERY_SOURCE
    assert sources((), EVERY_SOURCE) == frozenset()
    assert source_names(EVERY_SOURCE) == ["camera", "microphone", "screen_share", "screen_share_audio"]


@given(
    st.dictionaries(st.sampled_from(list(RECORDED)), st.none() | st.integers() | st.text() | st.lists(st.integers()))
)
def test_any_values_do_no_harm(changes: dict[str, object]) -> None:
    config = read(**changes)
    assert config is None or config.livekit_url
