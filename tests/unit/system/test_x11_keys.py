from __future__ import annotations

from collections.abc import Iterator
from select import select

import pytest

from tests.helpers.keyboard import Keyboard
from tests.helpers.needs import need_program
from tests.helpers.xvfb import Xvfb
from visio_desktop.system.dbus import KeysRefused
from visio_desktop.system.keys import Keys, parse_keys
from visio_desktop.system.x11_keys import X11Keys


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    need_program("Xvfb")
    with Xvfb() as display:
        monkeypatch.setenv("DISPLAY", display.name)
        yield display.name


def keys(text: str) -> Keys:
    found = parse_keys(text)
    assert found is not None
    return found


def read(grabbed: X11Keys) -> None:
    assert select([grabbed.fileno()], [], [], 5)[0], "nothing came"
    assert grabbed.read()


def test_keys_are_heard_wherever_they_are_pressed(display: str) -> None:
    heard: list[tuple[str, bool]] = []
    grabbed = X11Keys({"mute": keys("Ctrl+Alt+M"), "talk": keys("F9")}, lambda name, down: heard.append((name, down)))
    with Keyboard(display) as keyboard:
        keyboard.press("M")
        keyboard.press("Ctrl+M")
        keyboard.press("Ctrl+Alt+M")
        read(grabbed)
        assert heard == [("mute", True), ("mute", False)], "other keys are other people's"
        keyboard.hold("F9")
        read(grabbed)
        keyboard.let_go("F9")
        read(grabbed)
        assert heard[2:] == [("talk", True), ("talk", False)]
        keyboard.hold("F9")
        read(grabbed)
    grabbed.close()
    assert heard[-1] == ("talk", False), "held at the end is let go"


def test_a_key_that_is_held_is_one_press(display: str) -> None:
    heard: list[bool] = []
    grabbed = X11Keys({"talk": keys("F9")}, lambda _name, down: heard.append(down))
    with Keyboard(display) as keyboard:
        keyboard.hold("F9")
        for _ in range(3):  # the press, then the repeats of Xvfb's keyboard, which begin after 660 ms
            read(grabbed)
        assert heard == [True]
        keyboard.let_go("F9")
        read(grabbed)
    assert heard == [True, False]
    grabbed.close()


def test_keys_of_another_program_are_named(display: str) -> None:
    first = X11Keys({"mute": keys("Ctrl+Alt+M")}, lambda _name, _down: None)
    with pytest.raises(KeysRefused, match=r"Ctrl\+Alt\+M"):
        X11Keys({"mute": keys("Ctrl+Alt+M")}, lambda _name, _down: None)
    first.close()
    X11Keys({"mute": keys("Ctrl+Alt+M")}, lambda _name, _down: None).close()


def test_without_a_display_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":65000")
    with pytest.raises(KeysRefused, match="no display"):
        X11Keys({"mute": keys("Ctrl+Alt+M")}, lambda _name, _down: None)
