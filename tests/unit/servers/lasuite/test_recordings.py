from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.lasuite_samples import answer
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.accounts import FileState, OwnRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api, ApiError, NotLoggedIn
from visio_desktop.servers.lasuite.fields import Fields
from visio_desktop.servers.lasuite.recordings import all_recordings, fetch, parse_recording

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
