from __future__ import annotations

from dataclasses import replace

from tests.helpers.scripted_talk import TOKEN, ScriptedTalk
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.port import JoinRequest
from visio_desktop.servers.talk.adapter import TalkAdapter


async def checked(talk: ScriptedTalk, *, unseen: bool = False) -> dict[str, Hop]:
    link = TalkAdapter().recognise(talk.link)
    assert link is not None
    request = replace(JoinRequest(link, "Ada"), unseen=unseen)
    return {hop.name: hop async for hop in TalkAdapter().check(request)}


async def test_each_hop_up_to_media_and_out_again(talk: ScriptedTalk) -> None:
    hops = await checked(talk)
    names = list(hops)
    assert (names[0], names[-2:]) == ("link", ["signalling", "media"])
    assert {hop.state for hop in hops.values()} <= {HopState.PASSED, HopState.SKIPPED}
    assert (hops["media"].state, "udp" in hops["media"].detail) == (HopState.PASSED, True)
    assert talk.asked[-1][0] == f"DELETE /v4/room/{TOKEN}/participants/active"


async def test_unseen_enters_nothing(talk: ScriptedTalk) -> None:
    hops = await checked(talk, unseen=True)
    assert (hops["signalling"].state, hops["media"].state) == (HopState.PASSED, HopState.SKIPPED)
    assert [what for what, _ in talk.asked] == ["GET /ocs/v2.php/cloud/capabilities"]


async def test_the_hop_that_fails_has_a_name(talk: ScriptedTalk) -> None:
    talk.words["hello"] = {"type": "error", "error": {"code": "token_expired"}}
    hops = await checked(talk)
    failed = hops["signalling"].problem
    assert failed is not None
    assert failed.code is ProblemCode.TOKEN_EXPIRED
    assert hops["media"].state is HopState.SKIPPED
    talk.answers["GET /ocs/v2.php/cloud/capabilities"] = [([], 500)]
    assert (await checked(talk, unseen=True))["signalling"].state is HopState.FAILED
