"""Whatever is wrong is told in one plain sentence, with the status of its kind, and nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc

from tests.helpers.hostile_server import hostile_server
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.needs import free_port
from tests.helpers.program import TEST_MEDIA, Outcome, run, start
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.texts import set_language, tr

KEYS = {"LIVEKIT_API_KEY": LiveKitServer.key, "LIVEKIT_API_SECRET": LiveKitServer.secret}
FRENCH = {"LANG": "fr_FR.UTF-8"}
NOT_JOINED, DROPPED = "cli.could_not_join", "cli.dropped"


@pytest.fixture(scope="module")
def server() -> Iterator[LiveKitServer]:
    with LiveKitServer() as running:
        yield running


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    set_language(None)


def words(link: str, *more: str) -> tuple[str, ...]:
    return ("join", link, "--name", "Ada", "--no-prejoin", "--duration", "3", *(more or TEST_MEDIA))


def sentence(problem: Problem, frame: str = "", language: str = "en") -> str:
    set_language(language)
    key = f"problems.{problem.code.value}"
    told = f"{tr(key, subject=problem.subject)} {tr(f'{key}.next', subject=problem.subject)}"
    return tr(frame, problem=told) if frame else told


def assert_told(outcome: Outcome, status: int, expected: str) -> None:
    """Exactly this sentence and this status, the report as well, no traceback, no secret, no process left."""
    assert outcome.said == expected + "\n"
    assert outcome.status == status
    assert outcome.report["errors"] == [expected]
    assert outcome.left == ()
    for text in (outcome.said, outcome.log):
        assert "Traceback" not in text
        assert LiveKitServer.secret not in text
        assert "eyJ" not in text


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("come to tea", Problem(ProblemCode.LINK_MALFORMED)),
        ("livekit+ws://192.0.2.1:7880?room=tea", Problem(ProblemCode.LINK_INSECURE, "192.0.2.1")),
        ("livekit+wss://nobody.invalid?room=tea", Problem(ProblemCode.HOST_UNKNOWN, "nobody.invalid")),
    ],
    ids=lambda value: value.code.value if isinstance(value, Problem) else "",
)
async def test_links_that_lead_nowhere_in_both_languages(tmp_path: Path, link: str, problem: Problem) -> None:
    languages: dict[str, dict[str, str]] = {"en": {}, "fr": FRENCH}
    runs = (run(*words(link), home=tmp_path / code, env=KEYS | env) for code, env in languages.items())
    for language, outcome in zip(languages, await asyncio.gather(*runs), strict=True):
        assert_told(outcome, 3, sentence(problem, NOT_JOINED, language))


async def test_who_has_no_right_token_is_not_let_in(tmp_path: Path, server: LiveKitServer) -> None:
    link = server.link("tea")
    tokens = {
        ProblemCode.TOKEN_EXPIRED: server.token("tea", "ada", hours=-1),
        ProblemCode.TOKEN_REFUSED: server.token("tea", "ada")[:-8] + "AAAAAAAA",
    }
    runs = [run(*words(link), home=tmp_path / "none")]
    for code, token in tokens.items():
        home = tmp_path / code.value
        home.mkdir()
        (home / "token").write_text(token, encoding="utf-8")
        runs.append(run(*words(link, *TEST_MEDIA, "--token-file", str(home / "token")), home=home))
    outcomes = await asyncio.gather(*runs)
    for outcome, code in zip(outcomes, (ProblemCode.TOKEN_MISSING, *tokens), strict=True):
        assert_told(outcome, 3, sentence(Problem(code, "127.0.0.1"), NOT_JOINED))
        assert not any(token in outcome.log for token in tokens.values())


async def test_a_full_room(tmp_path: Path, server: LiveKitServer) -> None:
    await asyncio.to_thread(server.api, "CreateRoom", name="small", max_participants=1)
    first = rtc.Room()
    await first.connect(server.url, server.token("small", "first"))
    outcome = await run(*words(server.link("small")), home=tmp_path, env=KEYS)
    assert_told(outcome, 3, sentence(Problem(ProblemCode.ROOM_FULL), NOT_JOINED))
    await first.disconnect()


@asynccontextmanager
async def mute_server() -> AsyncIterator[str]:
    """Takes connections and never says a word."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1_000):
            pass
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        yield f"{host}:{port}"


async def test_servers_that_are_none(tmp_path: Path) -> None:
    async with (
        hostile_server(b"\xff" * 300) as rubbish,
        hostile_server("{}", then_close=True) as text,
        hostile_server() as hanging,
        mute_server() as mute,
    ):
        nobody = f"127.0.0.1:{free_port()}"
        expected = {
            rubbish: ProblemCode.SERVER_NOT_UNDERSTOOD,
            text: ProblemCode.SERVER_NOT_UNDERSTOOD,
            hanging: ProblemCode.SERVER_SILENT,
            mute: ProblemCode.SERVER_SILENT,
            nobody: ProblemCode.HOST_UNREACHABLE,
        }
        runs = (
            run(*words(f"livekit+ws://{address}?room=tea"), home=tmp_path / str(n), env=KEYS)
            for n, address in enumerate(expected)
        )
        outcomes = await asyncio.gather(*runs)
    for outcome, code in zip(outcomes, expected.values(), strict=True):
        assert_told(outcome, 3, sentence(Problem(code, "127.0.0.1"), NOT_JOINED))


@pytest.mark.parametrize("kind", ["camera", "microphone"])
async def test_files_that_cannot_be_played_are_a_bad_command(tmp_path: Path, kind: str) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_bytes(b"Dear Ada, " * 1_000)
    for path, code in ((tmp_path / "nowhere.mp4", ProblemCode.FILE_MISSING), (letter, ProblemCode.FILE_UNREADABLE)):
        outcome = await run(*words("practice:", f"--{kind}", f"file:{path}"), home=tmp_path / code.value)
        assert outcome.status == 2
        assert outcome.said.startswith("The file ")
        assert_told(outcome, 2, outcome.said.strip())
        assert path.name in outcome.said


async def test_a_meeting_goes_on_without_camera_and_microphone(tmp_path: Path) -> None:
    devices = ("--camera", camera_that_is_missing(), "--microphone", "Nobody's", "--speaker", "null")
    outcome = await run(*words("practice:", *devices), home=tmp_path)
    expected = [sentence(Problem(c)) for c in (ProblemCode.CAMERA_MISSING, ProblemCode.MICROPHONE_MISSING)]
    assert sorted(outcome.said.splitlines()) == sorted(expected)
    assert sorted(outcome.report["errors"]) == sorted(expected)
    assert outcome.status == 0
    assert outcome.left == ()
    assert outcome.report["publications"] == []
    assert outcome.report["subscriptions"]
    assert "Traceback" not in outcome.log


def camera_that_is_missing() -> str:
    return "Nobody's" if list(Path("/dev").glob("video*")) else "default"


async def test_a_wrong_command(tmp_path: Path) -> None:
    for arguments in (("join",), ("join", "practice:"), ("join", "x", "--name", "A", "--duration", "-1"), ("--bad",)):
        outcome = await run(*arguments, home=tmp_path)
        assert outcome.status == 2
        assert len(outcome.said.splitlines()) == 1
        assert "Traceback" not in outcome.said
    outcome = await run("join", "practice:", "--name", "A", "--token-file", str(tmp_path / "nowhere"), home=tmp_path)
    assert_told(outcome, 2, f"The file {tmp_path / 'nowhere'} cannot be read.")


async def test_without_a_display_only_what_nobody_looks_at_runs(tmp_path: Path) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    looked_at = await run("join", "practice:", "--name", "Ada", home=tmp_path / "attended", env=nowhere)
    assert_told(looked_at, 2, "There is no display to open a window on.")
    alone = await run(*words("practice:"), home=tmp_path / "alone", env=nowhere)
    assert (alone.status, alone.said, alone.left) == (0, "", ())
    assert any(s["frames_painted"] for s in alone.report["subscriptions"])


SHORT_WAITS = (
    "from visio_desktop.engine import performer; performer.FIRST_WAIT_S = performer.LONGEST_WAIT_S = 0.1; "
    "from visio_desktop.servers.livekit import resume; resume._WINDOW_MS = 1_000.0"
)


async def test_a_server_that_dies_and_does_not_come_back(tmp_path: Path) -> None:
    link_words: list[Any] = ["--name", "Ada", "--no-prejoin", "--duration", "50", *TEST_MEDIA]
    with LiveKitServer() as server:
        under_way = await start("join", server.link("tea"), *link_words, home=tmp_path, env=KEYS, before=SHORT_WAITS)
        async with asyncio.timeout(20):
            while not (await asyncio.to_thread(server.api, "ListParticipants", room="tea"))["participants"]:
                await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        server.kill()
        outcome = await under_way.finish()
    assert_told(outcome, 4, sentence(Problem(ProblemCode.HOST_UNREACHABLE, "127.0.0.1"), DROPPED))
    assert [r["media_gap_ms"] for r in outcome.report["reconnects"]] == [None]
    assert {p["source"] for p in outcome.report["publications"]} <= {"camera", "microphone"}
