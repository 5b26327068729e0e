from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.matrix.account import Account, Doorway, log_out, parse_account
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.book import SecretBook
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.port import Credentials, JoinError

GRANTED = {"user_id": "@ada:h", "device_id": "A", "access_token": "t0ken"}
REGISTER, LOGIN = "POST /v3/register", "POST /v3/login"
NAME = "PUT /v3/profile/@ada:h/displayname"
HOME = "https://h"
NOBODY = Credentials()


def doorway(api: Api, book: SecretBook, given: Credentials = NOBODY, name: str = "Ada") -> Doorway:
    api.token = ""
    return Doorway(api, HOME, book, given, name)


async def refused(doorway: Doorway) -> ProblemCode:
    with pytest.raises(JoinError) as caught:
        await doorway.enter()
    assert "guessed" not in str(caught.value)
    return caught.value.problem.code


async def test_a_guest_has_an_account_and_the_same_one_again(server: RestServer, api: Api) -> None:
    server.says(REGISTER, GRANTED)
    server.says(NAME, {})
    book = SecretBook()
    account = await doorway(api, book).enter()
    assert (account.device, account.is_guest, api.token) == (CallDevice("@ada:h", "A"), True, "t0ken")
    assert server.of(NAME)[0].body == {"displayname": "Ada"}
    assert server.of(REGISTER)[0].body["auth"] == {"type": "m.login.dummy"}
    assert await doorway(api, book).enter() == account
    assert len(server.of(REGISTER)) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_where_nobody_registers_one_logs_in(server: RestServer, api: Api, status: int) -> None:
    server.says(REGISTER, {"errcode": "M_FORBIDDEN"}, status=status)
    assert await refused(doorway(api, SecretBook())) is ProblemCode.LOGIN_NEEDED


async def test_logging_in_with_a_password(server: RestServer, api: Api) -> None:
    server.says(LOGIN, GRANTED)
    book = SecretBook()
    account = await doorway(api, book, Credentials(user="ada", user_password="guessed")).enter()
    asked = server.of(LOGIN)[0].body
    assert (asked["identifier"]["user"], asked["password"], account.is_guest) == ("ada", "guessed", False)
    for user in ("ada", "@ada:h"):
        assert await doorway(api, book, Credentials(user=user, user_password="x")).enter() == account
    assert len(server.asked) == 1
    await doorway(api, book, Credentials(user="bob", user_password="x")).enter()
    assert len(server.asked) == 2, "somebody else"


async def test_a_wrong_password(server: RestServer, api: Api) -> None:
    server.says(LOGIN, {"errcode": "M_FORBIDDEN"}, status=403)
    given = Credentials(user="ada", user_password="guessed")
    assert await refused(doorway(api, SecretBook(), given)) is ProblemCode.LOGIN_REFUSED


async def test_an_access_token(server: RestServer, api: Api) -> None:
    server.says("GET /v3/account/whoami", {"user_id": "@ada:h", "device_id": "A"})
    account = await doorway(api, SecretBook(), Credentials(token="given")).enter()
    assert (account.token, account.device.device_id) == ("given", "A")
    server.says("GET /v3/account/whoami", {}, status=401)
    assert await refused(doorway(api, SecretBook(), Credentials(token="guessed"))) is ProblemCode.TOKEN_REFUSED
    server.says("GET /v3/account/whoami", {"user_id": "@ada:h"})
    code = await refused(doorway(api, SecretBook(), Credentials(token="x")))
    assert code is ProblemCode.SERVER_NOT_UNDERSTOOD, "an account without a device"


@pytest.mark.parametrize("wrong", [{"user_id": "ada"}, {"access_token": "a\nb"}, {"device_id": 5}])
async def test_what_is_no_login(server: RestServer, api: Api, wrong: dict[str, object]) -> None:
    server.says(REGISTER, Answer({**GRANTED, **wrong}))
    assert await refused(doorway(api, SecretBook())) is ProblemCode.SERVER_NOT_UNDERSTOOD


async def test_a_login_that_is_over_is_forgotten(server: RestServer, api: Api) -> None:
    server.says(REGISTER, GRANTED)
    server.says(NAME, {})
    book = SecretBook()
    there = doorway(api, book)
    await there.enter()
    await there.over()
    assert (api.token, await book.load(HOME)) == ("", None)


async def test_logging_out_may_fail(server: RestServer, api: Api) -> None:
    server.says("POST /v3/logout", {})
    await log_out(api)
    server.says("POST /v3/logout", {}, status=500)
    await log_out(api)


def test_kept_and_read_again() -> None:
    account = Account(CallDevice("@ada:h", "A"), "t0ken", is_guest=True, pickle_key=bytes(32))
    assert parse_account(account.print()) == account
    assert "t0ken" not in repr(account)
    for rubbish in ("", "[]", "{}", account.print().replace("=", ""), account.print().replace("@", "")):
        assert parse_account(rubbish) is None
    assert parse_account(replace(account, pickle_key=bytes(31)).print()) is None, "a key that is none"


async def test_where_nobody_may_log_in_a_login_of_before_is_left_alone(server: RestServer, api: Api) -> None:
    server.says(REGISTER, {**GRANTED, "user_id": "@guest:h"})
    server.says("PUT /v3/profile/@guest:h/displayname", {})
    book = SecretBook()
    kept = Account(CallDevice("@ada:h", "A"), "hers", pickle_key=b"k" * 32)
    await book.keep(HOME, kept)
    api.token = ""
    account = await Doorway(api, HOME, book, NOBODY, "Ada", may_log_in=False).enter()
    assert (account.device.user_id, account.is_guest, len(account.pickle_key)) == ("@guest:h", True, 32)
    assert await book.load(HOME) == kept
    given = Credentials(user="ada", user_password="guessed")
    assert await refused(Doorway(api, HOME, book, given, "Ada", may_log_in=False)) is ProblemCode.LOGIN_NOT_ALLOWED
    assert server.of(LOGIN) == []


async def test_where_nobody_may_log_in_a_guest_is_the_same_one_again(server: RestServer, api: Api) -> None:
    server.says(REGISTER, GRANTED)
    server.says(NAME, {})
    book = SecretBook()
    api.token = ""
    first = await Doorway(api, HOME, book, NOBODY, "Ada", may_log_in=False).enter()
    assert await Doorway(api, HOME, book, NOBODY, "Ada", may_log_in=False).enter() == first
    assert len(server.of(REGISTER)) == 1
