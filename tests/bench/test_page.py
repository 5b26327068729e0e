from __future__ import annotations

from pathlib import Path

from bench.page import PAGE, table, with_section, write_section


def test_a_section_is_added_once_and_then_replaced() -> None:
    once = with_section("# Page\n", "network", ["first"])
    again = with_section(once + "\nwritten by hand\n", "network", ["second \\1"])
    assert "first" in once
    assert "first" not in again
    assert "second \\1" in again
    assert again.count("<!-- network -->") == 1
    assert again.startswith("# Page\n")
    assert again.endswith("written by hand\n")


def test_other_sections_stay(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Page\n", encoding="utf-8")
    write_section("one", ["1"], path)
    write_section("two", ["2"], path)
    write_section("one", ["3"], path)
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line] == [
        "# Page",
        "<!-- one -->",
        "3",
        "<!-- /one -->",
        "<!-- two -->",
        "2",
        "<!-- /two -->",
    ]


def test_a_table_has_a_rule() -> None:
    assert table(["a", "b"], [["1", "2"]]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]


def test_the_page_is_there() -> None:
    assert PAGE.exists()
