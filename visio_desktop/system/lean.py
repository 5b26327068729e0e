"""Packages whose modules are loaded one by one, without the `__init__` that would load all of them, and modules later.

Some libraries bring every module of theirs along when one is imported; at start that is paid for with time and memory.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module, which is loaded when something of it is asked for."""

    _whole = False

    def __getattr__(self, name: str) -> object:
        if self._whole or (name.startswith("__") and name not in {"__all__", "__version__"}):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return self._ask(name)

    def _ask(self, name: str) -> object:
        self._whole = True
        if self.__spec__ is not None and self.__spec__.loader is not None:
            self.__spec__.loader.exec_module(self)
        return getattr(self, name)


class _Package(_Later):
    """Stands for a package. Asked for something that is no module of it, it runs the real `__init__` after all."""

    def _ask(self, name: str) -> object:
        full = f"{self.__name__}.{name}"
        return super()._ask(name) if find_spec(full) is None else import_module(full)


def without_init(package: str) -> bool:
    """Leave this package's `__init__` out from now on; False where it is loaded already or not installed."""
    return _stand_for(package, _Package, None if package in sys.modules else find_spec(package))


def later(module: str) -> bool:
    """Load this module only when something of it is used; False where it is loaded already or not installed."""
    return _stand_for(module, _Later, None if module in sys.modules else find_spec(module))


def left_out(module: str) -> bool:
    """As `later`, for what a package would load by itself when it is loaded; False where either is already."""
    package, _, _ = module.rpartition(".")
    return package not in sys.modules and _stand_for(module, _Later, _spec_without_package(module), is_known=False)


def is_put_off(module: object) -> bool:
    """Whether this only stands for a module, nothing of which was loaded yet."""
    return isinstance(module, _Later) and not module._whole  # noqa: SLF001 - ours


def _spec_without_package(name: str) -> ModuleSpec | None:
    """What `find_spec` finds, without loading the packages above."""
    package, _, _ = name.rpartition(".")
    above = _spec_without_package(package) if package else None
    folders = above.submodule_search_locations if above is not None else None
    if package and folders is None:
        return None
    specs = (finder.find_spec(name, folders) for finder in sys.meta_path)
    return next((spec for spec in specs if spec is not None), None)


def _stand_for(name: str, kind: type[_Later], spec: ModuleSpec | None, *, is_known: bool = True) -> bool:
    is_package = spec is not None and spec.submodule_search_locations is not None
    if spec is None or is_package is not (kind is _Package):
        return False
    module = kind(name)
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__package__ = spec.parent
    module.__file__ = spec.origin
    if spec.submodule_search_locations is not None:
        module.__path__ = list(spec.submodule_search_locations)
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent and is_known:
        setattr(import_module(parent), child, module)
    return True
