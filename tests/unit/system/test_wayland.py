from __future__ import annotations

import pytest

from visio_desktop.system.wayland import is_wayland


@pytest.mark.parametrize(
    ("environment", "wayland"),
    [
        ({}, False),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, False),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, True),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"WAYLAND_DISPLAY": ""}, False),
    ],
)
def test_the_session_says_what_it_is(environment: dict[str, str], wayland: bool) -> None:
    assert is_wayland(environment) is wayland
