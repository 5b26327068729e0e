from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.shell import ROOT
from tools.supply import commands, provenance
from tools.supply.inventory import SupplyError
from tools.supply.provenance import PREDICATE, STATEMENT, Build, faults, statement
from tools.supply.writing import sha256

BUILD = Build("deb", "https://ci.example.org/visio", "c" * 40, dirty=False, run="17", started="2026-11-23T14:00:00Z")


@pytest.fixture
def artefacts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in ("b.rpm", "a.deb")]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def test_it_says_what_was_built_of_what_and_by_whom(artefacts: list[Path]) -> None:
    stated = statement(artefacts, BUILD)
    assert (stated["_type"], stated["predicateType"]) == (STATEMENT, PREDICATE)
    assert stated["subject"] == [{"name": p.name, "digest": {"sha256": sha256(p)}} for p in reversed(artefacts)]
    predicate = stated["predicate"]
    assert predicate["runDetails"]["builder"] == {"id": "https://ci.example.org/visio"}
    assert predicate["runDetails"]["metadata"] == {"invocationId": "17", "startedOn": "2026-11-23T14:00:00Z"}
    source, *locks = predicate["buildDefinition"]["resolvedDependencies"]
    assert source["digest"] == {"gitCommit": "c" * 40}
    assert {one["name"]: one["digest"]["sha256"] for one in locks} == {
        f"requirements/{path.name}": sha256(path) for path in (ROOT / "requirements").glob("*.txt")
    }
    assert stated == statement(list(reversed(artefacts)), BUILD), "the same whatever the order"


def test_what_git_does_not_say_is_not_stated(artefacts: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"rev-parse": "a" * 40, "--no-optional-locks": " M README.md"}
    monkeypatch.setattr(provenance, "_git", lambda command, *_: said.get(command, ""))

    def source() -> dict[str, object]:
        found: dict[str, object] = statement(artefacts, Build("deb"))["predicate"]["buildDefinition"][
            "resolvedDependencies"
        ][0]
        return found

    assert (source()["digest"], source()["annotations"]) == ({"gitCommit": "a" * 40}, {"changed": True})
    said.clear()
    assert source() == {"uri": "git+file:visio-desktop"}


def test_two_of_one_name_cannot_be_told_apart(artefacts: list[Path], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    twin = tmp_path / "other" / "a.deb"
    twin.write_bytes(b"")
    for given_ in ([], [*artefacts, twin]):
        with pytest.raises(SupplyError):
            statement(given_, BUILD)


def test_a_changed_missing_or_foreign_artefact_is_noticed(artefacts: list[Path], tmp_path: Path) -> None:
    stated = statement(artefacts, BUILD)
    assert faults(stated, artefacts) == []
    foreign = tmp_path / "c.msi"
    foreign.write_bytes(b"")
    artefacts[0].write_bytes(b"tampered")
    assert faults(stated, [artefacts[0], foreign]) == [
        "a.deb: not there",
        "c.msi: nothing is stated about it",
        "b.rpm: not what was built",
    ]
    artefacts[1].unlink()
    assert faults(stated, artefacts) == ["a.deb: not there", "b.rpm: not what was built"]


@given(
    st.recursive(
        st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["_type", "subject"]), x)
    )
)
def test_what_is_no_statement_vouches_for_nothing(stated: object) -> None:
    assert faults(stated, []) == ["this is no statement about where artefacts come from"]


@pytest.mark.parametrize("name", ["../a.deb", "/etc/passwd", "..\\a.deb", "", "a\nb"])
def test_a_name_that_leads_elsewhere_makes_it_none(artefacts: list[Path], name: str) -> None:
    stated = statement(artefacts, BUILD)
    stated["subject"][0]["name"] = name
    assert len(faults(stated, artefacts)) == 1


def test_by_hand(artefacts: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named, out = [str(path) for path in artefacts], tmp_path / "provenance.json"
    assert commands.provenance([*named, "--kind", "deb", "--commit", "c" * 40, "--builder", "urn:x"]) == 0
    first = out.read_bytes()
    assert commands.provenance([*named, "--kind", "deb", "--commit", "c" * 40, "--builder", "urn:x"]) == 0
    assert out.read_bytes() == first
    assert json.loads(first)["subject"][0]["name"] == "a.deb"
    assert commands.provenance(["--verify", str(out)]) == 0
    artefacts[1].write_bytes(artefacts[1].read_bytes() + b" ")
    assert commands.provenance(["--verify", str(out)]) == 1
    assert "a.deb: not what was built" in capsys.readouterr().err
    assert commands.provenance(["--verify", str(tmp_path / "nothing.json")]) == 1
