"""What tests on real servers share: supervised tasks and sessions that end with the test, failed or not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.sessions import Sessions
from visio_desktop.system.tasks import Tasks


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    owned = Tasks("test")
    yield owned
    await owned.close()


@pytest.fixture
async def sessions() -> AsyncIterator[Sessions]:
    async with Sessions() as joined:
        yield joined
