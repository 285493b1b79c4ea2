"""The environment of the function that cleans up after backups and prunes old ones."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from functions.core.adapters.environment import Settings


class FarCopies(BaseModel):
    """The region of the same country that copies go to, and the key that encrypts them there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    key: str


class BackupUpkeepSettings(Settings):
    """The table of backups, the workflow whose executions are looked up, and how long backups are kept.

    keep_days: verified backups younger than this are kept. keep_verified: so many of the newest verified ones are kept
        however old they are, one at the least.
    """

    backups_table: str
    state_machine: str
    replica: str
    keep_days: Annotated[int, Field(ge=1)]
    keep_verified: Annotated[int, Field(ge=1)]
    far_copies: FarCopies | None = None
