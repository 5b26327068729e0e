"""The source of the Windows installer, for `wixl`: folders, files, registry, menu, features.

Every file is a component of its own whose identifier depends on nothing but its place, as Windows Installer wants it
for repair and upgrades.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tools.package.base import PRODUCT
from tools.package.windows_launcher import WINDOWED
from tools.package.windows_policies import OWN_KEY, Policy, guid, policies

FOLDER: Final = "INSTALLDIR"
AUTOSTART: Final = "Autostart"
ICON, TREE = "visio.ico", "tree"
_NAMESPACE: Final = "http://schemas.microsoft.com/wix/2006/wi"
_RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
NEWER: Final = "A newer version is installed."


@dataclass(frozen=True, slots=True)
class Edition:
    """What an installer brings: the program with its policies, or the login component, that lies among it."""

    id: str
    name: str
    policies: tuple[Policy, ...] = ()

    @property
    def upgrade_code(self) -> str:
        """The same in all versions."""
        return guid(f"upgrade {self.id}")

    def product_code(self, version: str) -> str:
        """One for each version: the same version is repaired, another one upgrades."""
        return guid(f"product {self.id} {version}")


PROGRAM: Final = Edition(PRODUCT.id, PRODUCT.name, policies())
LOGIN: Final = Edition(f"{PRODUCT.id}-login", f"{PRODUCT.name} Login")


def source(tree: Path, version: str, edition: Edition) -> str:
    """The document; beside it lie `ICON` and, as `TREE`, the folder whose files are named here."""
    root = Element("Wix", {"xmlns": _NAMESPACE})
    code = {"Id": edition.product_code(version), "UpgradeCode": edition.upgrade_code, "Version": version}
    named = {"Language": "1033", "Name": edition.name, "Manufacturer": PRODUCT.name}
    product = SubElement(root, "Product", {**code, **named})
    package = {"InstallerVersion": "500", "Compressed": "yes", "InstallScope": "perMachine"}
    SubElement(product, "Package", {**package, "Description": PRODUCT.summary, "Manufacturer": PRODUCT.name})
    SubElement(product, "MajorUpgrade", {"DowngradeErrorMessage": NEWER})
    SubElement(product, "Media", {"Id": "1", "Cabinet": "files.cab", "EmbedCab": "yes"})
    SubElement(product, "Icon", {"Id": ICON, "SourceFile": ICON})
    for name, value in (("ARPPRODUCTICON", ICON), ("ARPNOMODIFY", "1"), ("MSIFASTINSTALL", "1")):
        SubElement(product, "Property", {"Id": name, "Value": value})
    target = SubElement(product, "Directory", {"Id": "TARGETDIR", "Name": "SourceDir"})
    SubElement(target, "Directory", {"Id": "ProgramMenuFolder"})
    programs = SubElement(target, "Directory", {"Id": "ProgramFiles64Folder"})
    place = SubElement(programs, "Directory", {"Id": FOLDER, "Name": PRODUCT.name})
    feature = SubElement(product, "Feature", {"Id": "Main", "Level": "1", "Title": edition.name, "Absent": "disallow"})
    registry = _registry(place, edition.policies) if edition is PROGRAM else ()
    for component in (*registry, *_files(place, tree)):
        SubElement(feature, "ComponentRef", {"Id": component})
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def identifier(path: str) -> str:
    """The name of a file or folder in the tables: from its place, as places are too long for them."""
    return "x" + hashlib.sha256(path.encode()).hexdigest()[:24]


def _files(place: Element, tree: Path) -> Iterable[str]:
    """All files below their folders; answers their components."""
    folders = {tree: place}
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        above = folders[path.parent]
        if path.is_dir():
            folders[path] = SubElement(above, "Directory", {"Id": f"d{identifier(name)}", "Name": path.name})
            continue
        component = _component(above, f"c{identifier(name)}", f"file {name}")
        of = {"Id": f"f{identifier(name)}", "Source": f"{TREE}/{name}", "Name": path.name, "KeyPath": "yes"}
        file = SubElement(component, "File", of)
        if name == WINDOWED:
            shortcut = {"Id": "Menu", "Directory": "ProgramMenuFolder", "Name": PRODUCT.name, "Advertise": "no"}
            about = {"WorkingDirectory": FOLDER, "Icon": ICON, "Description": PRODUCT.summary}
            SubElement(file, "Shortcut", {**shortcut, **about})
        yield component.attrib["Id"]


def _component(above: Element, name: str, of: str) -> Element:
    return SubElement(above, "Component", {"Id": name, "Guid": guid(of), "Win64": "yes"})


def _registry(place: Element, decided: Iterable[Policy]) -> Iterable[str]:
    """The components that only write to the registry; when those of policies do, their conditions say."""
    program = f"[{FOLDER}]{WINDOWED}"
    link = rf"Software\Classes\{PRODUCT.scheme}"
    opens = _component(place, "Links", "links")
    for key, name, value in (
        (link, None, f"URL:{PRODUCT.name}"),
        (link, "URL Protocol", ""),
        (rf"{link}\DefaultIcon", None, f'"{program}",0'),
        (rf"{link}\shell\open\command", None, f'"{program}" "%1"'),
        (OWN_KEY, FOLDER, f"[{FOLDER}]"),
    ):
        _value(opens, key, name, value)
    opens[0].attrib["KeyPath"] = "yes"
    yield "Links"
    starts = _component(place, AUTOSTART, "autostart")
    _value(starts, _RUN, PRODUCT.name, f'"{program}" --background')
    starts[0].attrib["KeyPath"] = "yes"
    yield AUTOSTART
    for policy in decided:
        component = _component(place, policy.component, f"policy {policy.component}")
        _value(component, policy.key, policy.name, policy.value.lstrip("#"), kind=_kind(policy))
        _value(component, OWN_KEY, policy.given, f"[{policy.given}]")
        component[0].attrib["KeyPath"] = "yes"
        yield policy.component


def _kind(policy: Policy) -> str:
    return "integer" if policy.is_number else "string"


def _value(component: Element, key: str, name: str | None, value: str, *, kind: str = "string") -> None:
    named = {} if name is None else {"Name": name}
    SubElement(component, "RegistryValue", {"Root": "HKLM", "Key": key, **named, "Type": kind, "Value": value})
