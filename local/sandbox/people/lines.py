"""Numbers that people can call or text, and what is behind each: what a platform team sets up at its providers."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Line(BaseModel):
    """One number at one provider.

    `region` is the AWS region (not at Twilio). `identity`: the id by which End User Messaging calls the number.
    `topic`: the SNS topic that takes what is texted to it. `flow`: the name of the Connect flow that answers calls, and
    `instance` the instance's ARN. `text_url`, `call_url`: the webhooks that a number at Twilio has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Literal["sms", "connect", "twilio"]
    region: str = ""
    identity: str = ""
    topic: str = ""
    flow: str = ""
    instance: str = ""
    text_url: str = ""
    call_url: str = ""


class LineBook:
    """The lines by number. A number may have one line for texts and one for calls."""

    def __init__(self) -> None:
        self.current: Mapping[str, tuple[Line, ...]] = {}

    def for_texts(self, number: str) -> Line | None:
        """The line that takes what is texted to a number."""
        return next((line for line in self.current.get(number, ()) if line.topic or line.text_url), None)

    def for_calls(self, number: str) -> Line | None:
        """The line that answers calls of a number."""
        return next((line for line in self.current.get(number, ()) if line.flow or line.call_url), None)

    def number_of(self, identity: str) -> str | None:
        """The number that End User Messaging knows by an id, where it is set."""
        return next(
            (number for number, lines in self.current.items() for line in lines if line.identity == identity), None
        )
