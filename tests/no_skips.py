"""Under CI=true, a test that is skipped has failed.

A plugin, for scripts/test: what is skipped where everything can be installed was
not tested at all.
"""

from collections.abc import Generator
import os

import pytest

STRICT = os.environ.get("CI", "").lower() == "true"


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr
        if isinstance(reason, tuple):
            reason = reason[2]
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI does not allow: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """Look at the report of a test, or of its set-up."""
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[
    None, pytest.CollectReport, pytest.CollectReport
]:
    """Look at the report of a module that skips itself."""
    report = yield
    _fail_if_skipped(report)
    return report
