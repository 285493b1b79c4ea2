"""Who hears the alarms, as config names them."""

from typing import Annotated

from pydantic import StringConstraints

from infra.config.base import ConfigModel
from statline.contract.phone_numbers import E164


class Subscribers(ConfigModel):
    """Addresses that a topic sends to. https: a paging service's or a chat's SNS endpoint."""

    emails: tuple[Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = ()
    https: tuple[Annotated[str, StringConstraints(pattern=r"^https://\S+$")], ...] = ()
    sms: tuple[E164, ...] = ()

    @property
    def anybody(self) -> bool:
        """Whether an alarm reaches somebody."""
        return bool(self.emails or self.https or self.sms)


class OnCall(ConfigModel):
    """Who is woken, and who reads a ticket in the morning; by ways that do not use Statline.

    page: for what a clinician feels now, or will before the morning.
    ticket: for what must be looked at within a working day. Nobody named here: tickets go to those who are paged.
    """

    page: Subscribers = Subscribers()
    ticket: Subscribers = Subscribers()

    @property
    def anybody(self) -> bool:
        """Whether a page reaches somebody."""
        return self.page.anybody
