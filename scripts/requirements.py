"""Print the requirements of parts of the installed Home Assistant, one a line.

    python scripts/requirements.py recorder history …

What Home Assistant always sets up is included. Read from the parts' own
manifests, so that no version is written down twice.
"""

import json
from pathlib import Path
import sys

from homeassistant.bootstrap import DEFAULT_INTEGRATIONS
import homeassistant.components


def requirements(parts: list[str]) -> list[str]:
    """Return the requirements of these parts and of what they depend on."""
    root = Path(homeassistant.components.__path__[0])
    waiting, seen = [*parts, *DEFAULT_INTEGRATIONS], set[str]()
    found: dict[str, None] = {}
    while waiting:
        if (part := waiting.pop()) in seen:
            continue
        seen.add(part)
        manifest = json.loads((root / part / "manifest.json").read_text())
        found.update(dict.fromkeys(manifest.get("requirements", [])))
        waiting += manifest.get("dependencies", [])
    return sorted(found)


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1:])))
