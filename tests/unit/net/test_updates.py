from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.minisigner import MiniSigner
from tests.helpers.web_server import serving
from visio_desktop.net.updates import MAX_BYTES, Channel, Looked, News, host_of, judge, look, parse_channel
from visio_desktop.net.web import Web

SIGNER = MiniSigner()
URL = "https://software.example.org/visio.json"
PAGE = "https://software.example.org/visio/"


def channel(url: str = URL) -> Channel:
    made = parse_channel(url, SIGNER.public)
    assert made is not None
    return made


def offer(version: str, **more: Any) -> bytes:
    return json.dumps({"product": "visio-desktop", "version": version, **more}).encode()


def judged(content: bytes, own: str = "0.1.0") -> News:
    return judge(content, SIGNER.sign(content), channel(), own)


@pytest.mark.parametrize(
    ("offered", "own", "outcome"),
    [
        ("0.1.1", "0.1.0", Looked.NEWER),
        ("0.10", "0.9.9", Looked.NEWER),
        ("1.0", "1.0.0", Looked.CURRENT),
        ("0.1.0", "0.1.0", Looked.CURRENT),
        ("0.0.9", "0.1.0", Looked.CURRENT),
        ("0.2.0", "0.2.0.dev3", Looked.CURRENT),
        ("1", "0+local", Looked.NEWER),
    ],
)
def test_versions_are_compared_as_numbers(offered: str, own: str, outcome: Looked) -> None:
    assert judged(offer(offered), own).looked is outcome


def test_a_newer_version_is_told_with_its_page_on_the_same_host() -> None:
    assert judged(offer("2.0", page=PAGE)) == News(Looked.NEWER, "software.example.org", "2.0", PAGE)


@pytest.mark.parametrize(
    "page",
    [
        "https://elsewhere.example/",
        "https://software.example.org:8443/",
        "http://software.example.org/",
        "https://software.example.org@elsewhere.example/",
        "https://user@software.example.org/",
        "https://software.example.org\\@elsewhere.example/",
        "https://software.example.org/\n",
        "javascript:alert(1)",
        "file:///etc/passwd",
        PAGE + "x" * 500,
        7,
        None,
    ],
)
def test_a_page_that_leads_elsewhere_is_left_out(page: object) -> None:
    assert judged(offer("2.0", page=page)) == News(Looked.NEWER, "software.example.org", "2.0", "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 5_000,
        offer(""),
        offer("1.0-rc1"),
        offer("1.0\n"),
        offer("٣.1"),
        offer("9999999"),
        offer("1.2.3.4.5"),
        json.dumps({"product": "another", "version": "9"}).encode(),
        json.dumps({"product": "visio-desktop", "version": 9}).encode(),
        offer("9", padding="x" * MAX_BYTES),
    ],
)
def test_a_signed_answer_may_still_be_none(content: bytes) -> None:
    assert judged(content) == News(Looked.REFUSED, "software.example.org")


def test_what_is_not_signed_by_the_key_is_not_believed() -> None:
    content = offer("9.0")
    for signature in (b"", MiniSigner().sign(content), SIGNER.sign(offer("8.0"))):
        assert judge(content, signature, channel(), "0.1.0").looked is Looked.REFUSED


@given(st.binary(max_size=200), st.binary(max_size=400))
def test_no_bytes_are_news(content: bytes, signature: bytes) -> None:
    assert judge(content, signature, channel(), "0.1.0") == News(Looked.REFUSED, "software.example.org")


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_no_signed_json_breaks_it(content: object) -> None:
    judged(json.dumps(content).encode())


@pytest.mark.parametrize(
    "url",
    [
        "",
        "software.example.org/visio.json",
        "http://software.example.org/visio.json",
        "ftp://software.example.org/x",
        "https://",
        "https://user:secret@software.example.org/x",
        "https://software.example.org/x?y=1",
        "https://software.example.org/x#y",
        "https://software.example.org:99999/x",
        "https://software.example.org/a b",
        "https://[bad/x",
    ],
)
def test_a_channel_needs_an_address_that_may_be_gone_to(url: str) -> None:
    assert parse_channel(url, SIGNER.public) is None


def test_a_channel_needs_a_key() -> None:
    assert parse_channel(URL, "") is None
    assert host_of(URL) == "software.example.org"
    assert host_of("nonsense") == ""


@asynccontextmanager
async def served(content: bytes, signature: bytes, asked: list[str]) -> AsyncIterator[Channel]:
    async def give(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        return web.Response(body=signature if request.path.endswith(".minisig") else content)

    async with serving(**{"visio.json": give, "visio.json.minisig": give}) as address:
        yield channel(f"http://{address}/visio.json")


async def test_two_files_are_asked_for_and_nothing_is_told_by_asking() -> None:
    content, asked = offer("3.1"), list[str]()
    async with served(content, SIGNER.sign(content), asked) as where:
        news = await look(Web(), where, "0.1.0")
    assert news == News(Looked.NEWER, where.host, "3.1", "")
    assert asked == ["/visio.json", "/visio.json.minisig"]


async def test_a_server_that_sends_too_much_is_cut_short() -> None:
    content = offer("3.1", padding="x" * 3_000_000)
    async with served(content, SIGNER.sign(content), []) as where:
        assert (await look(Web(), where, "0.1.0")).looked is Looked.REFUSED


async def test_a_server_that_sends_elsewhere_or_has_nothing_is_silent() -> None:
    seen = list[str]()

    async def note(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(body=b"{}")

    async with serving(visio=note) as other:

        async def elsewhere(_: web.Request) -> web.Response:
            raise web.HTTPFound(f"http://{other}/visio")

        async with serving(moved=elsewhere) as address:
            for path in ("moved", "missing"):
                news = await look(Web(), channel(f"http://{address}/{path}"), "0.1.0")
                assert news == News(Looked.SILENT, address)
    assert seen == []


async def test_nobody_there_is_silence() -> None:
    server = await asyncio.start_server(lambda _r, writer: writer.close(), "127.0.0.1", 0)
    address = "{}:{}".format(*server.sockets[0].getsockname())
    async with server:
        assert (await look(Web(), channel(f"http://{address}/x"), "0.1.0")).looked is Looked.SILENT
    assert (await look(Web(), channel(f"http://{address}/x"), "0.1.0")).looked is Looked.SILENT
