"""What every model of the config shares."""

from pydantic import BaseModel, ConfigDict


class ConfigModel(BaseModel):
    """A frozen value that refuses fields it does not know: a misspelt key is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
