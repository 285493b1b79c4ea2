"""What the function is called with."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from functions.core.adapters.backup.calls import BackupId, Call


class CleanCall(Call):
    """Remove what ended executions have left. execution: the ARN of the one that asks; None: nobody's."""

    operation: Literal["clean"]
    execution: str | None = None


class PruneCall(Call):
    """Delete the backups whose time is over; or, after a run that made none, only what such runs have left."""

    operation: Literal["prune"]
    leftovers_only: bool = False


class StartFarCopyCall(Call):
    """Copy a backup's copy to the other region."""

    operation: Literal["start_far_copy"]
    backup: BackupId
    snapshot_arn: str


class LookAtFarCopyCall(Call):
    """Say how far the copy in the other region is."""

    operation: Literal["look_at_far_copy"]
    backup: BackupId


AnyCall = CleanCall | PruneCall | StartFarCopyCall | LookAtFarCopyCall
CALLS: TypeAdapter[AnyCall] = TypeAdapter(Annotated[AnyCall, Field(discriminator="operation")])
