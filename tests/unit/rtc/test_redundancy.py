from __future__ import annotations

import pytest

from visio_desktop.rtc.redundancy import HEADERS_BPS, divide


@pytest.mark.parametrize(
    ("allotted_bps", "loss_fraction", "doubled", "encoder_bps"),
    [
        (HEADERS_BPS + 64_000, 0.0, True, 32_000),
        (HEADERS_BPS + 40_000, 0.0, True, 20_000),
        (HEADERS_BPS + 39_000, 0.0, False, 39_000),
        (HEADERS_BPS + 16_000, 0.0, False, 16_000),
        (HEADERS_BPS + 16_000, 0.1, True, 8_000),
        (0, 0.0, False, 0),
    ],
)
def test_what_does_not_fit_twice_is_sent_once_unless_it_would_be_lost(
    allotted_bps: int, loss_fraction: float, doubled: bool, encoder_bps: int
) -> None:
    assert divide(allotted_bps, loss_fraction, may_double=True) == (doubled, encoder_bps)


def test_where_redundancy_was_not_agreed_the_encoder_has_it_all() -> None:
    assert divide(HEADERS_BPS + 64_000, 0.5, may_double=False) == (False, 64_000)
