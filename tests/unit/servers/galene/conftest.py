"""A group of our own server, and tasks that end with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.galene_people import Tea, tea
from visio_desktop.system.tasks import Tasks


@pytest.fixture
async def room() -> AsyncIterator[Tea]:
    async with tea() as running:
        yield running


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    found = Tasks("test")
    yield found
    await found.close()
