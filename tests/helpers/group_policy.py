"""What Windows' group policy editor writes into the registry, by the forms (ADMX) an administrator has filled in."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, fromstring

from visio_desktop.settings.templates.admx import admx

HIVES = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}
SPACE = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"

type Value = bool | int | str | tuple[str, ...] | None
type Filled = Mapping[tuple[str, str], Value]
"""Values by hive and name of the form; True and False are "enabled" and "disabled" of a form without fields, None is
"not configured"."""


def registry_file(filled: Filled) -> bytes:
    """The values as a file that `reg import` reads."""
    forms = {policy.get("name"): policy for policy in fromstring(admx()).findall(f"{SPACE}policies/{SPACE}policy")}
    lines = ["Windows Registry Editor Version 5.00"]
    for (hive, name), value in filled.items():
        form = forms[name]
        written = "-" if value is None else _written(form, value)
        place = name.partition("_")[0]
        lines += ["", f"[{HIVES[hive]}\\{form.attrib['key']}]", f'"{place}"={written}']
    return "\r\n".join([*lines, "", ""]).encode("utf-16")


def _written(form: Element, value: Value) -> str:
    """The value, of the type its form has."""
    if isinstance(value, bool):
        decimal = form.find(f"{SPACE}{'enabledValue' if value else 'disabledValue'}/{SPACE}decimal")
        assert decimal is not None
        return f"dword:{int(decimal.attrib['value']):08x}"
    field = form.find(f"{SPACE}elements/*")
    assert field is not None
    match field.tag.removeprefix(SPACE), value:
        case "decimal", int():
            return f"dword:{value:08x}"
        case "multiText", tuple():
            several = "".join(f"{text}\0" for text in (*value, ""))
            return f"hex(7):{','.join(f'{byte:02x}' for byte in several.encode('utf-16-le'))}"
        case (("text" | "enum"), str()):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            raise AssertionError(form.attrib["name"])
