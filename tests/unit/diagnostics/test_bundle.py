from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.unit.diagnostics.test_redaction import FORMS, HOME, PLANTED, WORDS
from visio_desktop.diagnostics.bundle import MOST_CHARACTERS, Part, Sources, collect, write


def sources(folder: Path, told: str = "nothing") -> Sources:
    """Every input of a bundle, each with something in it."""
    (folder / "visio-desktop.log").write_text(
        json.dumps({"event": "x", "error": told}) + f"\n{told}\n", encoding="utf-8"
    )
    (folder / "visio-desktop.log.1").write_text(json.dumps({"event": told, "detail": [told]}), encoding="utf-8")
    (folder / "crash-1.txt").write_text(f"Fatal Python error\n{told}\n", encoding="utf-8")
    return Sources(
        folder,
        folder,
        folder / "none.json",
        facts=f"proxy: {told}\n",
        policies=f"From {told}",
        report={"subscriptions": [{"participant": told, "codec": told, "fps": 30.0}], told: told},
        check=({"name": "dns", "detail": told},),
        contacts=({"host": "meet.example.org", "port": 443, "via": told},),
        words=WORDS,
        home=HOME,
    )


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PLANTED, st.booleans())
def test_what_is_secret_anywhere_is_nowhere_in_the_bundle(
    tmp_path: Path, planted: tuple[str, str], hosts: bool
) -> None:
    form, secret = planted
    parts = collect(sources(tmp_path, form.format(secret)), hosts=hosts)
    assert [part.name for part in parts if secret in part.text] == []
    assert len(FORMS) > 5


def test_it_holds_all_there_is_in_an_order_for_people(tmp_path: Path) -> None:
    parts = collect(sources(tmp_path), hosts=True)
    names = [part.name for part in parts]
    assert names[:6] == ["diagnostics.txt", "policies.txt", "report.json", "check.json", "contacts.json", "crash-1.txt"]
    assert sorted(names[6:]) == ["visio-desktop.log", "visio-desktop.log.1"]
    assert "meet.example.org" in parts[4].text
    assert "meet.example.org" not in collect(sources(tmp_path), hosts=False)[4].text


def test_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    bare = Sources(tmp_path / "none", tmp_path / "none", tmp_path / "none.json", facts="program: x")
    assert [part.name for part in collect(bare, hosts=True)] == ["diagnostics.txt"]


@pytest.mark.parametrize("broken", [b"", b"{", b"[" * 100_000, b"\xff\xfe\x00"])
def test_a_broken_report_of_before_is_left_out(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "last.json").write_bytes(broken)
    bare = Sources(tmp_path, tmp_path, tmp_path / "last.json", facts="program: x")
    assert [part.name for part in collect(bare, hosts=True)] == ["diagnostics.txt"]


def test_of_a_long_log_the_end_is_taken_from_a_whole_line_on(tmp_path: Path) -> None:
    line = json.dumps({"event": "tick", "attempt": 1}) + "\n"
    count = MOST_CHARACTERS // len(line) + 100
    (tmp_path / "visio-desktop.log").write_text(line * count + line.replace("tick", "last"), encoding="utf-8")
    [_, log] = collect(Sources(tmp_path, tmp_path, tmp_path / "x", facts="x"), hosts=True)
    assert len(log.text) <= MOST_CHARACTERS
    assert log.text.startswith(line)
    assert "last" in log.text.splitlines()[-1]


def test_the_file_is_the_persons_alone_and_the_same_for_the_same(tmp_path: Path) -> None:
    parts = (Part("a.txt", "one\n"), Part("b.json", "\ud800 two"))
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    write(one, parts)
    write(two, parts)
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(one) as archive:
        assert archive.namelist() == ["a.txt", "b.json"]
        assert archive.read("a.txt") == b"one\n"


def test_nothing_is_left_of_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="space"):
        write(tmp_path / "x.zip", (Part("a", "b"),))
    assert list(tmp_path.iterdir()) == []
