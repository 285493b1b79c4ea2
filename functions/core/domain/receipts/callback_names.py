"""The names of a delivery in the address that a provider calls back, so that a receipt finds its record.

    https://hooks.example/twilio/status?statline_delivery=<id>&statline_names=<key>

The key is one word of letters that nobody on the way writes differently: a signature covers the whole address.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from pydantic import ValidationError

from functions.core.domain.delivering.delivery import DeliveryKey

ID, NAMES = "statline_delivery", "statline_names"


def callback_url(address: str, key: DeliveryKey) -> str:
    """The address for one delivery's receipts. It carries the visible message id, too."""
    names = json.dumps([key.tenant, key.notification, key.recipient, key.channel, key.endpoint], separators=(",", ":"))
    return f"{address}?{ID}={key.id}&{NAMES}={urlsafe_b64encode(names.encode()).decode().rstrip('=')}"


def named_in(query: Mapping[str, str]) -> DeliveryKey | None:
    """The delivery that an address names; None where it names none."""
    word = query.get(NAMES, "")
    try:
        tenant, notification, recipient, channel, endpoint = json.loads(
            urlsafe_b64decode(word + "=" * (-len(word) % 4))
        )
        key = DeliveryKey(
            tenant=tenant, notification=notification, recipient=recipient, channel=channel, endpoint=endpoint
        )
    except (ValueError, TypeError, ValidationError):
        return None
    return key if key.id == query.get(ID) else None
