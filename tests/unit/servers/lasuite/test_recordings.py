from __future__ import annotations

import asyncio
import errno
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.lasuite_samples import answer
from tests.helpers.rest_server import Answer, RestServer, rest_server
from tests.helpers.web_server import serving
from visio_desktop.meeting.accounts import FileState, OwnRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite import recordings as module
from visio_desktop.servers.lasuite.api import Api, ApiError, NotLoggedIn, TooLarge
from visio_desktop.servers.lasuite.recordings import KEPT_FREE_BYTES, all_recordings, fetch, parse_recording
from visio_desktop.system.tasks import Tasks

FILM = OwnRecording("1-2", "abc", RecordingKind.SCREEN, FileState.READY, 0.0)
RAW = {"id": "1", "room": {"slug": "abc"}, "created_at": "2026-11-22T05:35:00.493120Z", "mode": "screen_recording"}


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        server.root = ""
        yield server


@pytest.fixture
async def api(server: RestServer) -> AsyncIterator[Api]:
    api = Api(Web(), server.url, {"sessionid": "sesame", "csrftoken": "t"})
    yield api
    await api.close()


async def test_the_recordings_of_a_real_answer_are_read_the_latest_first(server: RestServer, api: Api) -> None:
    server.says("GET /api/v1.0/recordings/", answer("recordings_list"))
    found = await all_recordings(api)
    assert len(found) == answer("recordings_list")["count"]
    assert [r.created_at_ms for r in found] == sorted((r.created_at_ms for r in found), reverse=True)
    assert {r.state for r in found} == {FileState.FAILED}
    assert {r.kind for r in found} == set(RecordingKind)


@pytest.mark.parametrize(
    ("status", "expired", "state"),
    [
        ("initiated", False, FileState.RUNNING),
        ("active", False, FileState.RUNNING),
        ("stopped", False, FileState.SAVING),
        ("saved", False, FileState.READY),
        ("notification_succeeded", False, FileState.READY),
        ("saved", True, FileState.EXPIRED),
        ("aborted", False, FileState.FAILED),
        ("of a newer version", False, FileState.FAILED),
    ],
)
def test_how_far_a_recording_is(status: str, expired: bool, state: FileState) -> None:
    found = parse_recording(Fields({**RAW, "status": status, "is_expired": expired}))
    assert found is not None
    assert found.state is state


@given(
    st.dictionaries(
        st.sampled_from(["id", "room", "created_at", "mode", "status", "expired_at"]),
        st.none()
        | st.integers()
        | st.text(max_size=9)
        | st.sampled_from(["screen_recording", "2026-01-01", "9999-12-31"]),
    )
)
def test_whatever_a_server_says_is_a_recording_or_none(raw: dict[str, object]) -> None:
    assert isinstance(parse_recording(Fields(raw)), OwnRecording | None)


async def test_a_file_is_fetched_with_the_session(server: RestServer, api: Api, tmp_path: Path) -> None:
    went: list[tuple[int, int]] = []
    server.says("GET /media/recordings/1-2.mp4", "a film")
    await fetch(api, FILM, tmp_path / "film.mp4", lambda *at: went.append(at))
    assert (tmp_path / "film.mp4").read_bytes() == b"a film"
    assert went[-1] == (6, 6)
    assert "sesame" in server.asked[0].headers["Cookie"]


async def test_what_is_not_fetched_whole_leaves_no_file(server: RestServer, api: Api, tmp_path: Path) -> None:
    server.says("GET /media/recordings/1-2.mp4", Answer({"detail": "no"}, 401))
    with pytest.raises(NotLoggedIn):
        await fetch(api, FILM, tmp_path / "film.mp4", lambda *_: None)
    server.says("GET /media/recordings/1-2.mp4", Answer("", 302, {"Location": "https://elsewhere.example/"}))
    with pytest.raises(ApiError):
        await fetch(api, FILM, tmp_path / "film.mp4", lambda *_: None)
    with pytest.raises(OSError, match="missing"):
        await fetch(api, FILM, tmp_path / "missing" / "film.mp4", lambda *_: None)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - as above


async def test_a_disk_that_takes_nothing_is_not_the_networks_fault(
    server: RestServer, api: Api, tmp_path: Path
) -> None:
    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    server.says("GET /media/recordings/1-2.mp4", "a film")
    with pytest.raises(OSError, match="No space left"):
        await fetch(api, FILM, tmp_path / "film.mp4", full)
    assert not (tmp_path / "film.mp4.part").exists()


PLENTY = KEPT_FREE_BYTES + 1_000_000


async def streamed(request: web.Request) -> web.StreamResponse:
    """A server that says nothing of the size, and sends on and on."""
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    with suppress(ConnectionError):
        while True:
            await response.write(b"x" * 1_000)
    return response


@asynccontextmanager
async def endless() -> AsyncIterator[Api]:
    async with serving(**{"media_recordings_1-2.mp4": streamed}) as address:
        api = Api(Web(), f"http://{address}")
        try:
            yield api
        finally:
            await api.close()


async def test_what_says_it_is_too_large_is_not_even_begun(
    server: RestServer, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 5)
    went: list[int] = []
    server.says("GET /media/recordings/1-2.mp4", "a film")
    with pytest.raises(TooLarge) as refused:
        await fetch(api, FILM, tmp_path / "film.mp4", lambda got, _: went.append(got))
    assert refused.value.problem.code is ProblemCode.FILE_TOO_LARGE
    assert went == []
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - as above


async def test_what_does_not_say_how_large_it_is_ends_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1_000_000)
    went: list[tuple[int, int]] = []
    async with endless() as api:
        with pytest.raises(TooLarge):
            await fetch(api, FILM, tmp_path / "film.mp4", lambda *at: went.append(at))
    assert went
    assert all(got <= 1_000_000 and total == 0 for got, total in went)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - as above


async def test_what_the_disk_has_no_room_for_is_not_begun(server: RestServer, api: Api, tmp_path: Path) -> None:
    server.says("GET /media/recordings/1-2.mp4", "a film")
    went: list[int] = []
    with pytest.raises(OSError, match="space") as full:
        await fetch(api, FILM, tmp_path / "film.mp4", lambda got, _: went.append(got), lambda _: KEPT_FREE_BYTES + 5)
    assert (full.value.errno, full.value.filename, went) == (errno.ENOSPC, str(tmp_path / "film.mp4"), [])
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - as above
    await fetch(api, FILM, tmp_path / "film.mp4", lambda *_: None, lambda _: KEPT_FREE_BYTES + 6)
    assert (tmp_path / "film.mp4").read_bytes() == b"a film"


async def test_a_disk_that_fills_up_on_the_way_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_BYTES", 10_000)
    room = [PLENTY, PLENTY, 0]
    async with endless() as api:
        with pytest.raises(OSError, match="space"):
            await fetch(api, FILM, tmp_path / "film.mp4", lambda *_: None, lambda _: room.pop(0))
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - as above


async def test_given_up_midway_nothing_is_left(tmp_path: Path) -> None:
    begun = asyncio.Event()
    tasks = Tasks("test")
    async with endless() as api:
        tasks.start(fetch(api, FILM, tmp_path / "film.mp4", lambda *_: begun.set()), name="fetch")
        await begun.wait()
        assert (tmp_path / "film.mp4.part").exists()
        await tasks.close()
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 - as above


async def test_a_file_that_comes_packed_is_counted_as_it_is_written(tmp_path: Path) -> None:
    asked: list[str] = []

    async def packed(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        return web.Response(body=gzip.compress(b"x" * 100_000), headers={"Content-Encoding": "gzip"})

    went: list[tuple[int, int]] = []
    async with serving(**{"media_recordings_1-2.mp4": packed}) as address:
        api = Api(Web(), f"http://{address}")
        await fetch(api, FILM, tmp_path / "film.mp4", lambda *at: went.append(at))
        await api.close()
    assert asked == ["identity"]
    assert went[-1] == (100_000, 0)
