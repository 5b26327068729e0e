from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.servers.login_book import LoginBook
from visio_desktop.system.secrets import MemorySecrets, SecretsError


@dataclass(frozen=True)
class Word:
    text: str

    def print(self) -> str:
        return f"word {self.text}"


def parse(kept: str) -> Word | None:
    return Word(kept.removeprefix("word ")) if kept.startswith("word ") else None


class Broken(MemorySecrets):
    def get(self, name: str) -> str | None:
        raise SecretsError(name)

    def put(self, name: str, secret: str) -> None:
        raise SecretsError(name)

    def forget(self, name: str) -> None:
        raise SecretsError(name)


async def test_what_is_kept_outlives_the_program_for_its_kind_and_server_alone() -> None:
    store = MemorySecrets()
    await LoginBook("talk", parse, lambda: store).keep("https://h", Word("a"))
    again = LoginBook("talk", parse, lambda: store)
    assert await again.load("https://h") == Word("a")
    assert await again.load("https://other") is None
    assert await LoginBook("matrix", parse, lambda: store).load("https://h") is None
    await again.keep("https://h", Word("b"))
    assert store.get("talk https://h") == "word b"
    await again.forget("https://h")
    assert await LoginBook("talk", parse, lambda: store).load("https://h") is None


async def test_a_store_that_refuses_is_done_without_and_so_is_none_at_all() -> None:
    for book in (LoginBook("talk", parse, Broken), LoginBook("talk", parse)):
        assert await book.load("https://h") is None
        await book.keep("https://h", Word("a"))
        assert await book.load("https://h") == Word("a")
        await book.forget("https://h")
        assert await book.load("https://h") is None


async def test_rubbish_in_the_store_is_no_login() -> None:
    store = MemorySecrets()
    store.put("talk https://h", "{}")
    assert await LoginBook("talk", parse, lambda: store).load("https://h") is None
