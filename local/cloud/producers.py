"""Producers on the laptop: IAM users with access keys, whose unique ids a deployment's config can name beforehand."""

import json

import boto3

from local.cloud.environment import ADMIN, aws_environment, known_producers, remember_keys
from local.cloud.model import ACCOUNT, Cloud
from local.emulator.unique_ids import user_id

# What AWS asks of a producer: put messages on an ingress queue that its key encrypts, and find the queue's URL.
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
            "Resource": f"arn:aws:sqs:*:{ACCOUNT}:*ingress*",
        },
        {
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            "Resource": f"arn:aws:kms:*:{ACCOUNT}:key/*",
            "Condition": {"StringLike": {"kms:ViaService": "sqs.*.amazonaws.com"}},
        },
    ],
}


def create_producer(cloud: Cloud, name: str) -> str:
    """Create the IAM user with an access key, unless the cloud has it; return its unique id (SQS's `SenderId`)."""
    if name in known_producers(cloud):
        return user_id(name)
    variables = aws_environment(cloud, ADMIN)
    iam = boto3.client(
        "iam",
        endpoint_url=cloud.endpoint,
        verify=str(cloud.certificate),
        region_name="us-east-1",
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    created = iam.create_user(UserName=name)["User"]["UserId"]
    iam.put_user_policy(UserName=name, PolicyName="send", PolicyDocument=json.dumps(_POLICY))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    remember_keys(
        cloud,
        name,
        {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]},
    )
    return str(created)
