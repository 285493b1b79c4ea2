"""Reads the incidents of a folder."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from statline.drills.errors import IncidentError
from statline.drills.incident import Incident

CHECKOUT = Path(__file__).resolve().parents[2] / "drills"


def folder_of_incidents() -> Path:
    """The folder `drills` here, or that of the checkout that this code is from."""
    here = Path("drills")
    return here if here.is_dir() else CHECKOUT


def names_in(folder: Path) -> list[str]:
    """The incidents of a folder, by name."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def read_incident(name: str, folder: Path) -> Incident:
    """The incident of this name, or of this file. Raises IncidentError."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        known = ", ".join(names_in(folder)) or "none"
        raise IncidentError(f"{path}: there is no such incident. In {folder} there are: {known}") from cause
    except (OSError, yaml.YAMLError) as cause:
        raise IncidentError(f"{path}: it cannot be read: {cause}") from cause
    try:
        return Incident.model_validate(content)
    except ValidationError as cause:
        faults = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in cause.errors())
        raise IncidentError(f"{path}: {faults}") from cause
