"""What the tests share."""

import pytest

# Home Assistant finds a custom integration only where Python knows it already.
import custom_components.arduino_sensor  # noqa: F401


@pytest.fixture(autouse=True)
def custom_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find this integration, in the tests that start one."""
    if "hass" not in request.fixturenames:
        return
    # The recorder must be there before Home Assistant is.
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")
    request.getfixturevalue("enable_custom_integrations")
