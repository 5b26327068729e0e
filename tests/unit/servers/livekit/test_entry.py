from __future__ import annotations

from base64 import urlsafe_b64decode

from livekit.protocol.models import ClientInfo, ReconnectReason
from livekit.protocol.rtc import JoinRequest, WrappedJoinRequest

from visio_desktop.servers.livekit.entry import PROTOCOL, Return, plain, wrapped


def unwrapped(query: dict[str, str]) -> JoinRequest:
    outer = WrappedJoinRequest.FromString(urlsafe_b64decode(query["join_request"]))
    assert outer.compression == WrappedJoinRequest.NONE
    return JoinRequest.FromString(outer.join_request)


def test_both_doors_are_told_the_same() -> None:
    query, request = plain("sesame"), unwrapped(wrapped("sesame"))
    assert query["access_token"] == wrapped("sesame")["access_token"] == "sesame"
    assert request.client_info.protocol == PROTOCOL == int(query["protocol"])
    assert request.client_info.sdk == ClientInfo.SDK.PYTHON
    assert ClientInfo.SDK.Name(request.client_info.sdk).lower() == query["sdk"]
    assert request.connection_settings.auto_subscribe
    assert query["auto_subscribe"] == "1"
    assert not request.reconnect
    assert "reconnect" not in query


def test_who_comes_back_says_so() -> None:
    back = Return("PA_me", ReconnectReason.RR_SIGNAL_DISCONNECTED)
    query, request = plain("sesame", back), unwrapped(wrapped("sesame", back))
    assert (query["reconnect"], query["sid"], query["reconnect_reason"]) == ("1", "PA_me", "1")
    assert (request.reconnect, request.participant_sid, request.reconnect_reason) == (True, "PA_me", back.reason)
