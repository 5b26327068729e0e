from __future__ import annotations

from functools import partial

import pytest

from tests.helpers.rest_server import RestServer
from tests.unit.servers.matrix.test_account import GRANTED, HOME
from tests.unit.servers.matrix.test_sso import BOTH, LOGIN, WAYS, through
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.book import SecretBook
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.logins import Logins
from visio_desktop.servers.port import JoinError

LOGOUT = "POST /v3/logout"
KEY = b"k" * 32
GUEST = Account(CallDevice("@guest:h", "G"), "guests", is_guest=True, pickle_key=KEY)


def logins(book: SecretBook, *, allowed: bool = True) -> Logins:
    return Logins(Web(), lambda: book, lambda: allowed)


async def log_in(logins: Logins, api: Api, server: str = HOME) -> Account:
    return await through(partial(logins.log_in, api, server))


async def test_a_login_is_kept_and_the_guest_one_was_is_gone(server: RestServer, api: Api) -> None:
    server.says(WAYS, BOTH)
    server.says(LOGIN, GRANTED)
    server.says(LOGOUT, {})
    book = SecretBook()
    await book.keep(HOME, GUEST)
    ours = logins(book)
    assert await ours.at(HOME) is None, "a guest is nobody"
    account = await log_in(ours, api)
    assert (account.device, account.token, account.is_guest) == (CallDevice("@ada:h", "A"), "t0ken", False)
    assert len(account.pickle_key) == 32
    assert await ours.at(HOME) == account
    (asked,) = server.of(LOGOUT)
    assert asked.headers["Authorization"] == "Bearer guests"


async def test_logging_out_ends_it_there_and_here(server: RestServer, api: Api) -> None:
    server.says(LOGOUT, {})
    book = SecretBook()
    ours = logins(book)
    await ours.log_out(server.url)
    assert server.asked == []
    await book.keep(server.url, Account(CallDevice("@ada:h", "A"), "t0ken", pickle_key=KEY))
    await ours.log_out(server.url)
    (asked,) = server.of(LOGOUT)
    assert asked.headers["Authorization"] == "Bearer t0ken"
    assert await book.load(server.url) is None
    await book.keep("http://127.0.0.1:9", Account(CallDevice("@ada:h", "A"), "t0ken", pickle_key=KEY))
    await ours.log_out("http://127.0.0.1:9")
    assert await book.load("http://127.0.0.1:9") is None, "forgotten, whether it can be reached or not"


async def test_while_nobody_may_log_in_nobody_is_known(server: RestServer, api: Api) -> None:
    book = SecretBook()
    kept = Account(CallDevice("@ada:h", "A"), "t0ken", pickle_key=KEY)
    await book.keep(HOME, kept)
    ours = logins(book, allowed=False)
    assert await ours.at(HOME) is None
    await ours.log_out(HOME)
    with pytest.raises(JoinError) as caught:
        await log_in(ours, api)
    assert caught.value.problem.code is ProblemCode.LOGIN_NOT_ALLOWED
    assert server.asked == []
    assert await book.load(HOME) == kept, "not forgotten either"


async def test_an_answer_without_a_login_keeps_nobody(server: RestServer, api: Api) -> None:
    server.says(WAYS, BOTH)
    server.says(LOGIN, {"user_id": "ada"})
    book = SecretBook()
    await book.keep(HOME, GUEST)
    with pytest.raises(JoinError) as caught:
        await log_in(logins(book), api)
    assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD
    assert await book.load(HOME) == GUEST
