"""Producers on the laptop: IAM users with access keys, whose unique ids a deployment's config can name beforehand."""

from typing import Any

from local.cloud.clients import client_of
from local.cloud.environment import known_producers, remember_keys
from local.cloud.model import Cloud
from local.emulator.permissions.unique_ids import user_id

_POLICIES = "statline-send-"
"""How the names of the managed policies begin that the stacks make for producers, one for each lane and region."""
_OPERATORS = "-operations"
"""How the names of those producers end who are people: they look at what became of what they sent."""
_OPERATE = "statline-operate-"


def create_producer(cloud: Cloud, name: str) -> str:
    """Create the IAM user with an access key, unless the cloud has it; return its unique id (SQS's `SenderId`).

    It is given the stacks' policies of every lane and region: what a sender may not use is refused by the router. Who
    calls rolls by hand sends, and looks: a user of operations may both.
    """
    if name in known_producers(cloud):
        return user_id(name)
    iam: Any = client_of(cloud, "iam", region="us-east-1")
    created = iam.create_user(UserName=name)["User"]["UserId"]
    policies = (_POLICIES, _OPERATE) if name.endswith(_OPERATORS) else (_POLICIES,)
    for page in iam.get_paginator("list_policies").paginate(Scope="Local"):
        for policy in page["Policies"]:
            if policy["PolicyName"].startswith(policies):
                iam.attach_user_policy(UserName=name, PolicyArn=policy["Arn"])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    remember_keys(
        cloud,
        name,
        {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]},
    )
    return str(created)
