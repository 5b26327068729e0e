from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from tools.package.windows_launcher import CONSOLE, SOURCES, WINDOWED, compile_command, definition, resource


def test_every_name_of_python_leads_to_the_library_itself() -> None:
    text = definition("python313", ("PyList_New", "_Py_Dealloc", "inflate", "PyBool_Type"))
    assert text.splitlines() == [
        "LIBRARY python3.dll",
        "EXPORTS",
        "  PyBool_Type=python313.PyBool_Type",
        "  PyList_New=python313.PyList_New",
        "  _Py_Dealloc=python313._Py_Dealloc",
    ]


def test_windows_is_told_version_icon_and_manifest() -> None:
    text = resource(WINDOWED, "1.2.3")
    assert "FILEVERSION 1,2,3,0\n" in text
    assert 'VALUE "ProductVersion", "1.2.3"' in text
    assert '1 ICON "visio.ico"' in text
    assert '1 24 "launcher.manifest"' in text


def test_the_manifest_asks_for_no_rights_and_knows_screens() -> None:
    text = (SOURCES / "launcher.manifest").read_text(encoding="utf-8")
    ET.fromstring(text)
    for word in ('level="asInvoker"', "PerMonitorV2", "<activeCodePage", "UTF-8"):
        assert word in text


def test_only_the_one_for_consoles_opens_one() -> None:
    windowed, console = (list(map(str, compile_command(n, "python313.dll", Path()))) for n in (WINDOWED, CONSOLE))
    assert "-mwindows" in windowed
    assert "-mconsole" in console
    assert {"-Wl,--dynamicbase", "-Wl,--nxcompat", "-Wl,--no-insert-timestamp"} <= set(windowed) & set(console)
