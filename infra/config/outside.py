"""What leaves a region, as config declares it: the residency manifest."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.config.base import ConfigModel


class Hop(StrEnum):
    """A kind of hop out of a region's AWS services."""

    FCM = "fcm"
    """Google delivers pushes: to Android itself, to iPhones by way of Apple."""
    CARRIERS = "carriers"
    """Telephone companies carry text messages and calls from AWS to the phones."""
    TWILIO = "twilio"
    """Texts that go by Twilio, and what it reports of them."""
    ON_CALL = "on-call"
    """Alarms go to the addresses of who is on call."""
    DEAD_MANS_SWITCH = "dead-mans-switch"
    """Once a minute a region says to somebody outside that it lives, who tells on-call when it says so no more."""
    BACKUP_COPY = "backup-copy"
    """Copies of backups in a second region of the same country."""


class OutsideHop(ConfigModel):
    """One declared hop. to: whom it goes to and in which country. carries: what of ours goes with it."""

    hop: Hop
    to: Annotated[str, Field(min_length=2, description="Whom, and in which country; for a backup copy: the region.")]
    carries: Annotated[str, Field(min_length=2)]
