"""Reads a deployment from its file, and says in one line what is wrong with it."""

import os
import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from infra.config.model import Deployment

FOLDER = Path(__file__).parents[2] / "config"
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?\}")
_BLAMED = re.compile(r"[a-z_]+(\.\w+|\[[0-9]+\])*: ")


class ConfigError(Exception):
    """A deployment's file cannot be used. One line for each fault: the file, the path in it, and what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_deployment(name: str, *, folder: Path = FOLDER, environment: Mapping[str, str] = os.environ) -> Deployment:
    """The deployment of ``<folder>/<name>.yaml``.

    ``${NAME}`` and ``${NAME:-default}`` in a text are replaced from the environment. Raises `ConfigError`.
    """
    path = folder / f"{name}.yaml"
    shown = f"config/{path.name}"
    content = _parse(path, shown, folder)
    try:
        deployment = Deployment.model_validate(_expand(_without_anchors(content), environment))
    except KeyError as cause:
        raise ConfigError(
            [f"{shown}: the environment has no variable {cause.args[0]}, and it has no default"]
        ) from cause
    except ValidationError as cause:
        raise ConfigError([f"{shown}: {_fault(error)}" for error in _causes(cause)]) from cause
    faults = [f"{shown}: {fault}" for fault in _unusable_certificates(deployment, folder)]
    if faults:
        raise ConfigError(faults)
    return deployment


def _unusable_certificates(deployment: Deployment, folder: Path) -> Iterator[str]:
    """The files beside the config that are named as certificate authorities and are none."""
    for number, region in enumerate(deployment.regions):
        trust = region.database.trust if region.database is not None else None
        if trust is None:
            continue
        try:
            ssl.create_default_context(cafile=folder / trust)
        except FileNotFoundError:
            yield f"regions[{number}].database.trust: there is no file config/{trust}"
        except ssl.SSLError:
            yield f"regions[{number}].database.trust: config/{trust} holds no certificate (PEM) that can be read"


def _parse(path: Path, shown: str, folder: Path) -> object:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
        raise ConfigError([f"{shown}: there is no such deployment; known: {known}"]) from cause
    except yaml.MarkedYAMLError as cause:
        line = cause.problem_mark.line + 1 if cause.problem_mark else 1
        raise ConfigError([f"{shown}: line {line}: not YAML: {cause.problem}"]) from cause


def _without_anchors(content: object) -> object:
    """The content without its ``x-...`` keys: they only hold what YAML anchors share between regions."""
    if not isinstance(content, dict):
        return content
    return {key: value for key, value in content.items() if not str(key).startswith("x-")}


def _expand(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _variable(found, environment), value)
    if isinstance(value, dict):
        return {key: _expand(item, environment) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item, environment) for item in value]
    return value


def _variable(found: re.Match[str], environment: Mapping[str, str]) -> str:
    name, default = found["name"], found["default"]
    return environment[name] if default is None else environment.get(name, default)


def _causes(refused: ValidationError) -> list[Any]:
    """The faults themselves: not that a list is too short because the one item in it is faulty."""
    errors = refused.errors()
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(other["loc"][: len(error["loc"])] == error["loc"] for other in errors if other is not error)
    ]


def _fault(error: Any) -> str:
    """One fault as ``path: what is wrong``; the path is written as in `regions[0].providers.sms`.

    A model that checks several of its fields together starts its message with the one to blame: ``country: ...``.
    """
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    what = error["msg"].removeprefix("Value error, ")
    blamed = _BLAMED.match(what)
    place = f"{path}.{what}" if blamed else f"{path}: {what}"
    given = f" (it is {error['input']!r})" if isinstance(error["input"], str | int) else ""
    return f"{place}{given}".lstrip(".: ")
