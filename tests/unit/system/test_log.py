from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system import log

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    path = tmp_path / "app.log"
    log.configure(path, "info", max_bytes=4_000, backups=1)
    yield path
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_events_are_json_lines_with_their_fields(file: Path) -> None:
    log.get_logger("tests.a").info("joined", room="weekly", took_ms=12.5)
    (line,) = lines(file)
    assert line["event"] == "joined"
    assert line["room"] == "weekly"
    assert line["took_ms"] == 12.5
    assert line["level"] == "info"
    assert line["logger"] == "tests.a"
    assert line["timestamp"].endswith("Z")


def test_other_libraries_land_in_the_same_file(file: Path) -> None:
    logging.getLogger("aioice").warning("failed with %s", TOKEN)
    (line,) = lines(file)
    assert line["event"] == "failed with [hidden]"


def test_what_no_encoding_knows_costs_no_line(file: Path) -> None:
    log.get_logger("tests.a").info("said", text="half a sign: \ud800")
    (line,) = lines(file)
    assert line["text"] == "half a sign: \ud800"


def test_lower_levels_are_left_out(file: Path) -> None:
    log.get_logger("tests.b").debug("noise")
    assert not file.read_text(encoding="utf-8")


def test_a_traceback_is_kept_without_its_secrets(file: Path) -> None:
    try:
        int(f"wss://host/rtc?access_token={TOKEN}")
    except ValueError:
        log.get_logger("tests.c").exception("crashed")
    (line,) = lines(file)
    assert "Traceback" in line["exception"]
    assert TOKEN not in json.dumps(line)


def test_the_traceback_of_an_error_that_is_handed_over_is_kept(file: Path) -> None:
    error = ValueError("broken")
    log.get_logger("tests.c").error("crashed", exc_info=(ValueError, error, None))
    log.get_logger("tests.c").error("crashed", exc_info=error)
    assert all("ValueError: broken" in line["exception"] for line in lines(file))


def test_the_files_stay_within_their_bound(file: Path) -> None:
    logger = log.get_logger("tests.d")
    for n in range(200):
        logger.info("filled", text="x" * 100, n=n)
    assert sum(f.stat().st_size for f in file.parent.iterdir()) <= 8_000
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "value",
    [
        {"api_secret": "s3cr3t"},
        {"headers": {"Authorization": "Bearer s3cr3t"}},
        {"text": "Authorization: Bearer s3cr3t"},
        {"sdp": "a=ice-ufrag:x\na=ice-pwd:s3cr3t\n"},
        {"url": "http://me:s3cr3t@proxy:8080"},
        {"urls": ["https://x/?access_token=s3cr3t&a=1"]},
        {"link": "https://x/room/#/tea?roomId=!a:b&password=s3cr3t&viaServers=b"},
    ],
)
def test_secrets_are_hidden_wherever_they_stand(value: dict[str, Any]) -> None:
    assert "s3cr3t" not in json.dumps(log.redact(value))


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.text(), st.binary(), st.integers(), st.lists(st.text()))))
def test_the_redactor_takes_anything(event: dict[str, Any]) -> None:
    json.dumps(log.redact(event))
