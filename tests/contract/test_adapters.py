"""The contract of `servers.port`, kept by every adapter against its real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.livekit_fixture import LiveKitFixture
from tests.contract.suite import AdapterContract
from tests.helpers.livekit_server import VERSIONS, LiveKitServer


class TestLiveKit(AdapterContract):
    @pytest.fixture(params=VERSIONS)
    def fixture(self, request: pytest.FixtureRequest) -> Iterator[LiveKitFixture]:
        with LiveKitServer(request.param) as server:
            yield LiveKitFixture(server)
            # Asked to stop, it would wait for people it has not yet noticed to be gone.
            server.kill()
