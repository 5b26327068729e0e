from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from visio_desktop.diagnostics.redaction import HIDDEN, LONGEST_LINE, PERSON, Redactor

HOME = "/srv/people/ada"
WORDS = ("Ada Lovelace", "ada.lovelace")
SECRETS = (
    *WORDS,
    HOME,
    "ada@example.org",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl",
    "abc-defg-hij",
    "c2VjcmV0LXRva2VuLTEyMzQ1Njc4",
)
"""Each stands by itself wherever it is planted."""
FORMS = {
    "{}": SECRETS,
    "https://meet.example.org/{}": ("weekly", "abc-defg-hij"),
    "visio://user:{}@meet.example.org/": ("hunter2",),
    "livekit+wss://media.example.org?room={}": ("council",),
    "wss://media.example.org/rtc?access_token={}&x=1": ("swordfish",),
    "Authorization: Bearer {}": ("swordfish",),
    "token={}": ("swordfish",),
    "password: {}": ("swordfish",),
    "/home/{}/settings.json": ("grace",),
    "C:\\Users\\{}\\AppData": ("grace",),
}
PLANTED = st.sampled_from([(form, secret) for form, secrets in FORMS.items() for secret in secrets])
AROUND = st.text(st.characters(codec="utf-8"), max_size=20)


def redactor(*, hosts: bool = False) -> Redactor:
    return Redactor(WORDS, HOME, hosts=hosts)


@given(PLANTED, AROUND, AROUND, st.booleans())
def test_no_secret_survives_in_a_text(planted: tuple[str, str], before: str, after: str, hosts: bool) -> None:
    form, secret = planted
    assume(secret not in before + after)
    assert secret not in redactor(hosts=hosts).text(f"{before} {form.format(secret)} {after}")


@given(PLANTED, st.text(max_size=12), st.sampled_from(("error", "event", "exception", "host", "anything", "name")))
def test_no_secret_survives_in_a_log(planted: tuple[str, str], key: str, known: str) -> None:
    form, secret = planted
    told = form.format(secret)
    lines = (
        json.dumps({"event": "x", key: told, known: told}),
        json.dumps({"event": told, "error": {"deep": [told]}}, ensure_ascii=False),
        told,
        "{" + told,
    )
    kept = redactor().lines("\n".join(lines))
    assert secret not in kept.replace(json.dumps(key), "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda e: st.lists(e) | st.dictionaries(st.text(), e)
    )
)
def test_any_value_becomes_one_of_json(value: object) -> None:
    json.dumps(redactor().value(value))


def test_what_helps_stays() -> None:
    line = {
        "timestamp": "2026-11-23T10:00:00Z",
        "level": "warning",
        "event": "ice_failed",
        "attempt": 3,
        "cause": "timeout",
    }
    assert json.loads(redactor().lines(json.dumps(line))) == line
    trace = 'File "/usr/lib/visio/engine.py", line 3, in run\nTimeoutError: too slow'
    assert redactor().text(trace) == trace


def test_of_fields_nobody_knows_only_numbers_stay() -> None:
    told = {"topic": "What we said", "count": 3, "participant": "Grace"}
    assert redactor().value(told) == {"topic": HIDDEN, "count": 3, "participant": "person-1"}


@pytest.mark.parametrize("host", ["meet.example.org", "192.0.2.7", "2001:db8:0:1::7"])
def test_servers_are_numbers_unless_they_may_stay(host: str) -> None:
    told = f"no answer from {host} on port 443, again {host}"
    assert redactor(hosts=True).text(told) == told
    hidden = redactor().text(told)
    assert host not in hidden
    assert hidden.count("server-1") == 2


def test_the_same_server_has_the_same_number_in_every_text() -> None:
    one = redactor()
    assert one.text("https://meet.example.org/abc") == f"https://server-1/{HIDDEN}"
    assert one.value({"host": "meet.example.org"}) == {"host": "server-1"}
    assert one.text("other.example.org") == "server-2"


def test_the_person_is_nobody_in_any_case() -> None:
    assert redactor().text("ADA LOVELACE joined from /srv/people/ada/x") == f"{PERSON} joined from ~/x"


@pytest.mark.parametrize("hostile", ["a." * 200_000, "a@" * 200_000, "://" * 100_000, "-" * 400_000, "1:" * 200_000])
def test_of_hostile_lines_the_beginning_is_looked_at(hostile: str) -> None:
    assert len(redactor().text(hostile)) <= 3 * LONGEST_LINE
