"""What the organisation has decided holds in the program as a whole, from the first moment on."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import cv2
import pytest

from tests.helpers.program import TEST_MEDIA, Outcome, start
from visio_desktop.system.texts import set_language, tr

_READ_THERE = """
import os
from functools import partial
from pathlib import Path
from visio_desktop.settings import policy_files, policy_sources
policy_files.ADMINISTRATOR = os.getuid()
policy_sources.Reading.__init__.__defaults__ = (partial(policy_sources.read_policies, folder=Path({folder!r})),)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "policies"
    (made / "policies.d").mkdir(parents=True)
    for each in (made, made / "policies.d"):
        each.chmod(0o755)
    return made


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)


async def run(*words: str, folder: Path) -> Outcome:
    begun = await start(*words, home=folder.parent / "home", before=_READ_THERE.format(folder=str(folder)))
    return await begun.finish()


async def test_a_meeting_begins_as_decided_and_what_was_passed_over_is_in_the_log(folder: Path) -> None:
    write(folder / "policies.json", json.dumps({"MicrophoneOn": False, "Nonsense": True}))
    write(folder / "policies.d" / "90-broken.json", "{")
    outcome = await run(
        "join", "practice:", "--name", "Ada", "--no-prejoin", "--duration", "3", *TEST_MEDIA, folder=folder
    )
    assert outcome.status == 0
    assert "microphone" not in {row["source"] for row in outcome.report["publications"]}
    events = [json.loads(line) for line in outcome.log.splitlines()]
    assert [event["names"] for event in events if event["event"] == "policies_active"] == [["MicrophoneOn"]]
    passed_over = [(event["name"], event["why"]) for event in events if event["event"] == "policy_ignored"]
    assert sorted(passed_over) == [("", "broken"), ("Nonsense", "unknown")]


async def test_a_server_that_is_not_allowed_hears_nothing(folder: Path) -> None:
    write(folder / "policies.d" / "10-servers.json", json.dumps({"AllowedServers": ["meet.example.org"]}))
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = f"livekit+ws://127.0.0.1:{server.getsockname()[1]}?room=r"
        outcome = await run("join", link, "--name", "Ada", "--no-prejoin", *TEST_MEDIA, folder=folder)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    set_language("en")
    assert tr("problems.server_not_allowed", subject="127.0.0.1") in outcome.said
    assert outcome.status == 3
    assert outcome.left == ()


async def test_windows_are_marked_and_coloured_as_decided(folder: Path) -> None:
    decided = {"Classification": "Restricted", "ClassificationColour": "#FFFF00"}
    write(folder / "policies.json", json.dumps(decided))
    shot = folder / "shot.png"
    words = ("join", "practice:", "--name", "Ada", "--no-prejoin", "--duration", "2", "--screenshot", str(shot))
    outcome = await run(*words, *TEST_MEDIA, folder=folder)
    assert outcome.status == 0
    picture = cv2.imread(str(shot))
    assert picture is not None
    assert picture[3, :100].tolist() == [[0, 255, 255]] * 100, "the line at the top"
    assert picture[100, :100].tolist() != [[0, 255, 255]] * 100
