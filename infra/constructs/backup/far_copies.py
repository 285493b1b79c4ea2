"""The key that encrypts copies of backups in a second region of the same country."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct


def copies_alias(home: str) -> str:
    """The alias of the key for a region's far copies. It is how the home region calls the key, which it cannot see."""
    return f"alias/statline-backup-copies-{home}"


class FarCopiesKey(Construct):
    """One key, known by its alias. home: the region whose backups are copied here.

    Its policy is the account's own: who may use it is said by the roles, through RDS and for this alias. RDS itself
    needs nothing else; it uses the grant that its caller makes it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, home: str, production: bool) -> None:
        super().__init__(scope, construct_id)
        kms.Key(
            self,
            "Key",
            alias=copies_alias(home),
            description=f"Statline: copies of the backups of {home}",
            enable_key_rotation=True,
            # A copy without its key is noise: the key stays when the stack goes.
            removal_policy=RemovalPolicy.RETAIN if production else RemovalPolicy.DESTROY,
        )
