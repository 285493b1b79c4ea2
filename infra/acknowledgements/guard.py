"""What stands of the guard's policies."""

from infra.acknowledgements.model import Acknowledgement

_BOUNDARY = "Guard/OperatorBoundary/Resource"
_BOUNDARY_GRANTS_NOTHING = (
    "It is a permissions boundary: it grants nothing, it only says where its bearer's own rights end. That is"
    " everything but the ways to burden the primary."
)
GUARD = tuple(
    Acknowledgement(_BOUNDARY, rule, _BOUNDARY_GRANTS_NOTHING)
    for rule in (
        "AwsSolutions-IAM5[Action::*]",
        "AwsSolutions-IAM5[Resource::*]",
        "HIPAA.Security-IAMPolicyNoStatementsWithAdminAccess",
        "HIPAA.Security-IAMPolicyNoStatementsWithFullAccess",
    )
)
