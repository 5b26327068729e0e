"""The contract's assertions tell their values, though they are in no test module."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.contract.suite", "tests.contract.requests", "tests.contract.house", "tests.contract.hostile"
)
