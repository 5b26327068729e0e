"""Sixty links and what their servers answer: each is taken for what it is, and never for anything else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from tests.helpers.answering import HTML, NOT_FOUND, Host, Told, answering
from tests.helpers.server_answers import (
    BBB,
    BBB_TEXT,
    CORS_ONLY,
    DOCKER_JITSI,
    EDUMEET,
    ELEMENT,
    GROUP,
    HUGE,
    HYBRID,
    JANUS,
    JITSI,
    JITSI_TEXT,
    LIVEKIT,
    MATRIX,
    MEDIAMTX,
    MOVED,
    NEXTCLOUD,
    OPENTALK,
    SIMPLE,
    SUITE,
    WELCOME,
    WHOLE_BBB,
    WHOLE_EDUMEET,
    WHOLE_ELEMENT,
    WHOLE_GROUP,
    WHOLE_JITSI,
    WHOLE_MATRIX,
    WHOLE_NEXTCLOUD,
    WHOLE_OPENTALK,
    told,
)
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.net import Web
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import Proxy
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.evidence import asking
from visio_desktop.servers.galene.adapter import GaleneAdapter
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.matrix.adapter import MatrixAdapter
from visio_desktop.servers.port import JoinError, LinkAmbiguous, NotSupported
from visio_desktop.servers.talk.adapter import TalkAdapter

UNKNOWN, INSECURE, MALFORMED = (
    ProblemCode.LINK_UNKNOWN_KIND,
    ProblemCode.LINK_INSECURE,
    ProblemCode.LINK_MALFORMED,
)
OURS = {"element", "galene", "lasuite", "livekit", "nextcloud"}
NO_MEETING, PRIVATE, BUSY = ProblemCode.NO_MEETING_LINK, ProblemCode.LINK_PRIVATE, ProblemCode.SERVER_BUSY
DEEP = "[" * 100_000


@dataclass(frozen=True)
class Case:
    """`text` with `{h}` for the host; `found` is a kind (`x!` one that only a browser joins), kinds or a problem."""

    text: str
    found: str | tuple[str, ...] | ProblemCode
    answers: dict[str, Told] = field(default_factory=dict)
    otherwise: Told = NOT_FOUND


CASES = (
    # ---- by their form alone -------------------------------------------------------------------------------------
    Case("livekit+ws://{h}?room=tea", "livekit"),
    Case("livekit+wss://lk.example.org?room=tea", "livekit"),
    Case("livekit+ws://lk.example.org?room=tea", INSECURE),
    Case("livekit+wss://me:secret@lk.example.org?room=tea", MALFORMED),
    Case("http://lk.example.org/tea", INSECURE),
    Case("ws://lk.example.org/tea", INSECURE),
    Case("hello", MALFORMED),
    Case("", MALFORMED),
    Case("livekit://lk.example.org?room=tea", "livekit"),
    Case("wss://lk.example.org", "livekit"),
    Case("https://lk.example.org/?access_token=a.b.c", "livekit"),
    Case("https://meet.example.org/custom?liveKitUrl=wss://lk.example.org&token=a.b.c", "livekit"),
    Case("wss://janus.example.org/janus", UNKNOWN),
    Case("mailto:ada@example.org", UNKNOWN),
    Case("javascript:alert(1)", UNKNOWN),
    Case("file:///etc/passwd", MALFORMED),
    Case("ftp://ftp.example.org/tea", UNKNOWN),
    # ---- each kind's own answer ----------------------------------------------------------------------------------
    Case("http://{h}/abc-defg-hij", "lasuite", SUITE),
    Case("http://{h}/ABCDEFGHIJ", "lasuite", SUITE),
    Case("http://{h}/abc-defg-hij#x", "lasuite", SUITE),
    Case("http://{h}/group/tea/", "galene", {"GET /group/tea/.status": GROUP}),
    Case("http://{h}/group/tea?token=secret", "galene", {"GET /group/tea/.status": GROUP}),
    Case("galene+http://{h}/group/tea/", "galene"),
    Case("galene+http://g.example.org/group/tea/", INSECURE),
    Case("galene+https://g.example.org/tea/", MALFORMED),
    Case("http://{h}/group/team/tea", "galene", {"GET /group/team/tea/.status": GROUP}),
    Case("http://{h}/call/a1b2c3", "nextcloud", {"GET /ocs/v2.php/cloud/capabilities": NEXTCLOUD}),
    Case("http://{h}/index.php/call/a1b2c3", "nextcloud", {"GET /ocs/v2.php/cloud/capabilities": NEXTCLOUD}),
    Case("http://{h}/cloud/index.php/call/a1b2", "nextcloud", {"GET /cloud/ocs/v2.php/cloud/capabilities": NEXTCLOUD}),
    Case("http://{h}/room/#/tea?roomId=!a:b&password=p", "element", {"GET /config.json": ELEMENT}),
    Case("http://{h}/#/tea?roomId=!a:b&password=p", "element", {"GET /config.json": ELEMENT}),
    Case("http://{h}/room/7f3a", "opentalk!", OPENTALK),
    Case("http://{h}/janus", NO_MEETING, JANUS),
    Case("http://{h}/TeaTime", "jitsi!", JITSI),
    Case("http://{h}/tenant/TeaTime", "jitsi!", JITSI),
    Case("http://{h}/b/ada-abc-def", "bigbluebutton!", BBB),
    Case("http://{h}/rooms/abc-def-ghi/join", "bigbluebutton!", BBB),
    Case("http://{h}/tea", "edumeet!", EDUMEET),
    Case("http://{h}/", "livekit", LIVEKIT),
    Case("http://{h}/studio/whip", "whip!", {"OPTIONS /studio/whip": MEDIAMTX}),
    Case("http://{h}/studio/whep", "whep!", {"OPTIONS /studio/whep": MEDIAMTX}),
    Case("http://{h}/whip/endpoint/studio", "whip!", {"OPTIONS /whip/endpoint/studio": SIMPLE}),
    Case("http://{h}/group/tea/.whip", "whip!", {"OPTIONS /group/tea/.whip": SIMPLE}),
    # ---- addresses of servers that are no meetings ---------------------------------------------------------------
    Case("http://{h}/", NO_MEETING, WELCOME),
    Case("http://{h}/", NO_MEETING, MATRIX),
    # ---- what looks like one kind and is another -----------------------------------------------------------------
    Case("http://{h}/abc-defg-hij", "jitsi!", JITSI),
    Case("http://{h}/abc-defg-hij", "bigbluebutton!", BBB, HTML),
    Case("http://{h}/abc-defg-hij", "lasuite", {**SUITE, **MATRIX}),
    Case("http://{h}/abc-defg-hij", "lasuite", {**SUITE, **JITSI, **MATRIX}),
    Case("http://{h}/TeaTime", "jitsi!", {**JITSI, **MATRIX, **WELCOME}),
    Case("http://{h}/call/a1b2c3", "jitsi!", JITSI, HTML),
    Case("http://{h}/group/tea", "jitsi!", JITSI, HTML),
    Case("http://{h}/room/tea", "lasuite", {"GET /room/api/v1.0/config/": SUITE["GET /api/v1.0/config/"]}),
    Case("http://{h}/whip/whep", "whep!", {"OPTIONS /whip/whep": MEDIAMTX}),
    Case("http://{h}/whipped-cream", UNKNOWN, {"OPTIONS /whipped-cream": MEDIAMTX}),
    # ---- several fit ---------------------------------------------------------------------------------------------
    Case("http://{h}/tea", ("jitsi!", "bigbluebutton!"), {**JITSI, **BBB}),
    Case(
        "http://{h}/room/tea",
        ("lasuite", "element"),
        {"GET /room/api/v1.0/config/": SUITE["GET /api/v1.0/config/"], "GET /config.json": ELEMENT},
    ),
    Case("http://{h}/", ("jitsi!", "livekit"), {**JITSI, **LIVEKIT, **JANUS, **MATRIX}),
    # ---- answers that prove nothing ------------------------------------------------------------------------------
    Case("http://{h}/abc-defg-hij", UNKNOWN, {}, HTML),
    Case("http://{h}/group/tea", UNKNOWN, {}, HTML),
    Case("http://{h}/call/tea", UNKNOWN, {}, told("null")),
    Case("http://{h}/room/tea", UNKNOWN, {}, told([])),
    Case("http://{h}/abc-defg-hij", UNKNOWN, {}, told({"livekit": {"url": 5}, "janus": 1, "name": "x"})),
    Case("http://{h}/group/tea", UNKNOWN, {}, told({"name": 1, "location": [], "endpoint": None})),
    Case("http://{h}/tea", UNKNOWN, {}, told(DEEP)),
    Case("http://{h}/tea", UNKNOWN, {}, Told(b"\xff\xfe\x00", 200, "application/json")),
    Case("http://{h}/tea", UNKNOWN, {}, Told(b"", 302, "text/html", (("Location", "https://elsewhere.example/"),))),
    Case("http://{h}/studio/whip", UNKNOWN, {"OPTIONS /studio/whip": CORS_ONLY}),
    Case("http://{h}/studio/whip", UNKNOWN, {}, HTML),
    Case("http://{h}/tea", UNKNOWN, {"GET /config.js": told(JITSI_TEXT, kind="text/html")}),
    Case("http://{h}/tea", UNKNOWN, {"GET /config.js": told("<!doctype html>" + JITSI_TEXT, kind="text/javascript")}),
    Case("http://{h}/tea", UNKNOWN, {"GET /bigbluebutton/api": told(BBB_TEXT, 500, "text/xml")}),
    Case("http://{h}/tea", UNKNOWN, {"GET /rtc/validate": told("no permissions to access the room", 200)}),
    Case("http://{h}/tea", UNKNOWN, {"GET /.well-known/opentalk/client": told({"opentalk_controller": {}})}),
    # ---- servers that misbehave ----------------------------------------------------------------------------------
    Case("http://{h}/tea", UNKNOWN, {}, Told(b"{", endless=True)),
    Case("http://{h}/tea", BUSY, {}, told("<h1>Bad Gateway</h1>", 502, "text/html")),
    Case("http://{h}/TeaTime", "jitsi!", {**JITSI, "GET /janus/info": Told(silent=True)}),
    Case("http://{h}/TeaTime", "jitsi!", {**JITSI, "GET /api/v1.0/config/": told("oops", 500, "text/html")}),
    # ---- whole answers -------------------------------------------------------------------------------------------
    Case("http://{h}/group/team/tea/", "galene", {"GET /group/team/tea/.status": WHOLE_GROUP}, HTML),
    Case("http://{h}/call/x7k2m9qa", "nextcloud", {"GET /ocs/v2.php/cloud/capabilities": WHOLE_NEXTCLOUD}, HTML),
    Case("http://{h}/room/#/tea?roomId=!a:b", "element", {"GET /config.json": WHOLE_ELEMENT, **WHOLE_MATRIX}, HTML),
    Case("http://{h}/room/7f3a", "opentalk!", {**WHOLE_OPENTALK, **WHOLE_MATRIX}, HTML),
    Case("http://{h}/room/7f3a", ("opentalk!", "livekit"), {**WHOLE_OPENTALK, **LIVEKIT}, HTML),
    Case("http://{h}/TeaTime", "jitsi!", WHOLE_JITSI, HTML),
    Case("http://{h}/tenant/TeaTime", "jitsi!", {**DOCKER_JITSI, **WHOLE_MATRIX}),
    Case("http://{h}/rooms/abc-def-ghi/join", "bigbluebutton!", WHOLE_BBB, HTML),
    Case("http://{h}/tea", "edumeet!", WHOLE_EDUMEET, HTML),
    # ---- what would be several kinds at once, too large, too late, elsewhere, of another type --------------------
    Case("http://{h}/group/tea", ("lasuite", "galene"), {}, HYBRID),
    Case("http://{h}/call/tea", ("lasuite", "nextcloud"), {}, HYBRID),
    Case("http://{h}/abc-defg-hij/x/y.z", NO_MEETING, {}, HYBRID),
    Case("http://{h}/abc-defg-hij", UNKNOWN, {}, HUGE),
    Case("http://{h}/abc-defg-hij", "jitsi!", {**WHOLE_JITSI, "GET /api/v1.0/config/": HUGE}),
    Case("http://{h}/abc-defg-hij", UNKNOWN, {}, MOVED),
    Case("http://{h}/group/tea", UNKNOWN, {"GET /group/tea/.status": MOVED}, HTML),
    Case("http://{h}/group/tea/", UNKNOWN, {"GET /group/tea/.status": told([{"name": "tea"}])}),
    Case("http://{h}/group/tea/", "galene", {"GET /group/tea/.status": told(GROUP.body.decode(), kind="text/plain")}),
    Case("http://{h}/group/tea/", UNKNOWN, {"GET /group/tea/.status": told(GROUP.body.decode(), 401)}),
    Case("http://{h}/TeaTime", UNKNOWN, {"GET /config.js": told(JITSI_TEXT, kind="application/xhtml+xml")}),
    Case("http://{h}/TeaTime", UNKNOWN, {"GET /config.js": told("// hosts: muc bosh", kind="application/javascript")}),
    # ---- on private networks, before anything is sent ------------------------------------------------------------
    Case("https://10.1.2.3/abc-defg-hij", PRIVATE),
    Case("192.168.1.20/abc-defg-hij", PRIVATE),
    Case("https://[fd00::7]/abc-defg-hij", PRIVATE),
    Case("https://printer/abc-defg-hij", PRIVATE),
    Case("https://nas.local/abc-defg-hij", PRIVATE),
)


def catalog(web: Web) -> Catalog:
    """As the program has it."""
    livekit = LiveKitAdapter(web)
    others = (MatrixAdapter(livekit, web), GaleneAdapter(web), TalkAdapter(web))
    return Catalog([livekit], [LaSuiteAdapter(livekit, web), *others], web=web)


def named(link: MeetingLink) -> str:
    """Its kind, marked where only a browser joins it."""
    return link.kind if link.kind in OURS else f"{link.kind}!"


async def answer(text: str) -> str | tuple[str, ...] | ProblemCode:
    """What the catalogue makes of a link."""
    try:
        adapter, link = await catalog(Web()).identify(text)
    except LinkAmbiguous as error:
        return tuple(named(each.link) for each in error.candidates)
    except NotSupported as error:
        return f"{error.kind}!"
    except JoinError as error:
        return error.problem.code
    assert adapter.kind == link.kind
    return link.kind


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.text}-{case.found}"[:70])
async def test_each_link_is_taken_for_what_it_is(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_TIMEOUT_S", 5.0 if any(t.silent for t in case.answers.values()) else 30.0)
    before = len(asyncio.all_tasks())
    async with answering(Host(case.answers, case.otherwise)) as host:
        assert await answer(case.text.format(h=f"127.0.0.1:{host.port}")) == case.found
        sent = "".join(host.requests).lower()
    assert not any(
        secret in sent for secret in ("password", "cookie:", "authorization:", "roomid", "referer:", "token")
    )
    for _ in range(100):
        if len(asyncio.all_tasks()) <= before:
            break
        await asyncio.sleep(0.05)
    assert len(asyncio.all_tasks()) <= before


def test_there_are_sixty_of_them() -> None:
    assert len(CASES) >= 60
    assert len({(case.text, str(case.found), str(case.answers), case.otherwise) for case in CASES}) == len(CASES)


async def test_a_meeting_of_la_suite_costs_one_request() -> None:
    async with answering(Host(SUITE)) as host:
        assert await answer(f"http://127.0.0.1:{host.port}/abc-defg-hij?token=x#y") == "lasuite"
        assert host.lines == ["GET /api/v1.0/config/"]


async def test_nobody_is_asked_on_a_private_network_before_somebody_is_sure() -> None:
    asked: list[str] = []

    def way(host: str, _port: int) -> Proxy:
        asked.append(host)
        return Proxy("127.0.0.1", 9)

    web = Web(Dialer(way))
    with pytest.raises(JoinError) as caught:
        await catalog(web).identify("https://10.255.255.1/tea")
    assert (caught.value.problem.code, asked) == (PRIVATE, [])
    with pytest.raises(JoinError):
        await catalog(web).identify("https://10.255.255.1/tea", sure=True)
    assert set(asked) == {"10.255.255.1"}


async def test_a_server_that_is_not_there_is_told_as_such() -> None:
    assert await answer("http://127.0.0.1:9/") is ProblemCode.HOST_UNREACHABLE
    assert await answer("http://127.0.0.1:9/abc-defg-hij") is ProblemCode.HOST_UNREACHABLE


async def test_where_a_browser_may_not_be_offered_it_is_not() -> None:
    web = Web()
    for allowed in (True, False):
        known = Catalog([], web=web, browser=lambda allowed=allowed: allowed)  # type: ignore[misc]
        with pytest.raises(JoinError) as caught:
            await known.identify("https://no-such-host.invalid/x")
        assert caught.value.problem.browser == ""
        assert known._in_browser("https://meet.example.org/x#k") == ("https://meet.example.org/x#k" if allowed else "")
