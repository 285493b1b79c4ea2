"""botocore clients for the functions: one session per process, short time-outs, connections kept alive.

botocore and not boto3: a cold start costs a fifth less, and nothing here needs boto3's resources.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_connect import ConnectClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_pi import PIClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

USER_AGENT = "statline"
"""A word of our own: botocore otherwise puts its long one together anew for every call, a tenth of the call's CPU."""

AWS_CALLS = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    max_pool_connections=20,
    user_agent=USER_AGENT,
)
"""For AWS's own stores and queues: every call made with it may be repeated without harm."""


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@overload
def create_client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def create_client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def create_client(service: Literal["events"]) -> "EventBridgeClient": ...
@overload
def create_client(service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
@overload
def create_client(service: Literal["pinpoint-sms-voice-v2"], config: Config) -> "PinpointSMSVoiceV2Client": ...
@overload
def create_client(service: Literal["connect"], config: Config) -> "ConnectClient": ...
@overload
def create_client(service: Literal["stepfunctions"]) -> "SFNClient": ...
@overload
def create_client(service: Literal["rds"], config: Config, region: str | None = None) -> "RDSClient": ...
@overload
def create_client(service: Literal["s3"], config: Config) -> "S3Client": ...
@overload
def create_client(service: Literal["pi"], config: Config) -> "PIClient": ...
@overload
def create_client(service: Literal["sns"]) -> "SNSClient": ...
def create_client(service: str, config: Config = AWS_CALLS, region: str | None = None) -> Any:
    """A client of an AWS service in this function's region, or in another one of its country for copies of backups.

    Providers, and services that take their time, get a configuration of their own.
    """
    return _session().create_client(service, region_name=region, config=config)
