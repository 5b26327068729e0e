from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net.bounds import ANYWHERE
from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.link import WebAddress, parse_address
from visio_desktop.servers.lasuite.place import Place, Stay
from visio_desktop.servers.lasuite.room import RoomAnswer, Way
from visio_desktop.servers.lasuite.way import is_good_for_a_return, livekit_address
from visio_desktop.servers.port import JoinError


def web(text: str) -> WebAddress:
    address = parse_address(text)
    assert address is not None
    return address


FAR, NEAR = web("https://visio.example.org/tea"), web("http://127.0.0.1:8071/tea")


@pytest.mark.parametrize(
    ("url", "base", "port"),
    [
        ("https://livekit.example.org", "wss://livekit.example.org", 443),
        ("https://visio.example.org/livekit/", "wss://visio.example.org/livekit", 443),
        ("wss://livekit.example.org:7880", "wss://livekit.example.org:7880", 7880),
    ],
)
def test_where_livekit_is(url: str, base: str, port: int) -> None:
    address = livekit_address(Way(url, "r", "t"), ServerConfig(url), FAR, ANYWHERE)
    assert (address.base, address.port, address.secure) == (base, port, True)


def test_unencrypted_on_this_machine_only() -> None:
    way = Way("http://127.0.0.1:7880", "r", "t")
    assert livekit_address(way, ServerConfig(way.url), NEAR, ANYWHERE).base == "ws://127.0.0.1:7880"
    open_to_all = Way("http://livekit.example.org", "r", "t")
    forced = livekit_address(open_to_all, ServerConfig("x", force_wss=True), FAR, ANYWHERE)
    assert forced.base == "wss://livekit.example.org"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://livekit.example.org", ProblemCode.LINK_INSECURE),
        ("http://127.0.0.1:7880", ProblemCode.ONWARD_PRIVATE),
        ("https://localhost:7880", ProblemCode.ONWARD_PRIVATE),
        ("ftp://livekit.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("livekit.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://ada:pw@livekit.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://livekit.example.org?access_token=x", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://a:port", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_where_we_are_not_sent(url: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        livekit_address(Way(url, "r", "t"), ServerConfig(url), FAR, ANYWHERE)
    assert caught.value.problem.code is code


def stay(since_ms: float = 0.0, **said: object) -> Stay:
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    place = Place(ServerConfig("x"), RoomAnswer("id", "tea"), "", "tea")
    return Stay(place, Way("x", "r", "t"), "Ada", f"h.{body}.s", since_ms)


def test_a_token_lives_as_long_as_it_says_whatever_the_clocks_say() -> None:
    for begins in (0, 1_795_325_871, 9_999_999_999):
        hour = stay(500.0, nbf=begins, exp=begins + 3_600)
        assert is_good_for_a_return(hour, 500.0)
        assert is_good_for_a_return(hour, 500.0 + 3_500_000)
        assert not is_good_for_a_return(hour, 500.0 + 3_550_000)
    assert is_good_for_a_return(stay(iat=0, exp=3_600), 0.0)


def test_a_token_that_does_not_say_is_not_tried() -> None:
    assert not is_good_for_a_return(stay(exp=10**12), 0.0)
    assert not is_good_for_a_return(stay(nbf="soon", exp="late"), 0.0)
    assert not is_good_for_a_return(stay(), 0.0)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://", "wss://a"]), st.booleans())
def test_any_address_is_encrypted_or_refused(rest: str, start: str, forced: bool) -> None:
    try:
        address = livekit_address(Way(start + rest, "r", "t"), ServerConfig("x", force_wss=forced), FAR, ANYWHERE)
    except JoinError:
        return
    assert address.secure
    assert address.base.startswith("wss://")
