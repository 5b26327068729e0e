from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net import Inward, NotAllowed
from visio_desktop.net.bounds import ANYWHERE, Bounds
from visio_desktop.net.hosts import is_loopback, is_private

LISTED = Bounds(lambda host: host in {"meet.example.org", "10.0.0.1", "127.0.0.1"}, lambda: True)
HOSTS = st.one_of(
    st.sampled_from(["127.0.0.1", "localhost", "::1", "10.0.0.1", "printer", "nas.local", "8.8.8.8", "a.example.org"]),
    st.ip_addresses().map(str),
    st.text(max_size=30),
)


def test_without_a_list_every_host_is_gone_to() -> None:
    ANYWHERE.refuse("a.example.org")
    ANYWHERE.refuse("10.0.0.1")


def test_with_a_list_no_other_host_is() -> None:
    LISTED.refuse("meet.example.org")
    with pytest.raises(NotAllowed) as caught:
        LISTED.refuse("a.example.org")
    assert caught.value.host == "a.example.org"


@pytest.mark.parametrize(
    ("host", "by", "goes"),
    [
        ("media.example.org", "meet.example.org", True),
        ("10.0.0.1", "meet.example.org", False),
        ("printer", "meet.example.org", False),
        ("127.1", "meet.example.org", False),
        ("127.0.0.1", "meet.example.org", False),
        ("localhost.", "10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", True),
        ("10.0.0.1", "meet.corp", True),
        ("10.0.0.1", "localhost", True),
        ("127.0.0.1", "::1", True),
    ],
)
def test_nobody_elsewhere_sends_us_inward(host: str, by: str, goes: bool) -> None:
    if goes:
        ANYWHERE.refuse_named(host, by)
        return
    with pytest.raises(Inward):
        ANYWHERE.refuse_named(host, by)


def test_a_private_host_that_is_listed_is_gone_to_by_anybodys_word_but_never_this_machine() -> None:
    LISTED.refuse_named("10.0.0.1", "meet.example.org")
    with pytest.raises(Inward):
        LISTED.refuse_named("127.0.0.1", "meet.example.org")


@given(HOSTS, HOSTS, st.sets(HOSTS), st.booleans())
def test_whatever_is_named(host: str, by: str, listed: set[str], has_list: bool) -> None:
    bounds = Bounds(lambda name: not has_list or name in listed, lambda: has_list)
    try:
        bounds.refuse_named(host, by)
    except (NotAllowed, Inward):
        return
    assert not has_list or host in listed
    assert not is_loopback(host) or is_loopback(by)
    assert not is_private(host) or is_private(by) or is_loopback(by) or has_list
