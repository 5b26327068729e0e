"""The preflight check of a link."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.helpers.fake_server import FakeAdapter
from visio_desktop.diagnostics.encoders import USED, Encoders, Finding
from visio_desktop.diagnostics.preflight import DONE, NOT_REACHED, run
from visio_desktop.media.hardware.candidates import named
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode
from visio_desktop.net.ledger import Ledger, Purpose
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest
from visio_desktop.system.texts import tr

REFUSED = JoinError(Problem(ProblemCode.SERVER_SILENT, "fake.example"))


class Bench:
    def __init__(self) -> None:
        self.adapter = FakeAdapter()
        self.said: list[str] = []
        self.ledger = Ledger()
        used = named("h264_amf")
        assert used is not None
        self.encoders = Encoders(findings=(Finding(used, USED),))

    async def check(self, link: str, *, as_json: bool) -> int:
        catalog, devices = Catalog([self.adapter]), (Device(DeviceKind.CAMERA, "a", "Camera\x1b A"),)
        return await run(
            link,
            Credentials(),
            catalog,
            self.said.append,
            as_json=as_json,
            ledger=self.ledger,
            devices=lambda: devices,
            survey=lambda: self.encoders,
        )

    async def value(self, link: str) -> tuple[int, dict[str, Any]]:
        status = await self.check(link, as_json=True)
        (text,) = self.said
        return status, json.loads(text)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_a_link_that_works_is_told_hop_by_hop(bench: Bench) -> None:
    assert await bench.check("fake:room", as_json=False) == DONE
    assert bench.said[0] == "✓ tcp passed (12 ms): fake.example"
    assert bench.said[1:] == [
        tr("cli.check_cameras", names="Camera\N{REPLACEMENT CHARACTER} A"),
        tr("cli.check_microphones", names=tr("check.no_device")),
        tr("cli.check_speakers", names=tr("check.no_device")),
        tr("encoders.used", name="h264_amf"),
        f"✓ h264_amf: {tr('encoders.is_used')}",
        tr("check.well"),
    ]


async def test_what_a_server_says_of_itself_commands_no_terminal(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hostile(_request: JoinRequest) -> AsyncIterator[Hop]:
        yield Hop("config", HopState.PASSED, "at \x1b]0;x\x07\x9b2J\u202e\ud800")

    monkeypatch.setattr(bench.adapter, "check", hostile)
    for as_json in (False, True):
        assert await bench.check("fake:room", as_json=as_json) == DONE
    told = "".join(bench.said)
    assert told.encode().count(b"]0;x") == 2, "it can be written, whatever the server says"
    assert not set(told) & set("\x1b\x07\x9b\u202e")


async def test_the_hop_that_fails_is_told_with_what_to_do(bench: Bench) -> None:
    bench.adapter.answer = REFUSED
    assert await bench.check("fake:room", as_json=False) == NOT_REACHED
    assert [line[0] for line in bench.said[:3]] == ["✓", "✗", "-"]
    assert bench.said[-1] == tr("check.bad", problem=tr("problems.server_silent", subject="fake.example"))
    assert tr("problems.server_silent", subject="fake.example") in bench.said[1]
    assert tr("problems.server_silent.next") in bench.said[1]


async def test_as_json_for_scripts(bench: Bench) -> None:
    bench.adapter.answer = REFUSED
    status, value = await bench.value("fake:room")
    assert status == NOT_REACHED
    assert (value["link"], value["kind"], value["failed"]) == ("fake:room", "fake", "signalling")
    assert [hop["state"] for hop in value["hops"]] == ["passed", "failed", "skipped"]
    first, second, _ = value["hops"]
    assert first == {
        "name": "tcp",
        "state": "passed",
        "detail": "fake.example",
        "took_ms": 12.3,
        "problem": None,
        "next": None,
        "measured": {},
    }
    assert second["problem"] == tr("problems.server_silent", subject="fake.example")


async def test_as_json_without_a_failure(bench: Bench) -> None:
    bench.ledger.note("fake.example", 443, "tcp", Purpose.CHECK)
    status, value = await bench.value("fake:room")
    assert (status, value["failed"]) == (DONE, None)
    assert value["verdict"] == tr("check.well")
    assert value["devices"] == {"cameras": ["Camera\N{REPLACEMENT CHARACTER} A"], "microphones": [], "speakers": []}
    assert (value["encoders"]["allowed"], value["encoders"]["used"]) == (True, "h264_amf")
    assert [contact["host"] for contact in value["contacts"]] == ["fake.example"]


@pytest.mark.parametrize("link", ["https://meet.example.org/abc", "no link", "ws://meet.example.org/x", ""])
async def test_a_link_of_no_kind_has_none(bench: Bench, link: str) -> None:
    status, value = await bench.value(link)
    assert status == NOT_REACHED
    assert (value["kind"], value["failed"]) == (None, "link")
    bench.said.clear()
    assert await bench.check(link, as_json=False) == NOT_REACHED
    assert bench.said[0].startswith("✗ link")
