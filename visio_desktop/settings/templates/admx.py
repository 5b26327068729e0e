"""Administrative templates for Windows: one ADMX of forms, one ADML of texts for each language.

Each policy is there twice: as one that locks, and below `Recommended` as a default. A switch is on, off or not decided;
what else has a value stands in an element of its own (Group Policy ADMX Syntax Reference).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from visio_desktop.settings.policy_registry import KEY, RECOMMENDED
from visio_desktop.settings.schema import Kind, Setting
from visio_desktop.settings.templates.rows import Row, rows, section_name
from visio_desktop.system.texts import LANGUAGES, text_in

NAME: Final = "VisioDesktop"
CULTURES: Final = {"en": "en-US", "fr": "fr-FR"}
_NAMESPACE: Final = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
_XSI: Final = {
    "xmlns:xsd": "http://www.w3.org/2001/XMLSchema",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_VERSIONS: Final = {"revision": "1.0", "schemaVersion": "1.0"}
_SUPPORTED: Final = "SupportedOnWindows10"
_SECTION: Final = "Section_"
_LONGEST_TEXT: Final = 1023
_WAYS: Final = (("", KEY), ("_Recommended", RECOMMENDED))


def admx(settings: Iterable[Setting] | None = None) -> str:
    """The forms, free of texts."""
    made = rows(LANGUAGES[0], settings)
    root = Element("policyDefinitions", {**_XSI, **_VERSIONS, "xmlns": _NAMESPACE})
    namespaces = SubElement(root, "policyNamespaces")
    SubElement(namespaces, "target", {"prefix": "visio", "namespace": f"Visio.Policies.{NAME}"})
    SubElement(root, "resources", {"minRequiredRevision": "1.0"})
    supported = SubElement(SubElement(root, "supportedOn"), "definitions")
    SubElement(supported, "definition", {"name": _SUPPORTED, "displayName": f"$(string.{_SUPPORTED})"})
    categories = SubElement(root, "categories")
    for way, _ in _WAYS:
        _category(categories, NAME + way, "")
        for section in dict.fromkeys(row.setting.section for row in made):
            _category(categories, _SECTION + section + way, NAME + way)
    policies = SubElement(root, "policies")
    for way, key in _WAYS:
        for row in made:
            _policy(policies, row.setting, way, key)
    return _text(root)


def adml(language: str, settings: Iterable[Setting] | None = None) -> str:
    """The texts in a language."""
    made = rows(language, settings)
    root = Element("policyDefinitionResources", {**_XSI, **_VERSIONS, "xmlns": _NAMESPACE})
    SubElement(root, "displayName").text = text_in(language, "policies.product")
    SubElement(root, "description").text = text_in(language, "policies.description")
    resources = SubElement(root, "resources")
    strings = SubElement(resources, "stringTable")
    presentations = SubElement(resources, "presentationTable")
    for name, text in _strings(language, made):
        SubElement(strings, "string", {"id": name}).text = text
    for way, _ in _WAYS:
        for row in made:
            _presentation(presentations, row, way)
    return _text(root)


def _category(categories: Element, name: str, parent: str) -> None:
    category = SubElement(categories, "category", {"name": name, "displayName": f"$(string.{name})"})
    if parent:
        SubElement(category, "parentCategory", {"ref": parent})


def _policy(policies: Element, setting: Setting, way: str, key: str) -> None:
    name = setting.policy
    attributes = {
        "name": name + way,
        "class": "Both",
        "displayName": f"$(string.{name})",
        "explainText": f"$(string.{name}_Help)",
        "key": key,
    }
    if setting.kind is Kind.SWITCH:
        attributes["valueName"] = name
    else:
        attributes["presentation"] = f"$(presentation.{name}{way})"
    policy = SubElement(policies, "policy", attributes)
    SubElement(policy, "parentCategory", {"ref": _SECTION + setting.section + way})
    SubElement(policy, "supportedOn", {"ref": _SUPPORTED})
    if setting.kind is Kind.SWITCH:
        SubElement(SubElement(policy, "enabledValue"), "decimal", {"value": "1"})
        SubElement(SubElement(policy, "disabledValue"), "decimal", {"value": "0"})
    else:
        _element(SubElement(policy, "elements"), setting)


def _element(elements: Element, setting: Setting) -> None:
    where = {"id": setting.policy, "valueName": setting.policy}
    match setting.kind:
        case Kind.CHOICE:
            enum = SubElement(elements, "enum", {**where, "required": "true"})
            for index, choice in enumerate(setting.choices):
                item = SubElement(enum, "item", {"displayName": f"$(string.{setting.policy}_{index})"})
                SubElement(SubElement(item, "value"), "string").text = choice
        case Kind.NUMBER:
            least, most = min(setting.least, _number(setting)), max(setting.limit, _number(setting))
            SubElement(elements, "decimal", {**where, "minValue": str(least), "maxValue": str(most)})
        case _ if setting.is_list:
            SubElement(elements, "multiText", {**where, "maxStrings": str(setting.limit)})
        case _:
            longest = str(min(setting.limit or _LONGEST_TEXT, _LONGEST_TEXT))
            SubElement(elements, "text", {**where, "maxLength": longest})


def _presentation(table: Element, row: Row, way: str) -> None:
    setting = row.setting
    if setting.kind is Kind.SWITCH:
        return
    presentation = SubElement(table, "presentation", {"id": setting.policy + way})
    to = {"refId": setting.policy}
    match setting.kind:
        case Kind.CHOICE:
            shown = setting.choices.index(str(setting.default))
            drop_down = SubElement(presentation, "dropdownList", {**to, "noSort": "true", "defaultItem": str(shown)})
            drop_down.text = row.name
        case Kind.NUMBER:
            box = SubElement(presentation, "decimalTextBox", {**to, "defaultValue": str(_number(setting))})
            box.text = row.name
        case _ if setting.is_list:
            SubElement(presentation, "multiTextBox", to).text = row.name
        case _:
            SubElement(SubElement(presentation, "textBox", to), "label").text = row.name


def _strings(language: str, made: tuple[Row, ...]) -> Iterable[tuple[str, str]]:
    """Every text by its name."""
    yield NAME, text_in(language, "policies.product")
    yield f"{NAME}_Recommended", text_in(language, "policies.recommended")
    yield _SUPPORTED, text_in(language, "policies.supported")
    for section in dict.fromkeys(row.setting.section for row in made):
        for way, _ in _WAYS:
            yield _SECTION + section + way, section_name(language, section)
    for row in made:
        yield row.setting.policy, row.name
        yield f"{row.setting.policy}_Help", row.help
        listed = row.setting.choices if row.setting.kind is Kind.CHOICE else ()
        for index, choice in enumerate(listed):
            yield f"{row.setting.policy}_{index}", row.choice(choice)


def _number(setting: Setting) -> int:
    return int(str(setting.default))


def _text(root: Element) -> str:
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"
