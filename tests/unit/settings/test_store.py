from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from visio_desktop.meeting.look import Look, PictureQuality
from visio_desktop.meeting.values import Capability, MeetingLink, SoundWishes, Source
from visio_desktop.settings.policies import Found, Policies, resolve
from visio_desktop.settings.policies import given as given_value
from visio_desktop.settings.schema import SCHEMA, Setting, SettingLocked, ValueRefused
from visio_desktop.settings.store import Settings
from visio_desktop.system import extras


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_choice_outlives_the_run(path: Path) -> None:
    Settings(path).put("name", "Ada")
    assert Settings(path).get("name") == "Ada"
    assert path.stat().st_mode & 0o077 == 0
    assert [f.name for f in path.parent.iterdir()] == ["settings.json"]


def test_without_a_file_the_defaults_hold(path: Path) -> None:
    settings = Settings(path)
    assert {key: settings.get(key) for key in SCHEMA} == {key: s.default for key, s in SCHEMA.items()}


@pytest.mark.parametrize("broken", [b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"x" * 1_000_001])
def test_a_broken_file_is_kept_aside(path: Path, broken: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(broken)
    assert Settings(path).get("camera") == "default"
    assert path.with_name("settings.json.broken").read_bytes() == broken
    assert not path.exists()


def test_one_wrong_value_costs_only_itself(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"camera_on": "maybe", "name": "Ada", "of_a_newer_version": [1]}), encoding="utf-8")
    settings = Settings(path)
    assert settings.get("camera_on") is False
    assert settings.get("name") == "Ada"
    settings.put("camera_on", value=True)
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["of_a_newer_version"] == [1]
    assert kept["camera_on"] is True


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(content=st.binary(max_size=200))
def test_no_file_can_stop_the_start(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content)
    Settings(file).preferences(lambda _: None)


def test_recents_are_newest_first_once_and_bounded(path: Path) -> None:
    settings = Settings(path)
    for n in [*range(10), 5]:
        settings.remember("recent", f"https://meet.example/{n}")
    recents = settings.get("recents")
    assert isinstance(recents, tuple)
    assert [text[-1] for text in recents] == ["5", "9", "8", "7", "6", "4", "3", "2"]
    settings.remember("forget", "https://meet.example/9")
    assert settings.get("recents") == (recents[0], *recents[2:])


def test_the_meeting_gets_its_preferences(path: Path) -> None:
    settings = Settings(path)
    for what, value in [
        ("name", "Ada"),
        ("camera_on", "true"),
        ("microphone", "USB"),
        ("noise_suppression", "false"),
        ("ringer", "Sound/monitor"),
        ("recent", "a"),
        ("recent", "b"),
    ]:
        settings.remember(what, value)
    found = settings.preferences(lambda text: MeetingLink("livekit", text) if text == "a" else None)
    assert (found.name, found.camera_on, found.microphone_on, found.microphone) == ("Ada", True, False, "USB")
    assert found.recents == (MeetingLink("livekit", "a"),)
    assert (found.sound, found.ringer) == (SoundWishes(noise=False), "Sound/monitor")


@pytest.mark.parametrize("installed", [True, False])
def test_strong_noise_suppression_is_wished_only_where_it_can_be_had(
    path: Path, installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extras, "has_strong_noise", lambda: installed)
    settings = Settings(path)
    settings.remember("strong_noise_suppression", "true")
    assert settings.preferences(lambda _text: None).sound == SoundWishes(strong=installed)


def test_the_look_of_ones_picture_outlives_the_run(path: Path) -> None:
    for what, value in [
        ("camera_background", "image:hills"),
        ("camera_quality", "saver"),
        ("camera_brighten", "true"),
        ("camera_quality", "4k"),
    ]:
        Settings(path).remember(what, value)
    wished = Look("image:hills", PictureQuality.SAVER, brighten=True)
    assert Settings(path).preferences(lambda _: None).look == wished


def test_what_cannot_be_remembered_changes_nothing(path: Path) -> None:
    settings = Settings(path)
    settings.remember("no_such_thing", "x")
    settings.remember("camera_on", "perhaps")
    assert not path.exists()
    with pytest.raises(ValueRefused):
        settings.put("name", value=True)


def test_a_folder_that_cannot_be_written_costs_only_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder should be", encoding="utf-8")
    settings = Settings(tmp_path / "config" / "settings.json")
    settings.put("name", "Ada")
    assert settings.get("name") == "Ada"


def decided(**values: object) -> Policies:
    return resolve((Found(tuple(given_value(name, raw, "file") for name, raw in values.items())),))


def test_what_is_locked_holds_against_the_file_and_against_choices(path: Path) -> None:
    Settings(path).put("proxy_mode", "manual")
    settings = Settings(path, lambda: decided(ProxyMode="none"))
    assert settings.get("proxy_mode") == "none"
    assert settings.is_locked("proxy_mode")
    with pytest.raises(SettingLocked):
        settings.put("proxy_mode", "manual")
    settings.remember("proxy_mode", "system")
    assert settings.get("proxy_mode") == "none"
    assert Settings(path).get("proxy_mode") == "manual", "without the policy the person's own choice is back"


def test_a_default_of_the_organisation_yields_to_a_choice(path: Path) -> None:
    settings = Settings(path, lambda: decided(ProxyMode={"Value": "none", "Locked": False}))
    assert settings.get("proxy_mode") == "none"
    settings.put("proxy_mode", "manual")
    assert settings.get("proxy_mode") == "manual"


@given(
    st.sampled_from([setting for setting in SCHEMA.values() if setting.managed]),
    st.booleans() | st.text(max_size=9) | st.integers(),
    st.booleans() | st.text(max_size=9) | st.integers(),
)
def test_no_choice_ever_beats_a_lock(declared: Setting, locked: object, chosen: object) -> None:
    policies = decided(**{declared.policy: {"Value": locked, "Locked": True}})
    settings = Settings(Path("does-not-exist") / "settings.json", lambda: policies)
    settings._raw[declared.key] = chosen
    assert settings.get(declared.key) == policies.active[declared.key].value


def test_the_meeting_learns_what_was_decided(path: Path) -> None:
    policies = decided(ScreenShare=False, Recording=False, MicrophoneOn=False, CameraOn=True, Login=False)
    found = Settings(path, lambda: policies).preferences(lambda _: None)
    assert Capability.SCREEN_SHARE | Capability.RECORD | Capability.REQUEST_TRANSCRIPT in found.withheld
    assert Capability.CHAT not in found.withheld
    assert found.joins_without == {Source.MICROPHONE}
    assert (found.microphone_on, found.camera_on, found.login_off) == (False, True, True)
    assert found.locked == {"screen_share", "recording", "microphone_on", "camera_on", "login"}
    usual = Settings(path).preferences(lambda _: None)
    assert (usual.withheld, usual.joins_without, usual.login_off) == (Capability.NONE, frozenset(), False)


def test_only_servers_that_are_allowed(path: Path) -> None:
    settings = Settings(path, lambda: decided(AllowedServers=["*.example.org"]))
    assert settings.is_allowed("meet.example.org")
    assert not settings.is_allowed("meet.example.com")
    assert Settings(path).is_allowed("meet.example.com")


def test_numbers(path: Path) -> None:
    settings = Settings(path, lambda: decided(VideoKbps=500))
    assert (settings.number("video_kbps"), settings.number("dscp"), settings.number("name")) == (500, 34, 0)


def decided_by(**values: object) -> Policies:
    return resolve((Found(tuple(given_value(name, value, "here") for name, value in values.items())),))


def test_the_name_of_the_directory_is_taken_as_decided(path: Path) -> None:
    locked = Settings(path, lambda: decided_by(NameFromAccount=True), lambda: "Ada Lovelace")
    locked.put("name", "Somebody")
    assert locked.preferences(lambda _: None).name == "Ada Lovelace"
    assert "name" in locked.preferences(lambda _: None).locked
    usual = decided_by(NameFromAccount={"Value": True, "Locked": False})
    own = Settings(path, lambda: usual, lambda: "Ada Lovelace").preferences(lambda _: None)
    assert (own.name, "name" in own.locked) == ("Somebody", False)
    nameless = Settings(path, lambda: decided_by(NameFromAccount=True), lambda: "").preferences(lambda _: None)
    assert (nameless.name, "name" in nameless.locked) == ("Somebody", False)
    named = Settings(path, lambda: decided_by(NameFromAccount=True, Name="Desk 3"), lambda: "Ada Lovelace")
    assert named.preferences(lambda _: None).name == "Desk 3"


def test_without_pictures_a_background_is_blurred_unless_it_was_decided(path: Path) -> None:
    Settings(path).put("camera_background", "image:hills")
    kept = Settings(path, lambda: decided_by(BackgroundImages=False)).preferences(lambda _: None)
    assert (kept.look.background, kept.images_off) == ("blur", True)
    both = decided_by(BackgroundImages=False, CameraBackground="file:/etc/town.png")
    assert Settings(path, lambda: both).preferences(lambda _: None).look.background == "file:/etc/town.png"
    assert not Settings(path).preferences(lambda _: None).images_off


def test_a_kiosk_remembers_nobody_and_knows_one_link(path: Path) -> None:
    Settings(path).put("recents", ("a",))
    kiosk = Settings(path, lambda: decided_by(Kiosk=True, KioskLink="https://meet.example.org/abc"))
    before = path.read_bytes()
    kiosk.remember("name", "Grace")
    kiosk.remember("recent", "https://meet.example.org/other")
    assert path.read_bytes() == before
    told = kiosk.preferences(lambda text: MeetingLink("x", text, "", ""))
    assert (told.recents, told.login_off) == ((), True)
    assert (told.images_off, told.stills_off) == (True, True), "nobody looks for files there"
    assert (kiosk.may_log_in(), kiosk.may_offer_browser()) == (False, False)
    assert Settings(path).may_offer_browser()
    assert not Settings(path, lambda: decided_by(BrowserForOthers=False)).may_offer_browser()
    assert kiosk.only_link() == "https://meet.example.org/abc"
    assert Settings(path).only_link() == ""
