from __future__ import annotations

import re
from xml.etree.ElementTree import Element, fromstring

import pytest

from visio_desktop.settings.policies import resolve
from visio_desktop.settings.policy_registry import KEY, RECOMMENDED, read_registry
from visio_desktop.settings.schema import SCHEMA, Kind
from visio_desktop.settings.templates.admx import adml, admx
from visio_desktop.system.texts import LANGUAGES

SPACE = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"
MANAGED = [setting for setting in SCHEMA.values() if setting.managed]
REFERENCE = re.compile(r"\$\((string|presentation)\.(\w+)\)")


@pytest.fixture(scope="module")
def forms() -> Element:
    return fromstring(admx())


def policies(forms: Element) -> list[Element]:
    return forms.findall(f"{SPACE}policies/{SPACE}policy")


def test_every_policy_is_there_to_lock_and_to_recommend(forms: Element) -> None:
    found = {(policy.get("name"), policy.get("key")) for policy in policies(forms)}
    assert found == {(s.policy, KEY) for s in MANAGED} | {(f"{s.policy}_Recommended", RECOMMENDED) for s in MANAGED}


def test_parts_of_a_policy_stand_in_the_order_the_schema_demands(forms: Element) -> None:
    order = ["parentCategory", "supportedOn", "enabledValue", "disabledValue", "elements"]
    for policy in policies(forms):
        parts = [order.index(part.tag.removeprefix(SPACE)) for part in policy]
        assert parts == sorted(parts)
        assert parts[:2] == [0, 1]
        assert policy.get("class") == "Both"


def test_categories_and_support_are_declared(forms: Element) -> None:
    categories = {c.get("name") for c in forms.iter(f"{SPACE}category")}
    support = {d.get("name") for d in forms.iter(f"{SPACE}definition")}
    assert {c.get("ref") for c in forms.iter(f"{SPACE}parentCategory")} <= categories
    assert {c.get("ref") for c in forms.iter(f"{SPACE}supportedOn") if c.get("ref")} <= support
    assert [child.tag.removeprefix(SPACE) for child in forms] == [
        "policyNamespaces",
        "resources",
        "supportedOn",
        "categories",
        "policies",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reference_is_resolved_and_every_text_is_used(forms: Element, language: str) -> None:
    texts = fromstring(adml(language))
    wanted = {m.groups() for e in forms.iter() for value in e.attrib.values() for m in REFERENCE.finditer(value)}
    strings = [e.get("id") for e in texts.iter(f"{SPACE}string")]
    presentations = [e.get("id") for e in texts.iter(f"{SPACE}presentation")]
    assert len(strings) == len({str(name).lower() for name in strings}), "names are not told apart by case"
    assert {name for kind, name in wanted if kind == "string"} == set(strings)
    assert {name for kind, name in wanted if kind == "presentation"} == set(presentations)
    assert all((e.text or "").strip() for e in texts.iter(f"{SPACE}string"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_belongs_to_an_element(forms: Element, language: str) -> None:
    texts = fromstring(adml(language))
    controls = {
        p.get("id"): {(c.tag.removeprefix(SPACE), c.get("refId")) for c in p}
        for p in texts.iter(f"{SPACE}presentation")
    }
    fitting = {"enum": "dropdownList", "decimal": "decimalTextBox", "multiText": "multiTextBox", "text": "textBox"}
    for policy in policies(forms):
        elements = policy.findall(f"{SPACE}elements/*")
        if elements:
            assert controls[policy.get("name")] == {(fitting[e.tag.removeprefix(SPACE)], e.get("id")) for e in elements}


def written_by(policy: Element, *, on: bool) -> object:
    """What the group policy editor would write for a policy: its default, or on and off."""
    setting = next(s for s in MANAGED if s.policy == policy.get("name"))
    if setting.kind is Kind.SWITCH:
        value = policy.find(f"{SPACE}{'enabledValue' if on else 'disabledValue'}/{SPACE}decimal")
        assert value is not None
        return int(value.attrib["value"])
    element = policy.find(f"{SPACE}elements/*")
    assert element is not None
    assert element.get("valueName") == setting.policy
    return list(setting.default) if isinstance(setting.default, tuple) else setting.default


@pytest.mark.parametrize("on", [True, False])
def test_what_the_forms_write_is_read(forms: Element, on: bool) -> None:
    class Written:
        def values(self, hive: str, key: str) -> dict[str, object]:
            chosen = [p for p in policies(forms) if p.get("key") == key == KEY and hive == "HKLM"]
            return {str(p.get("name")): written_by(p, on=on) for p in chosen}

    read = resolve((read_registry(Written()),))
    assert not read.ignored
    expected = {s.key: on if s.kind is Kind.SWITCH else s.default for s in MANAGED}
    assert {key: active.value for key, active in read.active.items()} == expected


def test_choices_and_limits_are_those_of_the_schema(forms: Element) -> None:
    by_name = {policy.get("name"): policy for policy in policies(forms)}
    choices = by_name["ProxyMode"].findall(f"{SPACE}elements/{SPACE}enum/{SPACE}item/{SPACE}value/{SPACE}string")
    assert tuple(c.text for c in choices) == SCHEMA["proxy_mode"].choices
    number = by_name["VideoKbps"].find(f"{SPACE}elements/{SPACE}decimal")
    assert number is not None
    assert (number.get("minValue"), number.get("maxValue")) == ("0", "50000")
