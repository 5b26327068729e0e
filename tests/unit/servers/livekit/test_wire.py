from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import DataPacket, UserPacket
from livekit.protocol.rtc import Ping, SignalRequest, SignalResponse

from visio_desktop.servers.livekit.wire import (
    MAX_PACKET_BYTES,
    MAX_SIGNAL_BYTES,
    Candidate,
    WireError,
    parse_candidate,
    parse_packet,
    parse_response,
    print_request,
)


def test_messages_go_through() -> None:
    assert parse_response(SignalResponse(pong=7).SerializeToString()).pong == 7
    packet = DataPacket(user=UserPacket(payload=b"x", topic="t"))
    assert parse_packet(packet.SerializeToString()).user.topic == "t"
    assert print_request(SignalRequest(ping_req=Ping(timestamp=1)))


@pytest.mark.parametrize("data", ["text", b"\xff\xff", b"x" * (MAX_SIGNAL_BYTES + 1)])
def test_no_message(data: bytes | str) -> None:
    with pytest.raises(WireError):
        parse_response(data)


def test_a_packet_has_a_bound() -> None:
    with pytest.raises(WireError):
        parse_packet(b"\x00" * (MAX_PACKET_BYTES + 1))


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_message_or_a_wire_error(data: bytes) -> None:
    for parse in (parse_response, parse_packet):
        try:
            parse(data)
        except WireError:
            continue


def test_candidates() -> None:
    line = "candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host"
    text = json.dumps({"candidate": line, "sdpMid": "1", "sdpMLineIndex": 0, "usernameFragment": None})
    assert parse_candidate(text) == Candidate(line, "1")
    assert parse_candidate('{"candidate": "", "sdpMid": null}') == Candidate("", "0")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.text(), v)
)


@given(st.text() | json_values.map(json.dumps) | st.just("[" * 4_000) | st.just('{"candidate": 7}'))
def test_any_text_is_a_candidate_or_a_wire_error(text: str) -> None:
    try:
        candidate = parse_candidate(text)
    except WireError:
        return
    assert isinstance(candidate.line, str)
    assert isinstance(candidate.mid, str)
