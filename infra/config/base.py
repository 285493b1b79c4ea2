"""What the models of the config share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PlainName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$"),
    Field(description="A name that PostgreSQL takes without quotes."),
]


class ConfigModel(BaseModel):
    """A frozen value that refuses fields it does not know: a misspelt key is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
