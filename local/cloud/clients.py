"""Clients of the laptop cloud's AWS, for whoever runs beside it: the demonstration, the drills, the tests."""

import threading
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from local.cloud.environment import ADMIN, DEFAULT_REGION, aws_environment
from local.cloud.model import Cloud

_one_at_a_time = threading.Lock()
"""boto3's clients may be used in several threads at once, but not made."""


def client_of(
    cloud: Cloud,
    service: str,
    *,
    region: str = DEFAULT_REGION,
    user: str = ADMIN,
    keys: Mapping[str, str] | None = None,
    config: Config | None = None,
) -> Any:
    """A boto3 client of a service in a region, with a user's keys, or with others (``AWS_ACCESS_KEY_ID`` and so on).

    CloudError when the cloud has no such user.
    """
    used = keys or aws_environment(cloud, user)
    make_client: Any = boto3.client
    with _one_at_a_time:
        return make_client(
            service,
            endpoint_url=cloud.endpoint,
            verify=str(cloud.certificate),
            region_name=region,
            aws_access_key_id=used["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=used["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=used.get("AWS_SESSION_TOKEN"),
            config=config,
        )
