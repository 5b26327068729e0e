from __future__ import annotations

from types import TracebackType
from typing import Self

from visio_desktop.settings.policies import Given, Why, resolve
from visio_desktop.settings.policy_registry import KEY, MOST_VALUES, RECOMMENDED, WindowsRegistry, read_registry


class FakeKey:
    """An open key."""

    def __init__(self, values: dict[str, object]) -> None:
        self.rows = list(values.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rows = []


class FakeWinreg:
    """What of Python's `winreg` is used."""

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER = "machine", "person"
    KEY_READ, KEY_WOW64_64KEY = 0x20019, 0x100

    def __init__(self, content: dict[tuple[str, str], dict[str, object] | OSError]) -> None:
        self._content = content
        self.access: set[int] = set()

    def OpenKey(self, root: str, key: str, reserved: int, access: int) -> FakeKey:  # noqa: N802 - as winreg has it
        assert reserved == 0
        self.access.add(access)
        found = self._content.get((root, key), FileNotFoundError())
        if isinstance(found, OSError):
            raise found
        return FakeKey(found)

    def QueryInfoKey(self, key: FakeKey) -> tuple[int, int, int]:  # noqa: N802 - as winreg has it
        return 0, len(key.rows), 0

    def EnumValue(self, key: FakeKey, index: int) -> tuple[str, object, int]:  # noqa: N802 - as winreg has it
        name, value = key.rows[index]
        return name, value, 1


def registry(content: dict[tuple[str, str], dict[str, object] | OSError]) -> WindowsRegistry:
    return WindowsRegistry(FakeWinreg(content))


def test_without_the_keys_there_is_nothing() -> None:
    found = read_registry(registry({}))
    assert (found.given, found.ignored) == ((), ())


def test_the_machine_is_stronger_and_recommendations_are_open() -> None:
    found = read_registry(
        registry(
            {
                ("machine", KEY): {"ProxyMode": "none", "": "the key's own"},
                ("person", KEY): {"ProxyMode": "manual", "RelayOnly": 1},
                ("machine", RECOMMENDED): {"Sounds": 0},
                ("person", RECOMMENDED): {"AllowedServers": ["a.example"]},
            }
        )
    )
    assert found.given == (
        Given("ProxyMode", "none", True, f"HKLM\\{KEY}"),
        Given("ProxyMode", "manual", True, f"HKCU\\{KEY}"),
        Given("RelayOnly", True, True, f"HKCU\\{KEY}"),
        Given("Sounds", False, False, f"HKLM\\{RECOMMENDED}"),
        Given("AllowedServers", ["a.example"], False, f"HKCU\\{RECOMMENDED}"),
    )
    policies = resolve((found,))
    assert {key: active.value for key, active in policies.active.items()} == {
        "proxy_mode": "none",
        "relay_only": True,
        "sounds": False,
        "allowed_servers": ("a.example",),
    }
    assert [each.why for each in policies.ignored] == [Why.OUTRANKED]


def test_a_number_is_no_switch_but_for_one_and_nought() -> None:
    found = read_registry(registry({("machine", KEY): {"relayonly": 2, "Dscp": 1, "Sounds": "1", "Login": b"\x01"}}))
    assert [value.raw for value in found.given] == [2, 1, "1", b"\x01"]
    policies = resolve((found,))
    assert policies.active["relay_only"].value is True  # the strictest
    assert policies.active["login"].value is False
    assert policies.active["dscp"].value == 1


def test_a_key_that_may_not_be_read_is_told() -> None:
    found = read_registry(registry({("machine", KEY): PermissionError(5, "denied"), ("person", KEY): {"Sounds": 1}}))
    assert [(each.source, each.why, each.detail) for each in found.ignored] == [
        (f"HKLM\\{KEY}", Why.UNREADABLE, "denied")
    ]
    assert [value.name for value in found.given] == ["Sounds"]


def test_so_many_values_are_read_and_no_more() -> None:
    values: dict[str, object] = {f"No{n}": n for n in range(MOST_VALUES + 5)}
    assert len(read_registry(registry({("machine", KEY): values})).given) == MOST_VALUES


def test_programs_of_32_bit_read_the_same_key() -> None:
    fake = FakeWinreg({})
    read_registry(WindowsRegistry(fake))
    assert fake.access == {fake.KEY_READ | fake.KEY_WOW64_64KEY}


def test_a_list_may_be_one_text_as_installers_write_it() -> None:
    values: dict[str, object] = {"AllowedServers": " a.example  *.b.example "}
    active = resolve([read_registry(registry({("machine", KEY): values}))]).active["allowed_servers"]
    assert (active.value, active.locked) == (("a.example", "*.b.example"), True)


def test_an_empty_text_is_no_list_that_allows_everything() -> None:
    policies = resolve([read_registry(registry({("machine", KEY): {"AllowedServers": "  "}}))])
    assert policies.active["allowed_servers"].value == ("none.invalid",)
    assert [ignored.why for ignored in policies.ignored] == [Why.REFUSED]
