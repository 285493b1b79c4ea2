"""Messages of producers for tests: believable defaults, every field open to change."""

import json
from datetime import timedelta
from typing import Any

from statline.contract.notification import Notification
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import TENANT


def message(**fields: Any) -> dict[str, Any]:
    """The fields of a routine message to one user, sent at noon, good for an hour."""
    plain = {
        "tenant": TENANT,
        "id": "n-1",
        "kind": "message",
        "priority": "routine",
        "recipients": [{"type": "user", "id": "u-1"}],
        "content": {"title": "Consult requested", "body": "Please see the chart."},
        "sent_at": NOON.isoformat(),
        "expires_at": (NOON + timedelta(hours=1)).isoformat(),
    }
    return plain | fields


def a_body(**fields: Any) -> str:
    """The message as a producer puts it on a queue."""
    return json.dumps(message(**fields))


def a_stand_down(**fields: Any) -> str:
    """The word that calls the activation n-1 off, said at noon, as a producer puts it on a queue."""
    plain = {"tenant": TENANT, "id": "n-1", "kind": "stand_down", "sent_at": NOON.isoformat()}
    return json.dumps(plain | fields)


def a_notification(**fields: Any) -> Notification:
    """The message as the contract reads it."""
    return Notification.model_validate(message(**fields))
