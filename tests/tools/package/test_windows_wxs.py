from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from tools.package.windows_launcher import WINDOWED
from tools.package.windows_wxs import LOGIN, PROGRAM, identifier, source

NAMES = {"w": "http://schemas.microsoft.com/wix/2006/wi"}


def tree(folder: Path) -> Path:
    (folder / "site-packages" / "a & b").mkdir(parents=True)
    for name in (WINDOWED, "site-packages/a & b/x.py"):
        (folder / name).write_text(name)
    return folder


def test_each_file_is_a_component_that_keeps_its_identifier(tmp_path: Path) -> None:
    first, second = _both(tmp_path)
    for document in (first, second):
        files = document.findall(".//w:File", NAMES)
        assert {file.attrib["Source"] for file in files} == {f"tree/{WINDOWED}", "tree/site-packages/a & b/x.py"}
    guids = [
        {component.attrib["Guid"] for component in document.findall(".//w:Component", NAMES)}
        for document in (first, second)
    ]
    assert guids[0] == guids[1]
    assert len(guids[0]) == len(first.findall(".//w:Component", NAMES))


def _both(folder: Path) -> tuple[ET.Element, ET.Element]:
    made = tree(folder)
    return ET.fromstring(source(made, "1.0.0", PROGRAM)), ET.fromstring(source(made, "1.0.1", PROGRAM))


def test_another_version_upgrades_and_the_same_is_repaired(tmp_path: Path) -> None:
    first, second = _both(tmp_path)
    one, other = first.find("w:Product", NAMES), second.find("w:Product", NAMES)
    assert one is not None
    assert other is not None
    assert one.attrib["UpgradeCode"] == other.attrib["UpgradeCode"]
    assert one.attrib["Id"] != other.attrib["Id"]
    assert first.find(".//w:MajorUpgrade", NAMES) is not None


def test_links_menu_and_policies_belong_to_the_program_alone(tmp_path: Path) -> None:
    made = tree(tmp_path)
    (made / WINDOWED).unlink()
    login = ET.fromstring(source(made, "1.0.0", LOGIN))
    assert login.findall(".//w:RegistryValue", NAMES) == []
    assert login.findall(".//w:Shortcut", NAMES) == []
    assert len(login.findall(".//w:Component", NAMES)) == 1
    assert LOGIN.upgrade_code != PROGRAM.upgrade_code


def test_names_of_tables_are_short_and_tell_places_apart() -> None:
    assert len({identifier("a/b"), identifier("a/B"), identifier("ab")}) == 3
    assert all(len(identifier("x" * n)) == 25 for n in (1, 500))
