from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.livekit.handed import Handed, parse_handed
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("livekit://lk.example.org?room=tea", Handed("livekit+wss://lk.example.org?room=tea")),
        ("wss://lk.example.org", Handed("livekit+wss://lk.example.org")),
        ("wss://lk.example.org/rtc?access_token=a.b.c", Handed("livekit+wss://lk.example.org/rtc", "a.b.c")),
        ("ws://127.0.0.1:7880/?access_token=a.b.c", Handed("livekit+ws://127.0.0.1:7880/", "a.b.c")),
        ("https://lk.example.org/?access_token=t&room=a%26b", Handed("livekit+wss://lk.example.org/?room=a%26b", "t")),
        (
            "https://meet.example.org/custom?liveKitUrl=wss://lk.example.org&token=a.b.c",
            Handed("livekit+wss://lk.example.org", "a.b.c"),
        ),
        ("https://lk.example.org/abc-defg-hij", None),
        ("wss://janus.example.org:8989", None),
        ("wss://janus.example.org/janus", None),
        ("wss://h?access_token=a&access_token=b", Handed("livekit+wss://h")),
        ("livekit+wss://h?room=x", None),
        ("wss://[", None),
        ("", None),
    ],
)
def test_links_of_other_clients(text: str, found: Handed | None) -> None:
    assert parse_handed(text) == found


@given(st.text() | st.builds("wss://{}".format, st.text()) | st.builds("https://h/?access_token={}".format, st.text()))
def test_no_token_stays_in_a_link(text: str) -> None:
    handed = parse_handed(text)
    assert handed is None or "access_token" not in handed.text
    assert handed is None or repr(handed) == f"Handed(text={handed.text!r})"


async def test_the_token_of_a_link_is_joined_with_and_shown_nowhere() -> None:
    adapter = LiveKitAdapter()
    link = adapter.recognise("ws://127.0.0.1:9/?access_token=sesame")
    assert link is not None
    assert "sesame" not in repr(link)
    assert (link.kind, link.takes_token) == ("livekit", True)
    for held, credentials, code in (
        (link, Credentials(), ProblemCode.HOST_UNREACHABLE),
        (link, Credentials(token="given"), ProblemCode.HOST_UNREACHABLE),
        (adapter.recognise("ws://127.0.0.1:9/?room=other"), Credentials(), ProblemCode.TOKEN_MISSING),
    ):
        assert held is not None
        with pytest.raises(JoinError) as caught:
            await adapter.join(JoinRequest(held, "Ada", credentials), SessionEar())
        assert caught.value.problem.code is code


def test_there_is_an_end_to_what_is_kept() -> None:
    adapter = LiveKitAdapter()
    for number in range(200):
        adapter.recognise(f"wss://h{number}.example.org?access_token=t")
    assert len(adapter._handed) == 50
