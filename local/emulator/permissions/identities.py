"""IAM users and roles with ids made from their names, and Lambda sessions that carry their role's id.

The emulator draws ids at random, and a function's session calls itself `role-name:function-name` where AWS says
`AROA...:function-name`. See `unique_ids` for why the ids must be known.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import iam, lambda_svc, sts
from ministack.services.cloudformation import provisioners

from local.emulator.permissions.unique_ids import role_id, user_id


def _named(create: Callable[[Any], Any], prefix: str, name_parameter: str, make_id: Callable[[str], str]) -> Any:
    """Wrap one of IAM's create actions so that the id it draws is made from the name in the request."""

    def create_with_known_id(parameters: Any) -> Any:
        draw = iam._gen_id
        known = make_id(iam._p(parameters, name_parameter))
        iam._gen_id = lambda wanted="AIDA": known if wanted == prefix else draw(wanted)
        try:
            return create(parameters)
        finally:
            iam._gen_id = draw

    return create_with_known_id


def _role_from_template(create: Callable[..., Any]) -> Callable[..., Any]:
    def create_with_known_id(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        name, attributes = create(logical_id, props, stack_name)
        iam._roles[name]["RoleId"] = role_id(name)
        return name, {**attributes, "RoleId": role_id(name)}

    return create_with_known_id


def _session_of_function(credentials: Callable[[dict[str, Any]], dict[str, str]]) -> Callable[..., dict[str, str]]:
    def with_role_id(config: dict[str, Any]) -> dict[str, str]:
        issued = credentials(config)
        session = sts._sessions.get(issued["AWS_ACCESS_KEY_ID"])
        if session is not None:
            session["UserId"] = f"{role_id(config['Role'].rsplit('/', 1)[-1])}:{config['FunctionName']}"
        return issued

    return with_role_id


def install() -> None:
    """Give users, roles and Lambda sessions ids that follow from their names."""
    iam._create_user = iam._IAM_HANDLERS["CreateUser"] = _named(iam._create_user, "AIDA", "UserName", user_id)
    iam._create_role = iam._IAM_HANDLERS["CreateRole"] = _named(iam._create_role, "AROA", "RoleName", role_id)
    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    role["create"] = provisioners._iam_role_create = _role_from_template(provisioners._iam_role_create)
    session = _session_of_function(lambda_runtime.execution_credentials)
    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = session
