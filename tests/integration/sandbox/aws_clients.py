"""Real AWS clients that talk to a sandbox, and requests that no client would send."""

import json
from collections.abc import Mapping

import boto3
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from mypy_boto3_connect import ConnectClient
from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client

_ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5, parameter_validation=False)
_SESSION = boto3.Session(aws_access_key_id="AKIDSANDBOX", aws_secret_access_key="none", region_name="ca-central-1")


def sms_client(url: str, region: str = "ca-central-1") -> PinpointSMSVoiceV2Client:
    return _SESSION.client("pinpoint-sms-voice-v2", endpoint_url=url, region_name=region, config=_ONCE)


def connect_client(url: str, region: str = "ca-central-1") -> ConnectClient:
    return _SESSION.client("connect", endpoint_url=url, region_name=region, config=_ONCE)


def quotas_of(url: str, service: str, operation: str = "list_service_quotas") -> dict[str, float]:
    client = _SESSION.client("service-quotas", endpoint_url=url, config=_ONCE)
    pages = client.get_paginator(operation).paginate(ServiceCode=service)
    return {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}


def send_raw(
    url: str,
    body: bytes | Mapping[str, object],
    operation: str,
    service: str | None = "sms-voice",
    method: str = "POST",
) -> urllib3.BaseHTTPResponse:
    """Send a body as it is, signed for `service`, or unsigned when that is None."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"PinpointSMSVoiceV2.{operation}"}
    request = AWSRequest(method=method, url=url, data=content, headers=headers)
    if service is not None:
        SigV4Auth(Credentials("AKIDSANDBOX", "none"), service, "ca-central-1").add_auth(request)
    prepared = request.prepare()
    return urllib3.request(method, prepared.url, body=content, headers=dict(prepared.headers.items()), retries=False)
