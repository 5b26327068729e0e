"""What packages are tried with: the bundle, built once, and a machine apart to install them on.

They take minutes, so that on a person's machine they run only where they are asked for: `./dev test tests/packages`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.apart import Apart
from tests.helpers.needs import need
from tools.package import onedir
from tools.package.system import need_packaging
from tools.shell import SetUpError

_FOLDER = Path(__file__).parent
_MINUTES_S = 600


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """More time for each of these, and none where nobody asked for them."""
    asked = bool(os.environ.get("CI")) or any("packages" in str(word) for word in config.invocation_params.args)
    for item in items:
        if item.path.is_relative_to(_FOLDER):
            item.add_marker(pytest.mark.timeout(_MINUTES_S))
            if not asked:
                item.add_marker(pytest.mark.skip(reason="builds packages; ./dev test tests/packages does"))


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for Linux."""
    try:
        need_packaging()
    except SetUpError as error:
        need(there=False, what=str(error))
    folder = tmp_path_factory.mktemp("bundle") / "onedir"
    onedir.build(folder)
    return folder


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Apart]:
    """This machine, apart."""
    with Apart(tmp_path / "apart") as view:
        yield view
