"""Packages whose modules are loaded one by one, without the `__init__` that would load all of them.

Some libraries bring every module of theirs along when one is imported; at start that is paid for with time and memory.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType


class _Package(ModuleType):
    """Stands for a package. Asked for something that is no module of it, it runs the real `__init__` after all."""

    _whole = False

    def __getattr__(self, name: str) -> object:
        if self._whole or (name.startswith("__") and name not in {"__all__", "__version__"}):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        full = f"{self.__name__}.{name}"
        if find_spec(full) is not None:
            return import_module(full)
        self._whole = True
        if self.__spec__ is not None and self.__spec__.loader is not None:
            self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def without_init(package: str) -> bool:
    """Leave this package's `__init__` out from now on; False where it is loaded already or not installed."""
    spec = None if package in sys.modules else find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        return False
    module = _Package(package)
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__package__ = package
    module.__path__ = list(spec.submodule_search_locations)
    module.__file__ = spec.origin
    sys.modules[package] = module
    parent, _, child = package.rpartition(".")
    if parent:
        setattr(import_module(parent), child, module)
    return True
