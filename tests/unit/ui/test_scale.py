from __future__ import annotations

import pytest

from visio_desktop.settings.schema import SCHEMA
from visio_desktop.ui import scale


@pytest.mark.parametrize("percent", SCHEMA["text_size"].choices)
def test_every_size_one_can_choose_is_qts_factor(percent: str) -> None:
    environment: dict[str, str] = {}
    scale.use(percent, environment)
    assert float(environment.get("QT_SCALE_FACTOR", "1")) == int(percent) / 100


def test_what_stands_in_the_environment_stays() -> None:
    environment = {"QT_SCALE_FACTOR": "1.1"}
    scale.use("200", environment)
    assert environment == {"QT_SCALE_FACTOR": "1.1"}
