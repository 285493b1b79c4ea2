"""What the function is called with."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from functions.core.adapters.backup.calls import BackupId, Call
from functions.core.domain.backup.record import Moment


class FactsCall(Call):
    """Note what the replica holds."""

    operation: Literal["facts"]
    backup: BackupId
    moment: Moment


class CheckCall(Call):
    """Check the copy at host and port against the facts of a backup. run: the backup or verification that asks."""

    operation: Literal["check"]
    backup: BackupId
    run: BackupId
    host: str
    port: Annotated[int, Field(ge=1, le=65_535)]


CALLS: TypeAdapter[FactsCall | CheckCall] = TypeAdapter(
    Annotated[FactsCall | CheckCall, Field(discriminator="operation")]
)
