"""The functions beside the delivery path: what reads the database, takes care of backups or watches over both."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from functions.core.adapters.environment import Settings
from infra.constructs.database.surroundings import DatabaseSurroundings, Reach
from infra.constructs.functions.live_function import Place, Workbench, make_live_function


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDatabase:
    """That a function speaks PostgreSQL: it stands among the readers, and signs in as this user to these instances."""

    surroundings: DatabaseSurroundings
    user: str
    reach: Reach


class SideFunction(Construct):
    """``functions/<name>``, which delivers nothing: its role, its log group and its alias ``live``.

    One that speaks PostgreSQL is in the database's network and in no other: what it can call besides is DynamoDB and
    S3, by the network's gateway endpoints. One that does not is in no network, as the delivery path's are.

    The role starts with the right to write its own log and, at the database, to sign in as its user; what else it may
    touch is granted by the resource's construct.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        settings: Settings,
        layers: Sequence[lambda_.ILayerVersion],
        timeout: Duration,
        memory_mb: int,
        workbench: Workbench,
        reserve: int | None = None,
        at_database: AtDatabase | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        made = make_live_function(
            self,
            name=name,
            description=description,
            settings=settings,
            layers=layers,
            timeout=timeout,
            memory_mb=memory_mb,
            workbench=workbench,
            reserve=reserve,
            place=_among_readers(at_database.surroundings) if at_database else None,
        )
        self.role, self.function, self.alias = made.role, made.function, made.alias
        if at_database is not None:
            rights = at_database.surroundings.sign_in_rights(self, user=at_database.user, reach=at_database.reach)
            for statement in rights:
                self.role.add_to_policy(statement)


def _among_readers(surroundings: DatabaseSurroundings) -> Place:
    return Place(vpc=surroundings.vpc, subnets=surroundings.subnets, security_group=surroundings.readers)
