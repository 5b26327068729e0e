"""A homeserver that answers what it is told to, and somebody who asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.rest_server import RestServer, rest_server
from visio_desktop.net import Web
from visio_desktop.servers.matrix.api import Api


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as running:
        running.root = "/_matrix/client"
        yield running


@pytest.fixture
async def api(server: RestServer) -> AsyncIterator[Api]:
    api = Api(Web(), server.url, "s3cret")
    yield api
    await api.close()
