from __future__ import annotations

from tools.package.windows_policies import guid, policies
from visio_desktop.settings.policy_registry import KEY, RECOMMENDED
from visio_desktop.settings.schema import SCHEMA, Kind, Setting


def test_every_setting_that_is_managed_is_a_property_of_both_kinds() -> None:
    made = policies()
    managed = [setting for setting in SCHEMA.values() if setting.managed]
    assert {policy.given for policy in made} == {
        f"{way}_{setting.key.upper()}" for way in ("POLICY", "RECOMMENDED") for setting in managed
    }
    assert len({policy.component for policy in made}) == len(made)
    assert all(len(policy.component) <= 60 and policy.found.isupper() for policy in made)  # names of tables end at 72


def test_a_new_setting_is_one_without_another_edit() -> None:
    locked, proposed = policies([Setting("new_thing", Kind.SWITCH, default=True)])
    assert (locked.given, locked.key, locked.name, locked.value) == (
        "POLICY_NEW_THING",
        KEY,
        "NewThing",
        "#[POLICY_NEW_THING]",
    )
    assert (proposed.given, proposed.key, proposed.found) == (
        "RECOMMENDED_NEW_THING",
        RECOMMENDED,
        "KEPT_RECOMMENDED_NEW_THING",
    )


def test_what_is_no_number_is_written_as_it_is() -> None:
    (policy, _) = policies([Setting("host", Kind.SERVER, "")])
    assert (policy.is_number, policy.value) == (False, "[POLICY_HOST]")


def test_what_is_personal_is_no_property() -> None:
    assert policies([Setting("own", Kind.SWITCH, default=True, managed=False)]) == ()


def test_identifiers_stay_the_same() -> None:
    assert guid("upgrade visio-desktop") == guid("upgrade visio-desktop") == "{1F912551-402A-5A54-ADAB-CC68D11B0C57}"
