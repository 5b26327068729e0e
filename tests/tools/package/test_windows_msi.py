from __future__ import annotations

from pathlib import Path

from tools.package.windows_msi import digest, queries, tables
from tools.package.windows_wxs import LOGIN, PROGRAM


def test_what_was_given_before_is_looked_for_and_kept_where_nothing_else_is_given() -> None:
    made = tables(PROGRAM.policies)
    assert ("KEPT_POLICY_DEFAULT_SERVER", "S_POLICY_DEFAULT_SERVER") in made["AppSearch"]
    assert ("Keep_POLICY_DEFAULT_SERVER", "51", "POLICY_DEFAULT_SERVER", "[KEPT_POLICY_DEFAULT_SERVER]") in made[
        "CustomAction"
    ]
    assert any("KEPT_POLICY_DSCP AND NOT POLICY_DSCP" in query for query in queries(PROGRAM))
    assert any(condition == "NOT WIX_DOWNGRADE_DETECTED" for condition, _ in made["LaunchCondition"])


def test_properties_reach_the_half_that_has_rights() -> None:
    (secure,) = (query for query in queries(PROGRAM) if "SecureCustomProperties" in query)
    names = secure.split("'")[1].split(";")
    assert {"INSTALLDIR", "POLICY_KIOSK", "RECOMMENDED_DSCP", "WIX_UPGRADE_DETECTED"} <= set(names)


def test_a_policy_is_written_only_where_it_was_given() -> None:
    conditions = [query for query in queries(PROGRAM) if query.startswith("UPDATE `Component`")]
    assert any("`Condition`='POLICY_KIOSK'" in query and "`Component`='PolicyKiosk'" in query for query in conditions)
    assert len(conditions) == len(PROGRAM.policies) + 1
    assert not [query for query in queries(LOGIN) if query.startswith("UPDATE `Component`")]


def test_other_content_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = digest(tmp_path)
    assert digest(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    second = digest(tmp_path)
    (tmp_path / "b").write_text("2")
    assert len({first, second, digest(tmp_path)}) == 3
