from __future__ import annotations

from bench.cells import CENTRAL, Cell
from bench.network import Plan, lines, told
from bench.trial import Outcome, Role

PLAN = Plan((CENTRAL, Cell(10, 100)), ("ours", "chromium"), (Role.SUBSCRIBER,), 2, 10.0, 1)


def outcome(client: str, frozen_s: float, cell: Cell = CENTRAL, **more: object) -> Outcome:
    named = {"concealed": 0.01, "fps": 29.0, "height_px": 360, **more}
    return Outcome(client, "subscriber", cell.name, 10.0, 2, frozen_s=frozen_s, **named)  # type: ignore[arg-type]


def test_clients_take_turns_and_who_begins_changes() -> None:
    turns = PLAN.turns()
    assert len(turns) == 2 * 2 * 2
    assert sorted(turns, key=str)[:2] == [(Cell(10, 100), "chromium"), (Cell(10, 100), "chromium")]
    assert {client for _, client in turns[::2]} == {"ours", "chromium"}


def test_the_table_shows_medians_and_failures() -> None:
    found = [outcome("ours", 1.0), outcome("ours", 3.0), outcome("chromium", 4.0)]
    found.append(Outcome("chromium", "subscriber", CENTRAL.name, 10.0, 2, error="no picture"))
    (row,) = [line for line in lines(PLAN, found) if line.startswith("| 5 %")]
    assert row.split(" | ")[1:] == ["10 % / 1.0 % / 29", "20 % / 1.0 % / 29 (1 failed) |"]
    (other,) = [line for line in lines(PLAN, found) if line.startswith("| 10 %")]
    assert other == "| 10 %, 100 ms, ±0 ms, no limit |  |  |"


def test_a_trial_is_told_in_a_line() -> None:
    assert "frozen 1.5 s, concealed 1.00%" in told(outcome("ours", 1.5))
    assert "failed: gone" in told(Outcome("ours", "publisher", "5-40-0-0", 10.0, 1, error="gone"))
