"""How a function finds PostgreSQL, as its settings say."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class DatabaseAccess(BaseModel):
    """One database, and as whom to come.

    host: the instance's DNS name. It is resolved for every connection, so a replaced instance is found.
    trust: the file of the certificate authorities that the server's certificate must come from. Empty: no TLS, which
        synth refuses for production.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str
    port: Annotated[int, Field(ge=1, le=65_535)] = 5432
    name: str
    user: str
    trust: str = ""
