"""The layers that the functions share."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.assets.workshop import Workshop
from infra.constructs.function import architecture_of, runtime_of


class Layers(Construct):
    """What the functions import and did not write.

    base: for every function. firebase: for push alone, because it is larger than all the rest.
    """

    def __init__(self, scope: Construct, construct_id: str, *, workshop: Workshop) -> None:
        super().__init__(scope, construct_id)
        self._workshop = workshop
        self.base = self._layer("Base", "lambda", "botocore, pydantic, the logger and phone numbers")
        self.firebase = self._layer("Firebase", "lambda-push", "firebase-admin's messaging")

    def _layer(self, construct_id: str, lock: str, description: str) -> lambda_.LayerVersion:
        built = self._workshop.layer(lock)
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
