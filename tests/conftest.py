"""What holds for every test: no display, no folder of the developer's, English, no deadlines of hypothesis."""

from __future__ import annotations

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

_OUTSIDE = frozenset({"contract", "end2end"})
_MOST_SECOND_TRIES = 4
_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")


def pytest_configure(config: pytest.Config) -> None:
    """Set the surroundings before anything of ours is imported."""
    own = tempfile.TemporaryDirectory(prefix="visio-tests-")
    config.add_cleanup(own.cleanup)
    os.environ.update(dict.fromkeys(_FOLDERS, own.name))
    os.environ.update(QT_QPA_PLATFORM="offscreen", LC_ALL="C.UTF-8")
    # A busy machine is no error of the code under test; in CI the same examples come every time.
    settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("ci", settings.get_profile("ours"), derandomize=True)
    settings.register_profile(
        "fuzz", settings.get_profile("ours"), max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100"))
    )
    chosen = "fuzz" if "FUZZ_EXAMPLES" in os.environ else "ci" if os.environ.get("CI") else "ours"
    settings.load_profile(chosen)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In CI a test on real servers, browsers and lossy links has a second try, which is told (decision 22)."""
    if not os.environ.get("CI"):
        return
    for item in items:
        if _OUTSIDE & set(item.path.relative_to(config.rootpath).parts):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What failed at first stays to be read."""
    for report in terminalreporter.stats.get("rerun", ()):
        terminalreporter.section(f"first try of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """More than a few second tries are no bad luck."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and len(reporter.stats.get("rerun", ())) > _MOST_SECOND_TRIES:
        reporter.write_line("So many second tries are no bad luck.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
