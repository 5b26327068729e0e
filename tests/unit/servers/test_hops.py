from __future__ import annotations

from tests.helpers.needs import free_port
from tests.helpers.rest_server import rest_server
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net.bounds import Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.routes import Route
from visio_desktop.servers.hops import Road, Skipped, Trials, of_media
from visio_desktop.servers.port import JoinError


async def passes() -> str:
    return "well"


async def does_not_apply() -> str:
    raise Skipped("why")


async def fails() -> str:
    raise JoinError(Problem(ProblemCode.ROOM_FULL, "host"))


def trials() -> Trials:
    ticks = iter(range(100))
    return Trials(lambda: float(next(ticks)))


async def test_what_comes_after_a_failure_is_left_out() -> None:
    steps = trials()
    hops = [hop async for hop in steps.in_turn(("a", passes), ("b", does_not_apply), ("c", fails), ("d", passes))]
    assert [(hop.name, hop.state.value) for hop in hops] == [
        ("a", "passed"),
        ("b", "skipped"),
        ("c", "failed"),
        ("d", "skipped"),
    ]
    assert (hops[0].detail, hops[0].took_ms, hops[1].detail) == ("well", 1.0, "why")
    assert hops[2].problem == Problem(ProblemCode.ROOM_FULL, "host")
    assert (await steps.attempt("e", passes)).state is HopState.SKIPPED


async def test_attempts_do_not_build_on_each_other() -> None:
    steps = trials()
    states = [(await steps.attempt(name, step, is_way=True)).state for name, step in (("a", fails), ("b", passes))]
    assert states == [HopState.FAILED, HopState.PASSED]


async def test_the_road_to_a_server_on_this_machine() -> None:
    async with rest_server() as server:
        port = int(server.url.rpartition(":")[2])
        road = Road("127.0.0.1", port, secure=False, dialer=Dialer())
        hops = [hop async for hop in trials().in_turn(*road.steps())]
    assert [(hop.name, hop.state.value) for hop in hops] == [
        ("route", "passed"),
        ("dns", "passed"),
        ("tcp", "passed"),
        ("proxy", "skipped"),
        ("tls", "skipped"),
    ]


async def test_a_road_that_ends() -> None:
    road = Road("127.0.0.1", free_port(), secure=True, dialer=Dialer())
    hops = [hop async for hop in trials().in_turn(*road.steps())]
    assert [hop.state.value for hop in hops] == ["passed", "passed", "failed", "skipped", "skipped"]
    assert hops[2].problem == Problem(ProblemCode.HOST_UNREACHABLE, "127.0.0.1")


async def test_a_road_that_may_not_be_gone_ends_before_anybody_is_asked_for_it() -> None:
    asked: list[str] = []

    async def route(host: str, _port: int) -> Route:
        asked.append(host)
        return Route()

    dialer = Dialer(router=route, bounds=Bounds(lambda _host: False, lambda: True))
    road = Road("media.example.org", 443, secure=True, dialer=dialer)
    hops = [hop async for hop in trials().in_turn(*road.steps())]
    assert [hop.state.value for hop in hops] == ["failed", *["skipped"] * 4]
    assert hops[0].problem == Problem(ProblemCode.ONWARD_NOT_ALLOWED, "media.example.org")
    assert (asked, dialer.ledger.contacts()) == ([], ())


def test_hops_to_a_media_server_are_named_apart_and_told_once() -> None:
    passed, failed = Hop("tcp", HopState.PASSED), Hop("tcp", HopState.FAILED)
    elsewhere = of_media(passed, same_place=False)
    assert elsewhere is not None
    assert elsewhere.name == "media_tcp"
    assert of_media(passed, same_place=True) is None
    assert of_media(failed, same_place=True) is not None
    assert of_media(Hop("signalling", HopState.PASSED), same_place=True) == Hop("signalling", HopState.PASSED)
