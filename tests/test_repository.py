"""The rules of Home Assistant's hassfest and of HACS, for this repository.

The real ones run in the repository's workflow, from the internet. What they ask of a
custom integration is checked here as well, so that it is known before a push; and,
beyond them, that code, translations and icons speak of the same things.
"""

import ast
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from http import HTTPStatus
import importlib
from importlib.metadata import packages_distributions, requires
from importlib.util import find_spec
import inspect
import json
import os
from pathlib import Path
import pkgutil
import re
from string import Formatter
import struct
import subprocess
import sys
from textwrap import dedent
import tomllib
from types import ModuleType
from typing import Any, Final, cast
from urllib.parse import urlsplit
import zlib

from aiohttp.test_utils import TestClient
from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import pytest

import custom_components.arduino_sensor as integration
from custom_components.arduino_sensor.channels import MAX_CHANNELS
from custom_components.arduino_sensor.checkup import SENSOR_REPAIRS
from custom_components.arduino_sensor.connection import CloseCode
from custom_components.arduino_sensor.names import known
from custom_components.arduino_sensor.protocol import (
    MAX_FRAME,
    MAX_KEY,
    MAX_TEXT,
    RESERVED,
    TYPES,
)
from custom_components.arduino_sensor.refused import SENTENCES
from custom_components.arduino_sensor.transports.serial_ports import REPAIRS
import homeassistant.components
from homeassistant.config_entries import HANDLERS, ConfigFlow, OptionsFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.typing import UNDEFINED
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

ROOT: Final = Path(__file__).parent.parent
DOMAIN: Final = "arduino_sensor"
FOLDER: Final = ROOT / "custom_components" / DOMAIN
BRAND: Final = FOLDER / "brand"

# The shape of a text is a path of keys; an asterisk is a key of one's own choice.
type Shape = tuple[str, ...]


def _shapes(*texts: str, prefix: str = "") -> set[Shape]:
    return {tuple(f"{prefix}{text}".split()) for text in texts}


def _flow_shapes(prefix: str) -> set[Shape]:
    return _shapes(
        "flow_title",
        "initiate_flow user",
        "step * title",
        "step * description",
        "step * submit",
        "step * data *",
        "step * data_description *",
        "step * menu_options *",
        "step * menu_option_descriptions *",
        "step * sections * name",
        "step * sections * description",
        "step * sections * data *",
        "step * sections * data_description *",
        "error *",
        "abort *",
        "progress *",
        "create_entry *",
        prefix=prefix,
    )


TRANSLATION_SHAPES: Final = {
    *_flow_shapes("config "),
    *_flow_shapes("options "),
    *_flow_shapes("issues * fix_flow "),
    *_shapes(
        "title",
        "common *",
        "device * name",
        "entity * * name",
        "entity * * state *",
        "entity * * state_attributes * name",
        "entity * * state_attributes * state *",
        "entity * * unit_of_measurement",
        "exceptions * message",
        "issues * title",
        "issues * description",
        "selector * choices *",
        "selector * options *",
        "selector * unit_of_measurement *",
        "selector * fields * name",
        "selector * fields * description",
        "services * sections * name",
        "services * sections * description",
        "system_health info *",
    ),
    *(
        shape
        for kind in ("conditions", "services", "triggers")
        for shape in _shapes(
            "name",
            "description",
            "fields * name",
            "fields * description",
            "fields * example",
            prefix=f"{kind} * ",
        )
    ),
}

ICON_SHAPES: Final = _shapes(
    "conditions * condition",
    "config step * sections *",
    "entity * * default",
    "entity * * range *",
    "entity * * state *",
    "entity * * state_attributes * default",
    "entity * * state_attributes * state *",
    "issues * fix_flow step * sections *",
    "options step * sections *",
    "services * sections *",
    "services * service",
    "triggers * trigger",
)

NO_GIT: Final = "git does not list the repository's files"

TRANSLATION_KEY: Final = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")

QUALITY_SCALE: Final = {
    "bronze": {
        "action-setup",
        "appropriate-polling",
        "brands",
        "common-modules",
        "config-flow",
        "config-flow-test-coverage",
        "dependency-transparency",
        "docs-actions",
        "docs-conditions",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-removal-instructions",
        "docs-triggers",
        "entity-event-setup",
        "entity-unique-id",
        "has-entity-name",
        "runtime-data",
        "test-before-configure",
        "test-before-setup",
        "unique-config-entry",
    },
    "silver": {
        "action-exceptions",
        "config-entry-unloading",
        "docs-configuration-parameters",
        "docs-installation-parameters",
        "entity-unavailable",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "test-coverage",
    },
    "gold": {
        "devices",
        "diagnostics",
        "discovery",
        "discovery-update-info",
        "docs-data-update",
        "docs-examples",
        "docs-known-limitations",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-translations",
        "exception-translations",
        "icon-translations",
        "reconfiguration-flow",
        "repair-issues",
        "stale-devices",
    },
    "platinum": {"async-dependency", "inject-websession", "strict-typing"},
}


# What is looked at.


def _json(path: Path) -> dict[str, Any]:
    """Return a JSON object, in which no key stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [
            key for key, count in Counter(key for key, _ in pairs).items() if count > 1
        ]
        assert not twice, f"{path.name}: {twice} more than once"
        return dict(pairs)

    value = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
    assert isinstance(value, dict)
    return value


@cache
def _manifest() -> dict[str, Any]:
    return _json(FOLDER / "manifest.json")


@cache
def _strings() -> dict[str, Any]:
    return _json(FOLDER / "translations" / "en.json")


@cache
def _icons() -> dict[str, Any]:
    return _json(FOLDER / "icons.json")


@cache
def _modules() -> dict[Path, ModuleType]:
    """Return the integration's modules by their files."""
    names = [
        module.name
        for module in pkgutil.walk_packages(
            integration.__path__, f"{integration.__name__}."
        )
    ]
    modules = [integration, *map(importlib.import_module, names)]
    return {Path(inspect.getfile(module)): module for module in modules}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _texts(value: Any, path: Shape = ()) -> Iterator[tuple[Shape, Any]]:
    """Yield each text with its path of keys."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, inner in value.items():
        yield from _texts(inner, (*path, key))


def _fits(path: Shape, shapes: set[Shape]) -> bool:
    return any(
        len(path) == len(shape)
        and all(part in ("*", key) for key, part in zip(path, shape, strict=True))
        for shape in shapes
    )


def _fields(text: str) -> set[str]:
    """Return the placeholders in a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _unavailable(reason: str) -> None:
    """Skip a test for want of a tool, where that is allowed."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def _files() -> list[Path]:
    """Return the files that are in the repository, or would be with a commit."""
    # A checkout in a container may belong to somebody else.
    command = [
        *("git", "-c", "safe.directory=*", "ls-files", "-z"),
        *("--cached", "--others", "--exclude-standard"),
    ]
    try:
        listed = subprocess.run(
            command, cwd=ROOT, check=True, capture_output=True, text=True
        )
    except OSError, subprocess.CalledProcessError:
        return []
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


# The manifest.


def test_manifest_has_what_is_required() -> None:
    """Hassfest's and HACS's keys are there, and no others."""
    manifest = _manifest()
    assert manifest["domain"] == FOLDER.name == DOMAIN
    assert manifest["name"] == "Arduino Sensor"
    assert manifest["integration_type"] == "device"
    assert manifest["iot_class"] == "local_push"
    assert manifest["config_flow"] is (FOLDER / "config_flow.py").is_file() is True
    assert manifest["codeowners"]
    assert all(re.fullmatch(r"@[\w-]+", owner) for owner in manifest["codeowners"])
    assert not manifest.keys() - {
        "after_dependencies",
        "codeowners",
        "config_flow",
        "dependencies",
        "documentation",
        "domain",
        "import_executor",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "loggers",
        "name",
        "quality_scale",
        "requirements",
        "usb",
        "version",
    }


def test_manifest_keys_are_in_order() -> None:
    """The order is domain, name, then the alphabet's."""
    keys = list(_manifest())
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


@pytest.mark.parametrize("key", ["documentation", "issue_tracker"])
def test_manifest_addresses(key: str) -> None:
    """Both lead to the repository, not to Home Assistant's own pages."""
    url = urlsplit(_manifest()[key])
    assert (url.scheme, url.netloc) == ("https", "github.com")
    assert url.path.startswith(f"/arduino-sensor/{DOMAIN}")


def test_versions() -> None:
    """The version is one that Home Assistant can compare, and the same everywhere."""
    version = _manifest()["version"]
    AwesomeVersion(version, ensure_strategy=AwesomeVersionStrategy.SEMVER)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == version
    changelog = ROOT / "CHANGELOG.md"
    assert not changelog.is_file() or version in changelog.read_text(encoding="utf-8")


def _imports(node: ast.AST) -> Iterator[str]:
    """Yield the names of the modules that are imported when the code runs."""
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
            for statement in orelse:
                yield from _imports(statement)
            return
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module="homeassistant.components", names=names):
            yield from (f"homeassistant.components.{alias.name}" for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
    for child in ast.iter_child_nodes(node):
        yield from _imports(child)


def _all_imports() -> set[str]:
    return {name for path in _modules() for name in _imports(_tree(path))}


def test_dependencies_are_named() -> None:
    """Each core component that is imported is set up before, and each one exists."""
    dependencies = _manifest().get("dependencies", [])
    after = _manifest().get("after_dependencies", [])
    assert "http" in dependencies
    assert not set(dependencies) & set(after)
    for name in (*dependencies, *after):
        assert find_spec(f"homeassistant.components.{name}"), name
    imported = {
        name.split(".")[2]
        for name in _all_imports()
        if name.startswith("homeassistant.components.")
    }
    # Platforms, and what looks for a module of ours by its name, load by themselves.
    free = {platform.value for platform in Platform}
    free |= {path.stem for path in _modules() if path.parent == FOLDER}
    assert imported - free <= {*dependencies, *after}
    # Nothing is waited for that is not used.
    assert {*dependencies, *after} <= imported


def test_nothing_is_required() -> None:
    """What is imported comes with Python or with Home Assistant itself."""
    assert _manifest().get("requirements", []) == []
    owners = packages_distributions()
    brought = {
        re.split(r"[\s;<>=!~\[]", requirement, maxsplit=1)[0].lower()
        for requirement in requires("homeassistant") or []
    }
    # The last one changed its name; it is there under the old one as well.
    brought |= {"homeassistant", "voluptuous"}
    for name in _manifest()["dependencies"]:
        parts = Path(homeassistant.components.__path__[0])
        needed = json.loads((parts / name / "manifest.json").read_text())
        brought |= {
            requirement.partition("==")[0].lower()
            for requirement in needed.get("requirements", [])
        }
    packages = {name.partition(".")[0] for name in _all_imports()}
    for package in packages - sys.stdlib_module_names:
        assert brought & {name.lower() for name in owners[package]}, package
    # Home Assistant 2026.8 does not have voluptuous' new name yet.
    assert "probatio" not in packages


def test_no_yaml_configuration() -> None:
    """An integration with a set-up of its own says that it takes no YAML."""
    assert hasattr(integration, "CONFIG_SCHEMA") or not hasattr(
        integration, "async_setup"
    )


def test_one_integration() -> None:
    """HACS takes the first integration of a repository, hassfest every manifest."""
    if not _files():
        _unavailable(NO_GIT)
    folders = [path for path in FOLDER.parent.iterdir() if path.is_dir()]
    assert [path for path in folders if path.name != "__pycache__"] == [FOLDER]
    # The workflow takes away what else looks like one.
    (remove,) = [
        words[2:]
        for step in _steps(_workflow("validate.yml"))
        if (words := step.get("run", "").split())[:2] == ["rm", "-rf"]
    ]
    manifests = [
        path
        for path in _files()
        if path.name == "manifest.json"
        and path.relative_to(ROOT).parts[0] not in remove
    ]
    assert manifests == [FOLDER / "manifest.json"]
    # A custom integration's texts are in its translations alone.
    assert not (FOLDER / "strings.json").exists()


# HACS.


def test_hacs_json() -> None:
    """HACS knows its keys; Home Assistant's Marketplace takes no zip_release."""
    hacs = _json(ROOT / "hacs.json")
    assert hacs["name"] == _manifest()["name"]
    assert hacs["homeassistant"] == "2026.8.0"
    assert not hacs.keys() - {
        "country",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "render_readme",
    }


def test_licence() -> None:
    """The licence is one that HACS accepts, and the one that is declared."""
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")


def _png(path: Path) -> tuple[int, int, bool]:
    """Return width, height and whether the upper left corner is transparent."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n"), path.name
    width, height, depth, colours, _, _, interlaced = struct.unpack(
        ">IIBBBBB", data[16:29]
    )
    assert (depth, colours, interlaced) == (8, 6, 0), "8 bit RGBA, not interlaced"
    pixels, position = b"", 8
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        if kind == b"IDAT":
            pixels += data[position + 8 : position + 8 + length]
        position += length + 12
    # One byte for the row's filter, which leaves the first pixel as it is: RGBA.
    return width, height, zlib.decompress(pixels)[4] == 0


def test_brand() -> None:
    """The icons have the sizes that Home Assistant asks for, and no background."""
    images = {path.name: _png(path) for path in BRAND.iterdir()}
    assert images["icon.png"] == (256, 256, True)
    assert images["icon@2x.png"] == (512, 512, True)
    assert images.keys() <= {
        f"{dark}{kind}{size}.png"
        for dark in ("", "dark_")
        for kind in ("icon", "logo")
        for size in ("", "@2x")
    }


@pytest.mark.parametrize("image", ["icon.png", "icon@2x.png", "logo.png"])
async def test_brand_is_served(
    hass: HomeAssistant,
    hass_client: Callable[[], Awaitable[TestClient[Any, Any]]],
    image: str,
) -> None:
    """Home Assistant shows the icon from the integration's own folder."""
    assert await async_setup_component(hass, "brands", {})
    client = await hass_client()
    response = await client.get(f"/api/brands/integration/{DOMAIN}/{image}")
    assert response.status == HTTPStatus.OK
    file = BRAND / image
    expected = file if file.is_file() else BRAND / "icon.png"
    assert await response.read() == expected.read_bytes()


# Translations.


def test_translations_have_the_right_shape() -> None:
    """Home Assistant knows each place where a text stands."""
    strange = [
        " ".join(path)
        for path, _ in _texts(_strings())
        if not _fits(path, TRANSLATION_SHAPES)
    ]
    assert not strange


def test_translation_keys() -> None:
    """Keys of one's own are lower case, with single separators inside."""
    for path, _ in _texts(_strings()):
        for key in path:
            assert TRANSLATION_KEY.fullmatch(key), path


@pytest.mark.parametrize(
    ("path", "text"),
    [pytest.param(path, text, id=" ".join(path)) for path, text in _texts(_strings())],
)
def test_translated_text(path: Shape, text: Any) -> None:
    """A text is plain: translators get no HTML, addresses or references."""
    assert isinstance(text, str) and text
    assert text == text.strip()
    assert cv.string_with_no_html(text) == text
    assert not re.search(r"\w+://|www\.", text), "addresses are placeholders"
    assert not re.search(r"\[%|%\]", text), "custom integrations have no references"
    assert not re.search(r"'\{\w+\}'", text), "these quotes would show the placeholder"
    assert all(field.isidentifier() for field in _fields(text))
    if path[0] == "entity" and "name" not in path:
        assert not _fields(text)


def test_translations_are_complete() -> None:
    """What belongs together is there together."""
    strings = _strings()
    # The integration's name is a proper name.
    assert "title" not in strings
    for flow in ("config", "options"):
        for step, texts in strings[flow]["step"].items():
            assert "title" in texts, (flow, step)
            for text, description in (
                ("data", "data_description"),
                ("menu_options", "menu_option_descriptions"),
            ):
                given = texts.get(text, {}).keys()
                assert given == texts.get(description, {}).keys(), (flow, step)
    for issue, texts in strings.get("issues", {}).items():
        assert "title" in texts, issue
        assert len(texts.keys() & {"description", "fix_flow"}) == 1, issue
    for kind in ("conditions", "services", "triggers"):
        for name, texts in strings.get(kind, {}).items():
            assert texts.keys() >= {"name", "description"}, name


# Icons.


def test_icons_have_the_right_shape() -> None:
    """Home Assistant knows each place where an icon stands."""
    strange = [
        " ".join(path) for path, _ in _texts(_icons()) if not _fits(path, ICON_SHAPES)
    ]
    assert not strange


def test_icons_exist() -> None:
    """Each icon is one of those that Home Assistant's pages have."""
    if (frontend := find_spec("hass_frontend")) is None or frontend.origin is None:
        _unavailable("Home Assistant's pages are not installed")
        return
    listed = Path(frontend.origin).parent / "static" / "mdi" / "iconList.json"
    known = {f"mdi:{icon['name']}" for icon in json.loads(listed.read_bytes())}
    assert {icon for _, icon in _texts(_icons())} <= known


def test_icons_say_something() -> None:
    """An icon for a state is another one than the default."""
    for platform, keys in _icons().get("entity", {}).items():
        for key, icons in keys.items():
            assert icons.get("default") not in icons.get("state", {}).values(), (
                platform,
                key,
            )


# Code, translations and icons.


def _descriptions() -> list[tuple[str, EntityDescription]]:
    """Return the entity descriptions of all modules, with their platforms."""
    found: dict[int, EntityDescription] = {}

    def look(value: Any) -> None:
        # Home Assistant's own are no instances of the class that they are made with.
        if inspect.isclass(value):
            return
        if is_dataclass(value) and hasattr(value, "translation_key"):
            found[id(value)] = cast(EntityDescription, value)
        elif isinstance(value, Mapping):
            look(tuple(value.values()))
        elif isinstance(value, tuple | list | set | frozenset):
            for inner in value:
                look(inner)

    for module in _modules().values():
        look(tuple(vars(module).values()))
    return [(_platform(value), value) for value in found.values()]


def _platform(description: EntityDescription) -> str:
    """Return the platform whose entities a description is for."""
    classes = {cls.__name__ for cls in type(description).__mro__}
    return next(
        platform.value
        for platform in Platform
        if f"{platform.value.title().replace('_', '')}EntityDescription" in classes
    )


def _entity_keys() -> set[tuple[str, str]]:
    """Return platform and translation key of the entities in the code."""
    keys = {
        (platform, description.translation_key)
        for platform, description in _descriptions()
        if description.translation_key is not None
    }
    for path in _modules():
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Assign(
                    targets=[
                        ast.Name(id="_attr_translation_key")
                        | ast.Attribute(attr="_attr_translation_key")
                    ],
                    value=ast.Constant(value=str(key)),
                ):
                    keys.add((path.stem, key))
    return keys


def _entity_texts(texts: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {
        (platform, key)
        for platform, keys in texts.get("entity", {}).items()
        for key in keys
    }


def test_entity_translations() -> None:
    """Each entity of the code has a text, and each text an entity."""
    assert _descriptions()
    assert _entity_keys() == _entity_texts(_strings())
    for platform, description in _descriptions():
        assert (FOLDER / f"{platform}.py").is_file(), description.key
        # Its name is a translated one, or the device class's.
        assert description.name in (UNDEFINED, None), description.key
        assert description.icon is None, description.key
        assert description.translation_key or description.device_class, description.key


def test_entity_icons() -> None:
    """Each icon has an entity, and each entity without a device class an icon."""
    icons = _entity_texts(_icons())
    assert icons <= _entity_keys()
    for platform, description in _descriptions():
        if description.device_class is None:
            assert (platform, description.translation_key) in icons


def _value(node: ast.expr | None, module: ModuleType) -> Any:
    """Return what a constant, or the name of one, stands for; else None."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=value, attr=name):
            return getattr(_value(value, module), name, None)
    return None


def _keywords(call: ast.Call) -> dict[str | None, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords}


def _given(node: ast.expr | None, module: ModuleType) -> set[str]:
    """Return the keys of a literal of placeholders."""
    if node is None:
        return set()
    assert isinstance(node, ast.Dict), "placeholders are given as a literal"
    return {_value(key, module) for key in node.keys}


def _translated_calls(issues: bool) -> Iterator[tuple[str, set[str]]]:
    """Yield translation keys and placeholders of the issues or the exceptions."""
    for path, module in _modules().items():
        for node in ast.walk(_tree(path)):
            if not isinstance(node, ast.Call):
                continue
            keywords = _keywords(node)
            if not issues and ast.unparse(node.func) == "self._error":
                # What all errors of a module have in common stands there.
                key = _value(node.args[0], module)
                yield key, {"board", *filter(None, keywords)}
                continue
            is_issue = ast.unparse(node.func).endswith("async_create_issue")
            if (is_issue if issues else "translation_domain" in keywords) is False:
                continue
            if (key := _value(keywords["translation_key"], module)) is not None:
                assert isinstance(key, str), ast.unparse(node)
                yield key, _given(keywords.get("translation_placeholders"), module)
    if issues:
        for key, sentence in SENTENCES.items():
            yield key, {"board", *_fields(sentence)}
        for key, placeholders in REPAIRS.items():
            yield key, {"board", *placeholders}
        for key in SENSOR_REPAIRS:
            yield key, {"board", "channel", "since"}


@pytest.mark.parametrize(
    ("section", "issues"), [("exceptions", False), ("issues", True)]
)
def test_exceptions_and_issues(section: str, issues: bool) -> None:
    """Each has a text that uses what it is given, and each text is used."""
    texts = _strings().get(section, {})
    used = set()
    for key, placeholders in _translated_calls(issues):
        used.add(key)
        fields = {field for _, text in _texts(texts[key]) for field in _fields(text)}
        if key in SENTENCES:
            # The board is told with other words, which may need more.
            assert {"board", "channel"} <= fields <= placeholders, key
        else:
            assert fields == placeholders, key
    assert used == texts.keys()


# The config flow.


def _flows() -> dict[str, type[ConfigFlow | OptionsFlow]]:
    """Return the flows by their section of the translations."""
    config_flow = importlib.import_module(f"{integration.__name__}.config_flow")
    options_flows: list[type[OptionsFlow]] = [
        value
        for value in vars(config_flow).values()
        if inspect.isclass(value)
        and issubclass(value, OptionsFlow)
        and value.__module__ == config_flow.__name__
    ]
    assert len(options_flows) <= 1
    return {
        "config": HANDLERS[DOMAIN],
        **dict.fromkeys(["options"] if options_flows else [], *options_flows),
    }


def _strings_in(node: ast.AST) -> set[str]:
    """Return the texts that an expression can come to."""
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=body, orelse=orelse):
            return _strings_in(body) | _strings_in(orelse)
        case ast.BoolOp(values=values):
            return set().union(*map(_strings_in, values))
    return set()


def _calls(flow: type) -> Iterator[tuple[str, ast.Call, ModuleType]]:
    """Yield the method calls in a flow and in its bases that are our own."""
    for cls in flow.__mro__:
        if cls.__module__.startswith(integration.__name__):
            module = sys.modules[cls.__module__]
            for node in ast.walk(ast.parse(dedent(inspect.getsource(cls)))):
                if isinstance(node, ast.Call):
                    name = ast.unparse(node.func).rpartition(".")[2]
                    yield name, node, module


@pytest.mark.parametrize("section", ["config", "options"])
def test_flow_steps(section: str) -> None:
    """Each step that is shown has its texts and its method, and the other way."""
    flow, texts = _flows()[section], _strings()[section]
    shown = set()
    for name, call, module in _calls(flow):
        keywords = _keywords(call)
        for key in ("step_id", "next_step_id"):
            if key in keywords:
                steps = {_value(keywords[key], module)} - {None}
                steps |= _strings_in(keywords[key])
                assert steps, ast.unparse(call)
                assert all(hasattr(flow, f"async_step_{step}") for step in steps)
        if not name.startswith("async_show_") or "step_id" not in keywords:
            continue
        placeholders = _given(keywords.get("description_placeholders"), module)
        steps = _strings_in(keywords["step_id"])
        for step in steps:
            fields = {
                field
                for _, text in _texts(texts["step"][step])
                for field in _fields(text)
            }
            assert fields <= placeholders, step
            if isinstance(options := keywords.get("menu_options"), ast.List):
                given = {_value(option, module) for option in options.elts}
                assert given == texts["step"][step]["menu_options"].keys(), step
        shown |= steps
        if "progress_action" in keywords:
            assert _value(keywords["progress_action"], module) in texts["progress"]
    assert shown == texts["step"].keys()
    for step, step_texts in texts["step"].items():
        for option in step_texts.get("menu_options", ()):
            assert hasattr(flow, f"async_step_{option}"), step


def test_flow_errors_and_aborts() -> None:
    """Each reason to stop or to ask again has a text, and each text a reason."""
    texts = _strings()["config"]
    more = _strings()["options"].get("error", {})
    errors, reasons, constants = set[str](), set[str](), set[str]()
    for path in _modules():
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Assign(
                    targets=[ast.Subscript(value=ast.Name(id="errors"))], value=value
                ):
                    errors |= _strings_in(value)
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="errors"), attr="setdefault"),
                    args=[_, value],
                ):
                    errors |= _strings_in(value)
                case ast.Call(func=ast.Name(id="AbortFlow"), args=[value, *_]):
                    reasons |= _strings_in(value)
                case ast.Call(func=ast.Name(id="PortError"), args=[value, *_]):
                    # The dialog has it as an error of its own.
                    errors |= _strings_in(value)
    for name, call, _ in _calls(_flows()["config"]):
        keywords = _keywords(call)
        if name == "async_abort":
            reasons |= _strings_in(keywords["reason"])
        elif name == "_abort_if_unique_id_configured":
            reasons |= _strings_in(
                keywords.get("error", ast.Constant("already_configured"))
            )
        elif name == "async_update_reload_and_abort":
            reasons |= _strings_in(
                keywords.get("reason", ast.Constant("reconfigure_successful"))
            )
        elif name == "async_set_unique_id" and "raise_on_progress" not in keywords:
            reasons.add("already_in_progress")
    for cls in _flows()["config"].__mro__:
        if cls.__module__.startswith(integration.__name__):
            source = ast.parse(dedent(inspect.getsource(cls)))
            for node in ast.walk(source):
                constants |= _strings_in(node)
    assert errors == texts["error"].keys() | more.keys()
    assert reasons <= texts["abort"].keys()
    # Some reasons go by way of an attribute.
    assert texts["abort"].keys() <= reasons | constants


# The quality scale.


@cache
def _rules() -> dict[str, tuple[str, str]]:
    """Return the rules' states and comments."""
    rules = load_yaml_dict(FOLDER / "quality_scale.yaml")["rules"]
    assert isinstance(rules, dict)
    return {
        str(name): (rule["status"], rule.get("comment", ""))
        if isinstance(rule, dict)
        else (str(rule), "")
        for name, rule in rules.items()
    }


def test_quality_scale() -> None:
    """Each rule has a state, and each exemption a reason."""
    assert _rules().keys() == set().union(*QUALITY_SCALE.values())
    for rule, (status, comment) in _rules().items():
        assert status in ("done", "exempt", "todo"), rule
        assert comment or status != "exempt", rule
    if (declared := _manifest().get("quality_scale")) is not None:
        assert declared in QUALITY_SCALE
        for tier, rules in QUALITY_SCALE.items():
            missing = {rule for rule in rules if _rules()[rule][0] == "todo"}
            assert not missing, f"{declared} was declared, {tier} is not reached"
            if tier == declared:
                break


def test_quality_scale_is_true() -> None:
    """Rules that the files themselves can tell of are done if and only if they are."""
    flow = _flows()["config"]
    modules = {path.relative_to(FOLDER).as_posix() for path in _modules()}
    platforms = [
        path
        for path in _modules()
        if path.stem in {platform.value for platform in Platform}
    ]
    for rule, there in {
        "action-setup": (FOLDER / "services.yaml").exists(),
        "brands": (BRAND / "icon.png").exists(),
        "config-flow": "config_flow.py" in modules,
        "dependency-transparency": bool(_manifest().get("requirements")),
        "diagnostics": "diagnostics.py" in modules,
        "discovery": hasattr(flow, "async_step_integration_discovery"),
        "docs-conditions": "condition.py" in modules,
        "docs-triggers": "trigger.py" in modules,
        "exception-translations": bool(_strings().get("exceptions")),
        "icon-translations": bool(_icons()),
        "parallel-updates": all(
            hasattr(_modules()[path], "PARALLEL_UPDATES") for path in platforms
        ),
        "reauthentication-flow": hasattr(flow, "async_step_reauth"),
        "reconfiguration-flow": hasattr(flow, "async_step_reconfigure"),
        "repair-issues": bool(_strings().get("issues")),
    }.items():
        assert (_rules()[rule][0] == "done") is there, rule


# The repository.


def _workflow(name: str) -> dict[Any, Any]:
    return load_yaml_dict(ROOT / ".github" / "workflows" / name)


def _steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_workflows() -> None:
    """The checks run on a push, and the official ones once a week as well."""
    # YAML takes the key "on" for a boolean.
    checks, official = _workflow("ci.yml"), _workflow("validate.yml")
    assert ".ci/run" in [step.get("run") for step in _steps(checks)]
    assert {"push", "pull_request"} <= checks[True].keys()
    assert {"push", "pull_request", "schedule"} <= official[True].keys()
    minute, hour, day, month, weekday = official[True]["schedule"][0]["cron"].split()
    assert f"{minute}{hour}{weekday}".isdecimal() and (day, month) == ("*", "*")
    used = {step.get("uses", "").partition("@")[0] for step in _steps(official)}
    assert {"home-assistant/actions/hassfest", "hacs/action"} <= used


def test_workflows_are_pinned() -> None:
    """An action runs in the version that was looked at, with no more rights."""
    for path in (ROOT / ".github" / "workflows").iterdir():
        workflow = _workflow(path.name)
        assert workflow["permissions"] == {"contents": "read"}
        for step in _steps(workflow):
            if "uses" in step:
                version = step["uses"].partition("@")[2]
                assert re.fullmatch(r"v?\d+(\.\d+)+|[0-9a-f]{40}", version), step


def test_issue_form() -> None:
    """The form for bugs is one that GitHub shows."""
    form = load_yaml_dict(ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml")
    assert {"name", "description", "body"} <= form.keys()
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert len(set(ids)) == len(ids)
    for field in form["body"]:
        assert field["type"] in {"markdown", "input", "textarea", "dropdown"}
        assert field["attributes"].keys() & {"label", "value"}


def test_readme() -> None:
    """The README says what HACS, the quality scale and a newcomer ask for."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for mention in (
        "Keep your Arduino sketch. Get a Home Assistant device. No broker, no YAML, no cloud.",
        "2026.8",
        "HACS",
        "Marketplace",
        "ESPHome",
        "MQTT",
        "docs/protocol.md",
        "docs/architecture.md",
        "scripts/demo",
        "scripts/test",
        "MIT",
    ):
        assert mention in readme, mention
    headings = re.findall(r"^## (.*)$", readme, re.MULTILINE)
    expected = [
        "What you need",
        "Install",
        "first board",
        "own sketch",
        "ESPHome",
        "does not work",
        "evelop",
    ]
    places = [
        next((n for n, heading in enumerate(headings) if word in heading), -1)
        for word in expected
    ]
    assert -1 not in places, headings
    assert places == sorted(places), "in the order in which a person decides"
    assert "**remove**" in readme


def test_readme_names_are_known() -> None:
    """Each name that the README says is known, is."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("\n| name | shown as |\n", 1)[1].split("\n\n", 2)
    names = re.findall(r"`([a-z][a-z0-9_]+)`", table[0].replace("`0` and `1`", ""))
    names += re.findall(r"`([a-z][a-z0-9_]+)`", table[1])
    assert len(names) > 30
    for name in names:
        assert known(name) is not None, name


@pytest.mark.parametrize("jargon", ["heartbeat", "payload", "handshake", "endpoint"])
def test_readme_begins_plainly(jargon: str) -> None:
    """Whoever has a sketch need not know how messages travel."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    # Code has the words that its library wants.
    readme = re.sub(r"^```.*?^```", "", readme, flags=re.MULTILINE | re.DOTALL)
    assert jargon not in readme[: len(readme) * 2 // 3]


def test_protocol_is_described() -> None:
    """The document names every code, every limit and every reserved name."""
    described = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    codes = {
        code
        for path in _modules()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("Problem", "self._fail")
        for code in _strings_in(node.args[0])
    }
    assert codes
    table = described.split("\n| code | what was wrong |", 1)[1].split("\n\n", 1)[0]
    assert codes == set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE))
    for name in RESERVED | TYPES:
        assert f"`{name}`" in described, name
    used = "".join(path.read_text(encoding="utf-8") for path in _modules())
    for close_code in CloseCode:
        if f"CloseCode.{close_code.name}" in used:
            assert f"\n| {close_code} |" in described, close_code
    for limit in (MAX_FRAME, MAX_CHANNELS, MAX_KEY, MAX_TEXT):
        assert f" {limit} " in described or f"({limit} " in described, limit


def test_names_of_the_dialogs() -> None:
    """What the documents say to choose in a board's dialogs is there by that name."""
    texts = _strings()
    menu = texts["config"]["step"]["reconfigure"]["menu_options"].values()
    options = texts["options"]["step"]["init"]["data"].values()
    found = 0
    for path in (path for path in _files() if path.suffix == ".md"):
        text = " ".join(path.read_text(encoding="utf-8").split())
        for dialog, name in re.findall(r"\*(Reconfigure|Configure) → ([^*]+)\*", text):
            found += 1
            assert name in (menu if dialog == "Reconfigure" else options), name
    assert found > 5


def test_links() -> None:
    """Links and pictures in the documents lead to files that are there."""
    for document in (path for path in _files() if path.suffix == ".md"):
        text = document.read_text(encoding="utf-8")
        text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        # A function without a name in C++ begins like a link.
        text = re.sub(r"`[^`\n]*`", "", text)
        targets = re.findall(r"\]\(([^)\s]+)", text)
        targets += re.findall(r"""(?:src|href|srcset)=["']([^"']+)""", text)
        for target in targets:
            url = urlsplit(target)
            if not url.scheme and url.path:
                assert (document.parent / url.path).exists(), (document.name, target)


PRIVATE_TEXT: Final = re.compile(
    # Where packages come from is for the machine to say.
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|[a]rtifactory"
    r"|deb\.debian\.org"
    # So is where its people keep their files.
    r"|(?<![\w.$}*-])/(?:root|work|home/\w+|Users/\w+)/"
    r"|[A-Za-z]:\\+Users\\",
    re.IGNORECASE,
)


def test_no_private_text() -> None:
    """No file names a machine's own folders or package servers."""
    if not _files():
        _unavailable(NO_GIT)
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = PRIVATE_TEXT.search(text)
        assert found is None, (path.relative_to(ROOT).as_posix(), found)
