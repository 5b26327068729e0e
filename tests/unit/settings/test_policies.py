from __future__ import annotations

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from visio_desktop.settings.policies import Active, Found, Given, Ignored, Policies, Why, given, resolve, shown
from visio_desktop.settings.schema import SCHEMA, Setting
from visio_desktop.system.texts import LANGUAGES, text_in

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from([setting.policy for setting in SCHEMA.values()]) | st.text()
MANAGED = [setting for setting in SCHEMA.values() if setting.managed]


def held(**values: object) -> Policies:
    """The policies of one file."""
    return resolve((Found(tuple(given(name, raw, "file") for name, raw in values.items())),))


def value_of(policies: Policies, key: str) -> object:
    return policies.active[key].value


def test_a_plain_value_is_locked() -> None:
    assert held(ProxyMode="none").active == {"proxy_mode": Active(SCHEMA["proxy_mode"], "none", True, "file")}
    assert held(ProxyMode="none").is_locked("proxy_mode")


@pytest.mark.parametrize(
    ("raw", "locked"),
    [
        ({"Value": "none", "Locked": True}, True),
        ({"Value": "none", "Locked": False}, False),
        ({"Value": "none"}, True),
        ({"Value": "none", "Locked": "false"}, True),
        ({"Value": "none", "Locked": None}, True),
    ],
)
def test_only_what_says_so_is_not_locked(raw: object, locked: bool) -> None:
    assert held(ProxyMode=raw).is_locked("proxy_mode") is locked


def test_names_are_taken_in_any_case() -> None:
    assert held(RELAYONLY=True).active["relay_only"].value is True


def test_what_is_unknown_or_personal_is_told() -> None:
    policies = held(Colour="red", Recents=["https://meet.example/a"])
    assert not policies.active
    assert policies.ignored == (Ignored("file", "Colour", Why.UNKNOWN), Ignored("file", "Recents", Why.PERSONAL))


@pytest.mark.parametrize("declared", MANAGED, ids=lambda s: s.key)
def test_a_locked_value_that_does_not_fit_is_as_strict_as_can_be_and_told(declared: Setting) -> None:
    policies = held(**{declared.policy: {"Value": {"no": "such"}, "Locked": True}})
    strictest = declared.default if declared.strictest is None else declared.strictest
    assert policies.active[declared.key].value == strictest
    assert policies.is_locked(declared.key)
    assert [(each.name, each.why) for each in policies.ignored] == [(declared.policy, Why.REFUSED)]
    assert policies.ignored[0].held == shown(strictest)


@pytest.mark.parametrize("declared", MANAGED, ids=lambda s: s.key)
def test_a_default_that_does_not_fit_is_no_policy(declared: Setting) -> None:
    policies = held(**{declared.policy: {"Value": {"no": "such"}, "Locked": False}})
    assert not policies.active
    assert [each.why for each in policies.ignored] == [Why.REFUSED]


@pytest.mark.parametrize("declared", [s for s in MANAGED if s.strictest is not None], ids=lambda s: s.key)
def test_the_strictest_value_fits(declared: Setting) -> None:
    assert declared.check(declared.strictest) == declared.strictest


def test_of_a_list_the_entries_that_fit_hold() -> None:
    policies = held(AllowedServers=["meet.example.org", "a b", 3, "*.Example.net"])
    assert value_of(policies, "allowed_servers") == ("meet.example.org", "*.example.net")
    assert [(each.why, each.detail) for each in policies.ignored] == [(Why.REFUSED, "a b"), (Why.REFUSED, "3")]


def test_of_a_list_in_which_nothing_fits_nothing_is_allowed() -> None:
    assert value_of(held(AllowedServers=["a b", "https://c"]), "allowed_servers") == ("none.invalid",)
    assert value_of(held(AllowedServers="meet.example.org"), "allowed_servers") == ("none.invalid",)


def test_a_list_that_is_too_long_is_shortened_and_told() -> None:
    policies = held(AllowedServers=[f"a{n}.example" for n in range(300)])
    assert len(policies.active["allowed_servers"].value) == 200  # type: ignore[arg-type] # a tuple of hosts
    assert [each.why for each in policies.ignored] == [Why.TOO_MANY]


def one(raw: object, *, locked: bool, source: str) -> Found:
    return Found((Given("ProxyMode", raw, locked, source),))


@pytest.mark.parametrize(
    ("first", "second", "value", "source", "outranked"),
    [
        (("none", True), ("manual", True), "none", "a", "b"),
        (("none", False), ("manual", True), "manual", "b", "a"),
        (("none", True), ("manual", False), "none", "a", "b"),
        (("none", False), ("manual", False), "none", "a", "b"),
        (("broken", True), ("manual", True), "system", "a", "b"),
        (("broken", False), ("manual", False), "manual", "b", "a"),
    ],
)
def test_locked_beats_open_and_the_stronger_source_the_weaker(
    first: tuple[str, bool], second: tuple[str, bool], value: str, source: str, outranked: str
) -> None:
    policies = resolve(
        (one(first[0], locked=first[1], source="a"), one(second[0], locked=second[1], source="b")),
    )
    assert (policies.active["proxy_mode"].value, policies.active["proxy_mode"].source) == (value, source)
    assert outranked in {each.source for each in policies.ignored}


@hypothesis_given(st.lists(st.tuples(NAMES, ANYTHING), max_size=8), st.lists(st.tuples(NAMES, ANYTHING), max_size=8))
def test_whatever_comes_every_value_fits_and_nothing_is_lost_in_silence(
    strong: list[tuple[str, object]], weak: list[tuple[str, object]]
) -> None:
    sources = [
        Found(tuple(given(name, raw, place) for name, raw in rows)) for place, rows in (("a", strong), ("b", weak))
    ]
    policies = resolve(sources)
    for active in policies.active.values():
        assert active.setting.managed
        assert active.setting.check(active.value) == active.value
    told = {each.name.lower() for each in policies.ignored} | {
        active.setting.policy.lower() for active in policies.active.values()
    }
    assert all(shown(name).lower() in told for name, _ in (*strong, *weak))


@hypothesis_given(st.sampled_from(MANAGED), ANYTHING)
def test_a_locked_value_always_holds_something(declared: Setting, raw: object) -> None:
    assert resolve((Found((Given(declared.policy, raw, True, "file"),)),)).is_locked(declared.key)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (3, "3"),
        (None, "null"),
        ("a\nb", "a\N{REPLACEMENT CHARACTER}b"),
        (["a", {"b": []}], "a, {…}"),
        ("http://ada:sesame@proxy.example:3128", "http://proxy.example:3128"),
        ("x" * 500, "x" * 120 + "…"),
    ],
)
def test_values_are_shown_in_a_line_without_secrets(value: object, text: str) -> None:
    assert shown(value) == text


def test_so_many_are_told_and_that_there_are_more() -> None:
    ignored = held(**{f"No{n}": n for n in range(500)}).ignored
    assert len(ignored) == 201
    assert ignored[-1] == Ignored("file", "", Why.MORE, "300")


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_said(why: Why, language: str) -> None:
    key = f"policies.why.{why.value}"
    assert text_in(language, key) != key
