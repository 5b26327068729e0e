from __future__ import annotations

import pytest

from visio_desktop.settings.schema import SCHEMA, Kind, Setting
from visio_desktop.settings.templates.rows import Row, rows, section_name, type_name, written
from visio_desktop.system.texts import LANGUAGES, text_in

MANAGED = [setting for setting in SCHEMA.values() if setting.managed]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("declared", SCHEMA.values(), ids=lambda s: s.key)
def test_every_setting_is_documented(declared: Setting, language: str) -> None:
    row = Row(declared, language)
    said = [row.name, row.help, row.section, *(row.choice(choice) for choice in declared.choices)]
    assert all(said)
    assert not any("settings." in text or "policies." in text for text in said)


@pytest.mark.parametrize("declared", SCHEMA.values(), ids=lambda s: s.key)
def test_languages_differ(declared: Setting) -> None:
    assert len({Row(declared, language).help for language in LANGUAGES}) == len(LANGUAGES)


def test_what_is_personal_is_left_out_and_sections_stay_together() -> None:
    made = rows("en")
    assert {row.setting.key for row in made} == {setting.key for setting in MANAGED}
    sections = [row.setting.section for row in made]
    assert len([s for s, before in zip(sections, [None, *sections], strict=False) if s != before]) == len(set(sections))


def test_the_help_says_what_it_takes_and_what_holds_without() -> None:
    row = Row(SCHEMA["relay_only"], "en")
    assert row.help == " ".join(
        (
            text_in("en", "settings.relay_only.help"),
            "On or off. Locked with a value that cannot be understood: true.",
            "Not decided: false.",
        )
    )
    assert '"manual" (This one)' in Row(SCHEMA["proxy_mode"], "en").help


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (34, "34"), ("a", '"a"'), (("a", "b"), '["a", "b"]'), ((), "[]")]
)
def test_values_are_written_as_in_json(value: str | bool | int | tuple[str, ...], text: str) -> None:
    assert written(value) == text


def test_some_have_a_note_for_administrators() -> None:
    assert Row(SCHEMA["relay_only"], "en").note == ""
    for language in LANGUAGES:
        noted = Row(SCHEMA["allowed_servers"], language)
        assert noted.note
        assert noted.note in noted.help


def test_types() -> None:
    types = {kind: type_name(Setting("x", kind, "")) for kind in Kind}
    assert types[Kind.SWITCH] == "boolean"
    assert types[Kind.NUMBER] == "integer"
    assert types[Kind.SERVERS] == "array"
    assert types[Kind.CHOICE] == "string"


def test_a_section_has_a_name() -> None:
    assert section_name("en", "network") == "Network"
