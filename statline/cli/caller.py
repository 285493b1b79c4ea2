"""Who is asking: the identity behind the credentials, for records that name people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True, slots=True)
class Caller:
    """An identity of AWS. arn: of the user, or of the role with the name of what took it on."""

    arn: str
    account: str

    @property
    def partition(self) -> str:
        """The first name in every ARN of this account: ``aws``, in a few countries another."""
        return self.arn.split(":")[1]


def caller(region: str) -> Caller:
    """The identity of the usual credentials. Raises what boto3 raises where there are none, or no answer."""
    sts: STSClient = boto3.client("sts", region_name=region, config=PATIENCE)
    identity = sts.get_caller_identity()
    return Caller(identity["Arn"], identity["Account"])
