"""Small files and small functions, the tests' own included."""

from __future__ import annotations

import ast

import pytest

from tests.helpers.sources import SOURCES, Source

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_files_and_functions_stay_small(source: Source) -> None:
    code = [line for line in source.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(code) <= MAX_FILE_LINES
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            assert length <= MAX_FUNCTION_LINES, f"{node.name} has {length} lines"
