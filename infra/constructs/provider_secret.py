"""The secrets with which we sign in to providers outside AWS."""

import json

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct


class ProviderSecret(Construct):
    """A secret made with a placeholder, for the platform team to fill.

    holds: what is to be put there, in words. The placeholder is valid JSON and no secret of any provider: a function
        refuses it with a clear error until somebody has put the real one in. A later deploy leaves the real one alone,
        because CloudFormation writes the value only when the placeholder's text changes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        holds: str,
        key: kms.IKey,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self.secret = secretsmanager.Secret(
            self,
            "Secret",
            secret_name=name,
            description=description,
            encryption_key=key,
            secret_string_value=SecretValue.unsafe_plain_text(
                json.dumps({"statline": f"put {holds} here"}, separators=(",", ":"))
            ),
            removal_policy=removal_policy,
        )

    def grant_read(self, grantee: iam.IGrantable) -> None:
        """Let a function read the secret."""
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["secretsmanager:GetSecretValue"], resource_arns=[self.secret.secret_arn]
        )
        iam.Grant.add_to_principal(grantee=grantee, actions=["kms:Decrypt"], resource_arns=[self._key.key_arn])
