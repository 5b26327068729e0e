from __future__ import annotations

import pytest

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net.bounds import ANYWHERE
from visio_desktop.servers.livekit.link import address_at, parse_address, parse_link
from visio_desktop.servers.port import JoinError


def test_an_address_with_path_and_port() -> None:
    address = parse_address("livekit+wss://meet.example.org:8443/sfu/?room=tea%20time")
    assert address is not None
    assert (address.host, address.port, address.secure, address.room) == ("meet.example.org", 8443, True, "tea time")
    assert address.signalling == "wss://meet.example.org:8443/sfu/rtc"
    assert address.validation == "https://meet.example.org:8443/sfu/rtc/validate"


def test_default_ports_and_this_machine() -> None:
    secure, local = parse_address("livekit+wss://a.org"), parse_address("livekit+ws://[::1]:7880?room=r")
    assert secure is not None
    assert (secure.port, secure.room) == (443, "")
    assert local is not None
    assert (local.signalling, local.validation) == ("ws://[::1]:7880/rtc", "http://[::1]:7880/rtc/validate")


def test_a_host_is_shown_as_the_network_knows_it() -> None:
    address = parse_address("livekit+wss://visi\N{CYRILLIC SMALL LETTER O}.example.org")
    assert address is not None
    assert (address.host, address.base) == ("xn--visi-85d.example.org", "wss://xn--visi-85d.example.org")


def test_other_kinds_are_not_ours() -> None:
    assert parse_link("https://meet.example.org/abc") is None
    assert parse_link("livekit://a.org?room=r") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("livekit+ws://example.org?room=r", ProblemCode.LINK_INSECURE),
        ("livekit+wss://?room=r", ProblemCode.LINK_MALFORMED),
        ("livekit+wss://a.org:nine?room=r", ProblemCode.LINK_MALFORMED),
        ("livekit+wss://ada:sesame@a.org?room=r", ProblemCode.LINK_MALFORMED),
        ("livekit+wss://a.org?room=r&room=s", ProblemCode.LINK_MALFORMED),
        ("livekit+wss://a.org?room=r&access_token=sesame", ProblemCode.LINK_MALFORMED),
        (f"livekit+wss://a.org?room={'r' * 300}", ProblemCode.LINK_MALFORMED),
    ],
)
def test_bad_links_say_why_without_their_secrets(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_link(text)
    assert caught.value.problem.code is code
    assert "token=sesame" not in str(caught.value)


def test_where_another_server_says_it_is() -> None:
    assert address_at("https://media.example.org/lk", "h.org", ANYWHERE).base == "wss://media.example.org/lk"
    assert address_at("ws://127.0.0.1:7880", "localhost", ANYWHERE).port == 7880
    for url, code in (
        ("ws://media.example.org", ProblemCode.LINK_INSECURE),
        ("wss://127.0.0.1", ProblemCode.ONWARD_PRIVATE),
        ("wss://media.example.org?access_token=x", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("media.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ):
        with pytest.raises(JoinError) as caught:
            address_at(url, "h.org", ANYWHERE)
        assert caught.value.problem.code is code
