"""What a region's backups need in the second region of its country."""

from aws_cdk import Environment, Stack
from constructs import Construct

from infra.constructs.backup.far_copies import FarCopiesKey


class BackupCopiesStack(Stack):
    """The key for copies of a region's backups, in the region that config copies them to.

    It is named after the home region, belongs to it, and is deployed elsewhere: `env` says where. It refers to nothing
    of the home region and nothing there refers to it but by the alias.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: Environment, home: str, production: bool) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description=f"Statline: the key for copies of the backups of {home}",
            termination_protection=production,
        )
        FarCopiesKey(self, "Copies", home=home, production=production)
