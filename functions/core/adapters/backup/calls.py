"""Reads what the workflow calls a backup function with."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from functions.core.domain.errors import PermanentError

BackupId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
"""Names of snapshots and of files end with it."""


class MalformedCallError(PermanentError):
    """The function was called with something that it does not know; the message names each fault."""


class Call(BaseModel):
    """The root of the calls. More than a function asks for is none of its business."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


CallT = TypeVar("CallT")


def read_call(calls: TypeAdapter[CallT], event: Any) -> CallT:
    """The call in an event. Raises `MalformedCallError`."""
    try:
        return calls.validate_python(event)
    except ValidationError as cause:
        faults = "; ".join(f"{'.'.join(str(p) for p in e['loc']) or 'call'}: {e['msg']}" for e in cause.errors())
        raise MalformedCallError(f"this call cannot be understood: {faults}") from cause
