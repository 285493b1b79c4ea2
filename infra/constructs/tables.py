"""The tables: what delivery has decided and done, who can be reached how, and what became of backups."""

from collections.abc import Mapping
from types import MappingProxyType

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

_TTL = "ttl"
_DUE_INDEX = "due"
_READ = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
_WRITE = ["dynamodb:PutItem", "dynamodb:UpdateItem"]
_READ_KEY = ["kms:Decrypt", "kms:DescribeKey"]
_WRITE_KEY = [*_READ_KEY, "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]


class _KeyedTable(Construct):
    """A table with ``pk`` and ``sk``, on demand, encrypted with our key, restorable to any second of 35 days."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey,
        protected: bool,
        stream: dynamodb.StreamViewType | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key = key
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=name,
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            time_to_live_attribute=_TTL,
            stream=stream,
            deletion_protection=protected,
            removal_policy=RemovalPolicy.RETAIN if protected else RemovalPolicy.DESTROY,
        )

    def _allow(self, grantee: iam.IGrantable, actions: list[str], key_actions: list[str]) -> None:
        """Exactly these actions on exactly this table, not on its indexes."""
        iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[self.table.table_arn])
        iam.Grant.add_to_principal(grantee=grantee, actions=key_actions, resource_arns=[self._key.key_arn])


class DeliveryStateTable(_KeyedTable):
    """What was decided and what was done, by notification; its stream tells every change.

    The index ``due`` is sparse: only items with a ``due_shard`` are in it, so others cost nothing there. It holds keys
    alone; who finds something due reads the item itself, with strong consistency.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, protected: bool) -> None:
        super().__init__(
            scope,
            construct_id,
            name="statline-delivery-state",
            key=key,
            protected=protected,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        )
        self.table.add_global_secondary_index(
            index_name=_DUE_INDEX,
            partition_key=_text("due_shard"),
            sort_key=dynamodb.Attribute(name="due_at", type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def grant_record(self, grantee: iam.IGrantable) -> None:
        """Let a function read what is recorded and record more. Nothing is ever deleted: time does that."""
        self._allow(grantee, _READ + _WRITE, _WRITE_KEY)

    def grant_see(self, grantee: iam.IGrantable) -> None:
        """Let a function read records whose names it knows."""
        self._allow(grantee, ["dynamodb:BatchGetItem"], _READ_KEY)

    def grant_watch(self, grantee: iam.IGrantable) -> None:
        """Let a function find what is due, read what is recorded of it, and say that it is due no more."""
        self._allow(grantee, ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"], _WRITE_KEY)
        self.grant_find_due(grantee)

    def grant_find_due(self, grantee: iam.IGrantable) -> None:
        """Let a function find what is due: names and moments, nothing that is recorded of it."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:Query"],
            resource_arns=[f"{self.table.table_arn}/index/{_DUE_INDEX}"],
        )

    def grant_show(self, grantee: iam.IGrantable) -> None:
        """Let a person, or a function that reports to one, look at a notification and its deliveries."""
        self._allow(grantee, _READ, _READ_KEY)

    def grant_follow(self, grantee: iam.IGrantable) -> None:
        """Let a function read the stream of changes."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
            resource_arns=[self.stream_arn],
        )
        # ListStreams knows no resource: it only tells which streams there are.
        iam.Grant.add_to_principal(grantee=grantee, actions=["dynamodb:ListStreams"], resource_arns=["*"])
        iam.Grant.add_to_principal(grantee=grantee, actions=["kms:Decrypt"], resource_arns=[self._key.key_arn])

    @property
    def stream_arn(self) -> str:
        """The ARN of the stream of changes."""
        arn = self.table.table_stream_arn
        if arn is None:
            raise AssertionError("the delivery-state table was made without its stream")
        return arn


class DirectoryTable(_KeyedTable):
    """Who can be reached how: people, teams, shifts, pagers and policies."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, protected: bool) -> None:
        super().__init__(scope, construct_id, name="statline-directory", key=key, protected=protected)

    def grant_look_up(self, grantee: iam.IGrantable) -> None:
        """Let a function find recipients."""
        self._allow(grantee, _READ, _READ_KEY)

    def grant_check(self, grantee: iam.IGrantable) -> None:
        """Let a person's import ask which entries there are: what they are, and no phone or device of anybody's."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:BatchGetItem"],
            resource_arns=[self.table.table_arn],
            conditions={
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "self"]},
                "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
            },
        )
        iam.Grant.add_to_principal(grantee=grantee, actions=_READ_KEY, resource_arns=[self._key.key_arn])

    def grant_maintain(self, grantee: iam.IGrantable) -> None:
        """Let a function apply changes."""
        self._allow(grantee, _READ + _WRITE, _WRITE_KEY)

    def grant_reconcile(self, grantee: iam.IGrantable) -> None:
        """Let a function compare everything that is there, and apply changes. Nothing is deleted: a tombstone is."""
        self._allow(grantee, [*_READ, "dynamodb:Scan", *_WRITE], _WRITE_KEY)


class BackupsTable(_KeyedTable):
    """What became of backups: their records, what the replica held, whose turn it is, and what people did by hand."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, protected: bool) -> None:
        super().__init__(scope, construct_id, name="statline-backups", key=key, protected=protected)

    def grant_record(self, grantee: iam.IGrantable) -> None:
        """Let the workflow write records, and take and return its turn, which alone it may delete."""
        self._allow(grantee, ["dynamodb:GetItem", *_WRITE], _WRITE_KEY)
        self._allow_rows(grantee, ["dynamodb:DeleteItem"], "TURN")

    def grant_keep_facts(self, grantee: iam.IGrantable) -> None:
        """Let a function keep what it has counted, and read it again."""
        self._allow(grantee, ["dynamodb:GetItem", "dynamodb:PutItem"], _WRITE_KEY)

    def grant_look(self, grantee: iam.IGrantable) -> None:
        """Let a function look at one record."""
        self._allow(grantee, ["dynamodb:GetItem"], _READ_KEY)

    def grant_keep_up(self, grantee: iam.IGrantable) -> None:
        """Let a function end records that nobody ends any more, and forget old ones."""
        self._allow(
            grantee, ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], _WRITE_KEY
        )

    def grant_find(self, grantee: iam.IGrantable) -> None:
        """Let a function read records, and write what it has found on the primary."""
        self._allow(grantee, ["dynamodb:GetItem", "dynamodb:Query"], _WRITE_KEY)
        self._allow_rows(grantee, [*_WRITE, "dynamodb:DeleteItem"], "FINDING")

    def grant_operate(self, grantee: iam.IGrantable) -> None:
        """Let a person read everything, ask a backup to stop, and say what he does to the primary.

        Of a record he may set `cancel_asked_by` and nothing else, and he sees nothing of it in the answer.
        """
        self._allow(grantee, _READ, _WRITE_KEY)
        self._allow_rows(grantee, ["dynamodb:PutItem"], "AUDIT")
        self._allow_rows(
            grantee,
            ["dynamodb:UpdateItem"],
            "BACKUP",
            {
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "cancel_asked_by"]},
                "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_NEW"]},
            },
        )

    def _allow_rows(
        self,
        grantee: iam.IGrantable,
        actions: list[str],
        partition: str,
        conditions: Mapping[str, Mapping[str, list[str]]] = MappingProxyType({}),
    ) -> None:
        """Only on the rows of one partition."""
        of_rows = {"dynamodb:LeadingKeys": [partition]}
        merged = {
            **conditions,
            "ForAllValues:StringEquals": {**conditions.get("ForAllValues:StringEquals", {}), **of_rows},
        }
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=actions,
            resource_arns=[self.table.table_arn],
            conditions={operator: dict(wanted) for operator, wanted in merged.items()},
        )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
