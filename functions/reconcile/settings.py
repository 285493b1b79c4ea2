"""The reconcile function's environment."""

from typing import Annotated

from pydantic import Field

from functions.core.adapters.environment import Settings
from functions.database.access import DatabaseAccess


class ReconcileSettings(Settings):
    """The replica's views on one side, the directory's table on the other.

    tenants: those whose people the views hold; no entry of another tenant is looked at.
    most_deletions_percent: of the entries of one kind of one tenant. Where the views lack more than that, nothing of
        that kind is deleted, and an alarm asks a person.
    """

    directory_table: str
    replica: DatabaseAccess
    tenants: tuple[str, ...]
    most_deletions_percent: Annotated[int, Field(ge=0, le=100)]
