from __future__ import annotations

from pathlib import Path

from visio_desktop import __version__
from visio_desktop.diagnostics.facts import facts
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.store import Settings


def test_it_says_what_a_helpdesk_asks_first_and_nothing_of_the_person(tmp_path: Path) -> None:
    policies = resolve((Found((given("RelayOnly", True, "here"), given("Nonsense", 1, "here"))),))
    settings = Settings(tmp_path / "settings.json", lambda: policies)
    settings.put("name", "Ada Lovelace")
    settings.put("camera_quality", "360p")
    settings.put("proxy_url", "http://ada:hunter2@proxy.example.org:3128")
    told = facts(
        settings,
        {"qt": "6.12.0", "display": "xcb"},
        (Device(DeviceKind.CAMERA, "cam0", "Integrated Webcam"),),
        Problem(ProblemCode.HOST_UNKNOWN, "meet.example.org"),
        {"HTTPS_PROXY": "http://ada:hunter2@other.example.org:8080"},
        ("encoder h264_nvenc: works, share 0.4",),
    )
    for line in (
        f"program: visio-desktop {__version__}",
        "qt: 6.12.0",
        "display: xcb",
        "policy RelayOnly: true (locked)",
        "policies passed over: 1",
        "setting camera_quality: 360p",
        "proxy: system http://proxy.example.org:3128",
        "proxy in the environment: HTTPS_PROXY=http://other.example.org:8080",
        "device camera: Integrated Webcam",
        "encoder h264_nvenc: works, share 0.4",
        "last problem: host_unknown meet.example.org",
    ):
        assert line in told.splitlines()
    assert "hunter2" not in told
    assert "Ada" not in told
