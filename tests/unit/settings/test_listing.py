from __future__ import annotations

import pytest

from visio_desktop.settings import listing
from visio_desktop.settings.listing import active_line, has_effect, ignored_line, listed, order
from visio_desktop.settings.policies import NO_POLICIES, Found, Ignored, Why, given, resolve
from visio_desktop.system.texts import tr

POLICIES = resolve(
    (
        Found(
            (
                given("ProxyMode", "none", "a.json"),
                given("AllowedServers", ["b.example"], "a.json"),
                given("Sounds", {"Value": False, "Locked": False}, "a.json"),
                given("RelayOnly", "perhaps", "a.json"),
            ),
            (Ignored("b.json", "", Why.BROKEN, "3:1"),),
        ),
    )
)


def test_nothing_is_said_to_be_nothing() -> None:
    assert listed(NO_POLICIES) == (tr("policies.none"),)


def test_everything_is_told_with_its_source() -> None:
    lines = "\n".join(listed(POLICIES))
    for said in ("ProxyMode", "b.example", "a.json", "b.json", "perhaps", "3:1", tr("policies.why.refused")):
        assert said in lines


def test_values_are_named_as_the_dialogs_name_them() -> None:
    lines = {active.setting.key: active_line(active) for active in order(POLICIES)}
    assert list(lines) == ["allowed_servers", "proxy_mode", "relay_only", "sounds"]
    assert tr("settings.proxy_mode.none") in lines["proxy_mode"]
    assert tr("policies.off") in lines["sounds"]
    assert tr("policies.unlocked") in lines["sounds"]
    assert tr("policies.locked") in lines["relay_only"]


def test_what_holds_instead_is_told() -> None:
    refused = next(each for each in POLICIES.ignored if each.name == "RelayOnly")
    assert tr("policies.held", value="true") in ignored_line(refused)


@pytest.mark.parametrize(("platform", "has"), [("linux", False), ("win32", True), ("darwin", True)])
def test_what_this_system_cannot_do_is_told(platform: str, has: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_effect("capture_exclusion", platform) is has
    assert has_effect("kiosk", platform)
    monkeypatch.setattr(listing, "has_effect", lambda _key: has)
    line = active_line(resolve((Found((given("CaptureExclusion", True, "a.json"),)),)).active["capture_exclusion"])
    assert (tr("policies.here.capture_exclusion") in line) is not has


@pytest.mark.parametrize("has", [True, False])
def test_a_policy_for_an_extra_that_is_not_installed_is_told(has: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "has_strong_noise", lambda: has)
    found = resolve((Found((given("StrongNoiseSuppression", True, "a.json"),)),))
    line = active_line(found.active["strong_noise_suppression"])
    assert (tr("policies.here.strong_noise_suppression") in line) is not has
