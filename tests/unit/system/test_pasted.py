from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system.pasted import LONGEST_TEXT, MOST_LINKS, links_in, unwrapped

ROOM = "https://visio.example.org/abc-defg-hij"
MAIL = f"""Bonjour à toutes et à tous,

Réunion de service, lundi à 10 h : <{ROOM}>.
Par téléphone : +33 1 23 45 67 89, code 582 858 9750#

Un ordre du jour (https://docs.example.org/d/42) est à lire avant ; aide : https://aide.example.org/visio.
"""


def test_the_meeting_is_found_in_a_whole_invitation() -> None:
    assert links_in(MAIL) == (ROOM,)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (f"Join ({ROOM})!", ROOM),
        (f"« {ROOM} »", ROOM),
        (f"[{ROOM}]({ROOM})", ROOM),
        (
            "Call: https://cloud.example.org/call/x7k2p9 or https://example.org/help",
            "https://cloud.example.org/call/x7k2p9",
        ),
        (
            "see https://example.org/a and https://call.example.org/room/#/Team?roomId=!a:b.org&viaServers=b.org now",
            "https://call.example.org/room/#/Team?roomId=!a:b.org&viaServers=b.org",
        ),
        ("visio://visio.example.org/abc-defg-hij https://example.org", "visio://visio.example.org/abc-defg-hij"),
        ("livekit+wss://media.example.net?room=R, ok", "livekit+wss://media.example.net?room=R"),
        ("go to visio.example.org/abc-defg-hij at ten", "visio.example.org/abc-defg-hij"),
        ("https://example.org/wiki_(a)", "https://example.org/wiki_(a)"),
    ],
)
def test_one_link_is_taken_without_the_signs_around_it(text: str, link: str) -> None:
    assert links_in(text) == (link,)


def test_several_that_are_as_likely_are_all_given_and_known_hosts_come_first() -> None:
    text = "https://a.example/one https://b.example/two https://a.example/one"
    assert links_in(text) == ("https://a.example/one", "https://b.example/two")
    assert links_in(text, frozenset({"b.example"})) == ("https://b.example/two",)
    assert len(links_in(" ".join(f"https://a.example/{n}" for n in range(50)))) == MOST_LINKS


@pytest.mark.parametrize(
    "text", ["", "+33 1 23 45 67 89", "a mail@example.org", "http://insecure.example/x", "no link"]
)
def test_where_there_is_none_nothing_is_made_up(text: str) -> None:
    assert links_in(text) == ()


def test_what_a_mail_filter_wrapped_is_taken_out() -> None:
    safe = "https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvisio.example.org%2Fabc-defg-hij&data=05"
    assert unwrapped(safe) == ROOM
    assert links_in(f"Hello\n{safe}\n") == (ROOM,)
    assert unwrapped(f"https://urldefense.com/v3/__{ROOM}__;!!abc$") == ROOM
    for plain in (ROOM, "https://safelinks.protection.outlook.com.example/?url=x", "https://[broken", ""):
        assert unwrapped(plain) == plain


def test_of_a_giant_only_the_beginning_is_looked_at() -> None:
    assert links_in("x " * LONGEST_TEXT + ROOM) == ()


@given(st.text(max_size=300) | st.text(alphabet="htps:/[]().?&#%@ \nab", max_size=300))
def test_whatever_is_pasted_links_have_no_blanks_and_are_bounded(text: str) -> None:
    for link in links_in(f"{text} https://{text}"):
        assert link.isprintable()
        assert not any(sign.isspace() for sign in link)
        assert len(link) <= 2_000
