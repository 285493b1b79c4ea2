"""The master user's password where RDS manages it: a secret of its own."""

import json
import secrets
from typing import Any

from ministack.services import secretsmanager

from local.emulator.rds.refusals import RefusedError
from local.emulator.rds.store import Record

_FIRST_ERROR = 400


def keep_password(instance: Record) -> dict[str, Any]:
    """Make the secret and return the instance's `MasterUserSecret`. Raises `RefusedError`."""
    value = {"username": instance["MasterUsername"], "password": secrets.token_urlsafe()}
    name = f"rds!{instance['DbiResourceId'].lower()}"
    request = {"Name": name, "SecretString": json.dumps(value)}
    status, _headers, body = secretsmanager._create_secret(request)
    answer = json.loads(body)
    if status >= _FIRST_ERROR:
        raise RefusedError("InvalidParameterValue", str(answer.get("message", answer)))
    return {"SecretArn": answer["ARN"], "SecretStatus": "active"}
