"""What of the contract of `servers.port` concerns one person alone, kept by WHIP and WHEP: nobody meets there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import ClassVar

import pytest

from tests.contract.hostile import HostileContract
from tests.contract.studio_fixture import StudioFixture, Studios
from tests.contract.suite import AloneContract
from tests.helpers.studio import WHEP_PORT, WHIP_PORT, reached


@pytest.fixture(scope="module")
def studios() -> Iterator[Studios]:
    kept = Studios()
    yield kept
    kept.close()


class StudioContract(HostileContract, AloneContract):
    """Both ways."""

    kind = ""
    noticed_s = 30.0
    test_another_name_is_told = None  # type: ignore[assignment]
    patience: ClassVar = {
        "whip.endpoint.OPTIONS_TIMEOUT_S": 2.0,
        "whip.endpoint.POST_TIMEOUT_S": 2.0,
        "whip.endpoint.DELETE_TIMEOUT_S": 1.0,
    }
    haste: ClassVar = {"whip.session.GIVE_UP_S": 2.0}

    @pytest.fixture
    async def fixture(self, studios: Studios) -> AsyncIterator[StudioFixture]:
        studio = studios.running()
        async with reached(studio.inside, WHIP_PORT if self.kind == "whip" else WHEP_PORT) as address:
            yield StudioFixture(self.kind, studio, int(address.partition(":")[2]))


class TestWhip(StudioContract):
    kind = "whip"


class TestWhep(StudioContract):
    kind = "whep"
    test_one_hears_of_ones_own_publications = None  # type: ignore[assignment]
    test_publishing_twice_is_refused = None  # type: ignore[assignment]
