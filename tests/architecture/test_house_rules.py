"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib import import_module

import pytest

from tests.helpers.sources import PACKAGE, PACKAGE_SOURCES, ROOT, Source

# Where whatever went wrong ends and is told, and nowhere else.
BROAD_EXCEPT = {"system/tasks.py", "ui/guard.py", "servers/catalog.py"}
PRIVATE_NAMES = "rtc/aiortc_private.py"
TEXT_SUFFIXES = {".py", ".md", ".toml", ".json", ".txt", ".js", ".yml", ".yaml", ".sh", ".cfg", ""}
# Written in two halves, for this file is read too.
MACHINE_PATHS = re.compile("|".join([r"(?<![\w.])/wo" + r"rk/", r"(?<![\w.])/ro" + r"ot/", r"/home/\w+/"]))
REGISTRY_HOSTS = re.compile(
    "|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "proxy" + r"\.golang"])
)


def inside(source: Source) -> str:
    return source.path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("source", PACKAGE_SOURCES, ids=str)
def test_only_the_named_boundaries_catch_everything(source: Source) -> None:
    if inside(source) in BROAD_EXCEPT:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"Exception"}
            assert not names & {"Exception", "BaseException"}, f"line {node.lineno}"


@pytest.mark.parametrize("source", PACKAGE_SOURCES, ids=str)
def test_private_names_of_aiortc_stay_in_one_module(source: Source) -> None:
    if not source.imports() & {"aiortc", "aioice"} or inside(source) == PRIVATE_NAMES:
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.startswith(("aiortc", "aioice")):
                assert not any(a.name.startswith("_") for a in names), f"line {node.lineno}"
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if owner not in {"self", "cls"}:
                assert not attribute.startswith("_") or attribute.startswith("__"), f"line {node.lineno}: {attribute}"


def test_every_package_says_how_data_goes_through_it() -> None:
    packages = [s for s in PACKAGE_SOURCES if s.path.name == "__init__.py" and "def " not in s.text]
    silent = [str(s) for s in packages if len(list(s.path.parent.glob("*.py"))) > 1 and not ast.get_docstring(s.tree)]
    assert not silent


def tracked_files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in found if (ROOT / name).is_file() and (ROOT / name).suffix in TEXT_SUFFIXES]


def test_no_file_names_a_machine_or_a_registry() -> None:
    for name in tracked_files():
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        assert not MACHINE_PATHS.search(text), f"{name} names a path of one machine"
        assert not REGISTRY_HOSTS.search(text), f"{name} names a registry's host"


@pytest.mark.parametrize("source", PACKAGE_SOURCES, ids=str)
def test_every_module_can_be_imported(source: Source) -> None:
    parts = source.path.relative_to(ROOT).with_suffix("").parts
    if parts[-1] != "__main__":
        import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
