"""The layers that the functions share."""

from functools import cached_property

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.assets.build import BuiltAsset
from infra.assets.workshop import Workshop
from infra.constructs.functions.live_function import architecture_of, runtime_of


class Layers(Construct):
    """What the functions of a stack import and did not write. A layer is made when it is first asked for.

    base: for every function. firebase: for push alone, because it is larger than all the rest.
    postgres: psycopg, for what speaks to the database. dump: pg_dump and its library, for dumps of backups.
    """

    def __init__(self, scope: Construct, construct_id: str, *, workshop: Workshop) -> None:
        super().__init__(scope, construct_id)
        self._workshop = workshop

    @cached_property
    def base(self) -> lambda_.LayerVersion:
        """botocore, pydantic and their like."""
        return self._of_lock("Base", "lambda", "botocore, pydantic, the logger and phone numbers")

    @cached_property
    def firebase(self) -> lambda_.LayerVersion:
        """The part of firebase-admin that sends."""
        return self._of_lock("Firebase", "lambda-push", "firebase-admin's messaging")

    @cached_property
    def postgres(self) -> lambda_.LayerVersion:
        """psycopg with its own libpq."""
        return self._of_lock("Postgres", "lambda-postgres", "psycopg")

    @cached_property
    def dump(self) -> lambda_.LayerVersion:
        """PostgreSQL's pg_dump."""
        return self._of_lock("Dump", "lambda-dump", "pg_dump")

    def trust(self, file: str) -> lambda_.LayerVersion:
        """The certificate authorities of a file beside the config, at `TRUST_PATH`."""
        return self._layer("Trust", self._workshop.trust(file), "the certificate authorities of the database's servers")

    def _of_lock(self, construct_id: str, lock: str, description: str) -> lambda_.LayerVersion:
        return self._layer(construct_id, self._workshop.layer(lock), description)

    def _layer(self, construct_id: str, built: BuiltAsset, description: str) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            construct_id,
            code=lambda_.Code.from_asset(str(built.path), asset_hash=built.hash),
            compatible_runtimes=[runtime_of(self._workshop.target)],
            compatible_architectures=[architecture_of(self._workshop.target)],
            description=f"Statline: {description}",
            # A version that is rolled back to still needs its own layer.
            removal_policy=RemovalPolicy.RETAIN,
        )
