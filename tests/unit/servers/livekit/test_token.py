from __future__ import annotations

import random

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.livekit.token import TokenSource, claims
from visio_desktop.servers.port import Credentials, JoinError

SECRET = "a-secret-of-at-least-32-characters-"
NOW_MS = 1_800_000_000_000.0


def source() -> TokenSource:
    return TokenSource(epoch=lambda: NOW_MS, random=random.Random(1))


def ask(tokens: TokenSource, credentials: Credentials, room: str = "tea", name: str = "Ada L.") -> str:
    return tokens.token(credentials, room=room, name=name, host="a.org")


def given_token(expires_in_s: float) -> str:
    return jwt.encode({"sub": "ada", "exp": int(NOW_MS / 1e3 + expires_in_s)}, SECRET, algorithm="HS256")


def test_a_minted_token_joins_one_room_only() -> None:
    token = ask(source(), Credentials(api_key="key", api_secret=SECRET))
    body = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False})
    assert (body["iss"], body["name"]) == ("key", "Ada L.")
    assert body["sub"].startswith("ada-l-")
    assert body["video"]["room"] == "tea"
    assert body["video"]["roomJoin"] is True
    assert not {"roomAdmin", "roomCreate", "hidden"} & set(body["video"])
    assert body["nbf"] < NOW_MS / 1e3 < body["exp"]


def test_coming_back_keeps_the_identity_and_other_rooms_get_another() -> None:
    tokens, credentials = source(), Credentials(api_key="key", api_secret=SECRET)
    first, again, other = (claims(ask(tokens, credentials, room))["sub"] for room in ("tea", "tea", "cake"))
    assert first == again != other


def test_a_given_token_goes_before_minting() -> None:
    token = given_token(60)
    assert ask(source(), Credentials(token=token, api_key="key", api_secret=SECRET)) == token


def test_one_that_ran_out_is_refused_before_any_connection() -> None:
    with pytest.raises(JoinError) as caught:
        ask(source(), Credentials(token=given_token(-60)))
    assert caught.value.problem.code is ProblemCode.TOKEN_EXPIRED


def test_a_refreshed_token_replaces_the_given_one() -> None:
    tokens, credentials = source(), Credentials(token=given_token(-60))
    newer = given_token(600)
    tokens.refreshed(credentials, newer)
    assert ask(tokens, credentials) == newer


@pytest.mark.parametrize("credentials", [Credentials(), Credentials(api_key="key"), Credentials(api_secret=SECRET)])
def test_none_at_all(credentials: Credentials) -> None:
    with pytest.raises(JoinError) as caught:
        ask(source(), credentials)
    assert caught.value.problem.code is ProblemCode.TOKEN_MISSING


def test_minting_needs_a_room() -> None:
    with pytest.raises(JoinError):
        ask(source(), Credentials(api_key="key", api_secret=SECRET), room="")


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(Credentials(token=SECRET, api_key=SECRET, api_secret=SECRET, password=SECRET))


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"))
def test_claims_of_rubbish_are_none(token: str) -> None:
    assert isinstance(claims(token), dict)
