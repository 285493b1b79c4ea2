"""What the function is called with."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from functions.backup_dump.plan import Content
from functions.core.adapters.backup.calls import BackupId, Call

Port = Annotated[int, Field(ge=1, le=65_535)]


class PlannedPart(Call):
    """A part of the plan. of: how many parts there are."""

    number: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    content: Content
    name: str
    tables: tuple[tuple[str, str], ...] = ()


class AnsweredPart(Call):
    """What the making of a part has answered."""

    number: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    key: str
    version: str
    bytes: Annotated[int, Field(ge=0)]
    sha256: str


class PlanCall(Call):
    """Say in which parts the copy at host and port is dumped."""

    operation: Literal["plan"]
    backup: BackupId
    host: str
    port: Port


class PartCall(Call):
    """Make one part."""

    operation: Literal["part"]
    backup: BackupId
    host: str
    port: Port
    part: PlannedPart


class FinishCall(Call):
    """Write the manifest over the parts that were made."""

    operation: Literal["finish"]
    backup: BackupId
    parts: tuple[AnsweredPart, ...]


AnyCall = PlanCall | PartCall | FinishCall
CALLS: TypeAdapter[AnyCall] = TypeAdapter(Annotated[AnyCall, Field(discriminator="operation")])
