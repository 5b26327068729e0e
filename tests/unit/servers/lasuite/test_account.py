from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.lasuite_samples import SAMPLES, answer
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.accounts import Account, Features
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.net import Web
from visio_desktop.servers.accounts import AccountError, Login, LoginOver
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite.account import LaSuiteAccounts, parse_account

QUIET = Rules(member_sources=frozenset({Source.CAMERA}), everyone_mutes=False)
QUIETLY = {"can_publish_sources": ["camera"], "everyone_can_mute": False}
ACCOUNTS = LaSuiteAccounts(Web(), random.Random(1))


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        yield server


@pytest.fixture
def login(server: RestServer) -> Login:
    return Login(server.url, {"sessionid": "sesame", "csrftoken": "proof"})


async def test_a_server_is_known_by_its_configuration(server: RestServer) -> None:
    server.says("GET /config/", answer("config"))
    found = await ACCOUNTS.features(server.url)
    assert found == Features(
        records=answer("config")["recording"]["is_enabled"],
        default_access=Access(answer("config")["resource"]["default_access_level"]),
        phone=answer("config")["telephony"].get("international_phone_number") or "",
        silent_login=answer("config")["is_silent_login_enabled"],
    )


@pytest.mark.parametrize("told", [Answer("<html>"), Answer({"detail": "?"}, 404), Answer({"livekit": None})])
async def test_servers_of_other_kinds_have_no_accounts_of_ours(server: RestServer, told: Answer) -> None:
    server.says("GET /config/", told)
    with pytest.raises(AccountError) as error:
        await ACCOUNTS.features(server.url)
    assert error.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND


async def test_whether_names_may_be_chosen_is_said_by_the_server(server: RestServer) -> None:
    for allowed in (True, False):
        raw = {**SAMPLES["config"]["json"], "authenticated_users_can_edit_display_name": allowed}
        server.says("GET /config/", raw)
        assert (await ACCOUNTS.features(server.url)).names_editable is allowed


async def test_whose_session_it_is(server: RestServer, login: Login) -> None:
    server.says("GET /users/me/", answer("users_me_owner"))
    assert await ACCOUNTS.who(login) == Account(
        0, "Odile Owner", "owner@example.org", SAMPLES["users_me_owner"]["json"]["id"]
    )
    server.says("GET /users/me/", answer("users_me_anonymous"), status=401)
    with pytest.raises(LoginOver) as over:
        await ACCOUNTS.who(login)
    assert over.value.problem.code is ProblemCode.LOGIN_EXPIRED


def test_an_account_without_a_name_is_called_by_what_there_is() -> None:
    assert parse_account(Fields({"id": "1", "email": "a@b.example"})) == Account(0, "a@b.example", "a@b.example", "1")
    named = parse_account(Fields({"id": "1", "full_name": "bad\u202ename", "short_name": " Ada  L. "}))
    assert named is not None
    assert named.name == "Ada L."
    assert parse_account(Fields({"email": "a@b.example"})) is None


type Change = Callable[[Login], Coroutine[Any, Any, None]]


@pytest.mark.parametrize(
    ("change", "what", "body"),
    [
        (lambda at: ACCOUNTS.set_access(at, "r1", Access.TRUSTED), "PATCH /rooms/r1/", {"access_level": "trusted"}),
        (lambda at: ACCOUNTS.set_rules(at, "r1", QUIET), "PATCH /rooms/r1/", {"configuration": QUIETLY}),
        (
            lambda at: ACCOUNTS.set_default_rules(at, "u1", QUIET),
            "PATCH /users/u1/",
            {"default_room_configuration": QUIETLY},
        ),
        (lambda at: ACCOUNTS.delete_room(at, "r1"), "DELETE /rooms/r1/", None),
        (lambda at: ACCOUNTS.delete_recording(at, "v1"), "DELETE /recordings/v1/", None),
        (
            lambda at: ACCOUNTS.set_default_access(at, "u1", Access.PUBLIC),
            "PATCH /users/u1/",
            {"default_room_access_level": "public"},
        ),
    ],
)
async def test_changes_are_asked_for_with_the_proof_that_they_are_meant(
    server: RestServer, login: Login, change: Change, what: str, body: object
) -> None:
    server.says(what, Answer({}, 200))
    await change(login)
    (asked,) = server.asked
    assert (asked.what, asked.body) == (what, body)
    assert asked.headers["X-CSRFToken"] == "proof"
    assert asked.headers["Origin"] == server.url
    server.says(what, Answer({"detail": "no"}, 403))
    with pytest.raises(AccountError) as refused:
        await change(login)
    assert refused.value.problem.code is ProblemCode.REQUEST_REFUSED


async def test_ids_a_server_made_up_lead_nowhere(server: RestServer, login: Login) -> None:
    with pytest.raises(AccountError):
        await ACCOUNTS.delete_room(login, "../users/1")
    assert server.asked == []


async def test_rooms_and_recordings_come_from_the_same_server(server: RestServer, login: Login, tmp_path: Path) -> None:
    server.says("GET /rooms/", answer("rooms_list_owner"))
    server.says("GET /recordings/", answer("recordings_list"))
    server.says("POST /rooms/", answer("room_create_owner_with_callback"), status=201)
    assert await ACCOUNTS.rooms(login, "u1")
    recordings = await ACCOUNTS.recordings(login)
    assert (await ACCOUNTS.create_room(login, None)).link == f"{server.url}/new-pkph-abc"
    with pytest.raises(AccountError):
        await ACCOUNTS.fetch(login, recordings[0], tmp_path / "film", lambda *_: None)


async def test_logging_out_goes_through_both_of_the_servers_steps(server: RestServer, login: Login) -> None:
    await ACCOUNTS.log_out(login)
    assert [asked.what for asked in server.asked] == ["GET /logout/", "GET /logout-callback/"]
    assert all("sesame" in asked.headers["Cookie"] for asked in server.asked)


async def test_a_server_that_is_gone_is_told() -> None:
    with pytest.raises(AccountError) as gone:
        await ACCOUNTS.who(Login("http://127.0.0.1:9", {"sessionid": "s"}))
    assert gone.value.problem.code is ProblemCode.HOST_UNREACHABLE
