"""What every model of the contract shares: how strictly it reads, and the identifiers it accepts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

STORED: Mapping[str, bool] = MappingProxyType({"stored": True})
"""The context in which a value is read that was checked when it was stored."""


class ContractModel(BaseModel):
    """A frozen value that refuses unknown fields.

    ``hide_input_in_errors`` keeps what a producer wrote out of error texts: it may be about a patient.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False)


TENANT_PATTERN = r"^[a-z][a-z0-9-]{1,31}$"
IDENTIFIER_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"

Tenant = Annotated[str, StringConstraints(pattern=TENANT_PATTERN)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]
PagerNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,15}$")]
Moment = AwareDatetime
Details = dict[str, Any]
