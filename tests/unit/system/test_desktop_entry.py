from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.needs import need_program
from tests.helpers.sources import ROOT
from visio_desktop.system import desktop_entry
from visio_desktop.system.desktop_entry import Places, entry, places, quoted, with_default

COMMAND = ("/opt/visio desktop/bin/visio-desktop",)
OTHERS = (
    "[Added Associations]\nx-scheme-handler/visio=other.desktop;\n\n[Default Applications]\ntext/html=web.desktop\n"
)


@pytest.fixture
def where(tmp_path: Path) -> Places:
    return Places(tmp_path / "data", tmp_path / "config")


def test_register_writes_what_the_desktop_reads_and_unregister_takes_it_back(where: Places) -> None:
    where.defaults.parent.mkdir()
    where.defaults.write_text("[Default Applications]\ntext/html=web.desktop\n")
    written = desktop_entry.register(where, COMMAND)
    assert written == (where.entry, where.icon, where.defaults)
    lines = where.entry.read_text().splitlines()
    assert 'Exec="/opt/visio desktop/bin/visio-desktop" %u' in lines
    assert "MimeType=x-scheme-handler/visio;" in lines
    assert where.icon.read_text().startswith("<svg")
    assert "x-scheme-handler/visio=visio-desktop.desktop" in where.defaults.read_text().splitlines()
    assert set(desktop_entry.unregister(where)) == set(written)
    assert not where.entry.exists()
    assert where.defaults.read_text() == "[Default Applications]\ntext/html=web.desktop\n"
    assert desktop_entry.unregister(where) == ()


def test_a_desktop_opens_our_links_with_us(where: Places, tmp_path: Path) -> None:
    need_program("gio")
    told = tmp_path / "told"
    program = tmp_path / "visio desktop $1"
    program.write_text(f'#!/bin/sh\necho "$1" > {shlex.quote(str(told))}.part; mv {told}.part {told}\n')
    program.chmod(0o755)
    desktop_entry.register(where, (str(program),))
    environment = {**os.environ, "XDG_DATA_HOME": str(where.data), "XDG_CONFIG_HOME": str(where.config)}
    subprocess.run(["gio", "open", "visio://meet.example.org/abc"], env=environment, check=True, timeout=20)
    for _ in range(500):
        if told.exists():
            break
        subprocess.run(["sleep", "0.01"], check=True)
    assert told.read_text() == "visio://meet.example.org/abc\n"


def test_autostart_is_in_the_background_and_only_on_wish(where: Places) -> None:
    desktop_entry.set_autostart(where, COMMAND, on=True)
    assert 'Exec="/opt/visio desktop/bin/visio-desktop" --background' in where.autostart.read_text().splitlines()
    desktop_entry.set_autostart(where, COMMAND, on=False)
    desktop_entry.set_autostart(where, COMMAND, on=False)
    assert not where.autostart.exists()


def test_the_entry_names_its_texts_in_every_language() -> None:
    lines = entry(("visio-desktop",), arguments="%u").splitlines()
    assert lines[0] == "[Desktop Entry]"
    for key in ("Name", "GenericName", "Comment", "Comment[fr]", "Icon", "Exec", "Categories"):
        assert any(line.startswith(f"{key}=") for line in lines), key


def test_software_centres_are_told_of_the_same_program() -> None:
    told = ET.parse(ROOT / "packaging" / "linux" / "org.visio_desktop.VisioDesktop.metainfo.xml")
    assert told.findtext("launchable") == desktop_entry.NAME
    assert told.findtext("provides/mediatype") == desktop_entry.MIME
    assert told.findtext("name") == "Visio Desktop"


def test_other_programs_keep_what_is_theirs() -> None:
    ours = with_default(OTHERS, "visio-desktop.desktop")
    assert "text/html=web.desktop" in ours
    assert with_default(ours, "visio-desktop.desktop") == ours
    assert "visio-desktop" not in with_default(ours, None)
    assert with_default(OTHERS, None) == OTHERS, "what another program has stays"
    assert with_default("", None) == ""


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/usr/bin/visio-desktop", "/usr/bin/visio-desktop"),
        ("a b", '"a b"'),
        ("50%", "50%%"),
        ('say "$x"', r'"say \\"\\$x\\""'),
    ],
)
def test_words_are_quoted_as_the_specification_says(word: str, written: str) -> None:
    assert quoted((word,)) == written


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]), min_size=1))
def test_a_word_stays_one_word(word: str) -> None:
    assert "\n" not in quoted((word,))
    assert quoted((word,)).count("%") == 2 * word.count("%")


def test_places_are_the_persons_own(tmp_path: Path) -> None:
    given = places({"HOME": str(tmp_path), "XDG_DATA_HOME": "/data", "XDG_CONFIG_HOME": "relative"})
    assert given == Places(Path("/data"), tmp_path / ".config")


def test_the_command_is_how_we_were_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "visio-desktop"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert desktop_entry.own_command() == (str(program),)
    monkeypatch.setattr(sys, "argv", ["-c"])
    assert desktop_entry.own_command() == (sys.executable, "-m", "visio_desktop")


def test_a_desktops_own_list_is_refreshed_where_it_keeps_one(
    where: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "update-desktop-database"
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    desktop_entry.register(where, COMMAND)
    assert (tmp_path / "told").read_text().split() == ["-q", str(where.entry.parent)]
