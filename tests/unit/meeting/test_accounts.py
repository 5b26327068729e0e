from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.account_views import IN, LEO, ODILE, OUT
from visio_desktop.meeting.accounts import server_of


def test_one_is_at_a_server_who_is_in_use_there_while_the_server_knows_them() -> None:
    assert (IN.account, IN.expired, OUT.account) == (ODILE, None, None)
    assert replace(IN, active=1).account == LEO
    lapsed = replace(IN, accounts=(replace(ODILE, expired=True), LEO))
    assert (lapsed.account, lapsed.expired) == (None, replace(ODILE, expired=True))


def test_a_server_is_called_by_its_host() -> None:
    assert OUT.host == "visio.numerique.example.gouv.fr"
    assert replace(OUT, url="http://127.0.0.1:8000").host == "127.0.0.1:8000"


@pytest.mark.parametrize(
    ("link", "server"),
    [
        ("https://h.example/abc", "https://h.example"),
        ("https://h.example/abc/", "https://h.example"),
        ("https://h.example/visio/abc", "https://h.example/visio"),
    ],
)
def test_a_link_ends_with_the_room(link: str, server: str) -> None:
    assert server_of(link) == server
