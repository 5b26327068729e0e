from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from tests.helpers.talk.logins import LoginFlow, agree
from tests.helpers.talk.state import MODERATOR
from tests.helpers.web_server import answering_all
from tests.unit.servers.talk.test_flow import nextcloud
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.port import Credentials, JoinError
from visio_desktop.servers.talk import flow
from visio_desktop.servers.talk.account import Login, Logins, parse_login
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.secrets import MemorySecrets

ADA = Login("ada", "s3cret", "Ada Lovelace")


@pytest.fixture(autouse=True)
def _ask_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "POLL_S", 0.0)


def logins(store: MemorySecrets, *, allowed: bool = True) -> Logins:
    return Logins(Web(), store=lambda: store, allowed=lambda: allowed, clock=monotonic_ms)


def kept(base: str, login: Login = ADA) -> MemorySecrets:
    store = MemorySecrets()
    store.put(f"talk {base}", login.print())
    return store


def test_what_is_kept_is_read_again_and_rubbish_is_nothing() -> None:
    assert parse_login(ADA.print()) == ADA
    for rubbish in ("", "{}", "[]", '{"user": "ada"}', '{"user": 1, "password": "p"}'):
        assert parse_login(rubbish) is None
    assert ADA.password not in repr(ADA)


async def test_who_typed_a_name_is_that_one_and_nobody_is_known_where_logins_are_off() -> None:
    store, typed, nobody = kept("https://h"), Credentials(user="bob", user_password="p"), Credentials(password="pin")
    assert await logins(store).as_whom("https://h", typed) is typed
    assert await logins(store).as_whom("https://other", nobody) is nobody
    known = await logins(store).as_whom("https://h", nobody)
    assert (known.user, known.user_password, known.password) == ("ada", "s3cret", "pin")
    off = logins(store, allowed=False)
    assert await off.as_whom("https://h", nobody) is nobody
    with pytest.raises(JoinError) as refused:
        await off.log_in("https://h", "h", print)
    assert refused.value.problem.code is ProblemCode.LOGIN_NOT_ALLOWED
    assert await logins(store).at("https://h") == ADA, "it is not forgotten"


async def test_logging_in_keeps_it_by_its_owners_name_and_logging_out_ends_it() -> None:
    store, people, pages = MemorySecrets(), LoginFlow(), asyncio.Queue[str]()
    async with nextcloud(people) as base:
        logging_in = asyncio.gather(logins(store).log_in(base, "h", pages.put_nowait))
        await agree(await pages.get())
        (login,) = await logging_in
        assert login.name == MODERATOR.name
        assert await logins(store).at(base) == login
        assert list(people.app_passwords) == [login.password]
        await logins(store).log_out(base)
        assert people.app_passwords == {}
        assert await logins(store).at(base) is None
        await logins(store).log_out(base)


async def test_what_the_server_does_not_take_itself_is_not_kept_and_one_out_of_reach_is_forgotten_all_the_same() -> (
    None
):
    async def deny(request: web.Request) -> web.Response:
        here = f"http://{request.host}"
        match request.path:
            case "/index.php/login/v2":
                poll = {"token": "t", "endpoint": f"{here}/poll"}
                return web.json_response({"poll": poll, "login": f"{here}/page"})
            case "/poll":
                return web.json_response({"loginName": "ada", "appPassword": "p"})
            case _:
                return web.json_response({"ocs": {"meta": {}, "data": []}}, status=401)

    store = MemorySecrets()
    async with answering_all(deny) as place:
        base = f"http://{place}"
        with pytest.raises(JoinError) as refused:
            await logins(store).log_in(base, "h", lambda _: None)
        assert refused.value.problem.code is ProblemCode.LOGIN_FAILED
        assert await logins(store).at(base) is None
    gone = kept("http://127.0.0.1:9")
    await logins(gone).log_out("http://127.0.0.1:9")
    assert await logins(gone).at("http://127.0.0.1:9") is None
