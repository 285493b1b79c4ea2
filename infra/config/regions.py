"""The AWS regions that Statline knows: their country, and what exists there.

A region is added here after somebody has read that SQS, Lambda, DynamoDB and End User Messaging are in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """One AWS region. ``connect``: whether Amazon Connect exists there, and so whether voice can."""

    name: str
    country: str
    connect: bool


REGIONS: Mapping[str, Region] = {
    region.name: region
    for region in (
        Region("ca-central-1", "CA", connect=True),
        Region("ca-west-1", "CA", connect=False),
        Region("us-east-1", "US", connect=True),
        Region("us-east-2", "US", connect=False),
        Region("us-west-2", "US", connect=True),
        Region("eu-west-1", "IE", connect=False),
        Region("eu-west-2", "GB", connect=True),
        Region("eu-central-1", "DE", connect=True),
        Region("ap-southeast-1", "SG", connect=True),
        Region("ap-southeast-2", "AU", connect=True),
        Region("ap-northeast-1", "JP", connect=True),
        Region("ap-northeast-2", "KR", connect=True),
        Region("af-south-1", "ZA", connect=True),
    )
}

CONNECT_REGIONS = tuple(region.name for region in REGIONS.values() if region.connect)
