from __future__ import annotations

import pytest

from tests.helpers.answering import HTML, Host, Told, answering
from visio_desktop.net import HostUnreachable, NetError, Web
from visio_desktop.servers.evidence import asking
from visio_desktop.servers.evidence.asking import evident
from visio_desktop.servers.evidence.place import Place
from visio_desktop.servers.evidence.table import Weight

JANUS = Told(b'{"janus": "server_info"}')


def place(host: Host, path: str = "/x") -> Place:
    return Place(f"http://127.0.0.1:{host.port}", "127.0.0.1", path, secure=False)


async def test_what_proves_a_kind_is_found_among_all_the_rest() -> None:
    async with answering(Host({"GET /janus/info": JANUS}, HTML)) as host:
        (row,) = await evident(Web(), place(host), (Weight.SERVER, Weight.DOMAIN))
        assert row.kind == "janus"
        assert len(host.lines) == len(set(host.lines)) == 8
        assert await evident(Web(), place(host), (Weight.LINK,)) == ()
        assert len(host.lines) == 8, "where no row fits nothing is asked"


async def test_no_more_is_read_than_an_answer_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MAX_ANSWER_BYTES", 10)
    async with answering(Host({"GET /janus/info": JANUS}, Told(b"{", endless=True))) as host:
        assert await evident(Web(), place(host), (Weight.SERVER,)) == ()


async def test_a_server_that_says_nothing_to_anything_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_TIMEOUT_S", 0.05)
    async with answering(Host({}, Told(silent=True))) as host:
        with pytest.raises(NetError):
            await evident(Web(), place(host), (Weight.SERVER,))
    with pytest.raises(HostUnreachable):
        await evident(Web(), place(host), (Weight.SERVER,))
