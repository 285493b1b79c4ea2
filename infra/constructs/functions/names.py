"""What functions and their roles are called: other stacks know them by that, and may stand before they do."""

from aws_cdk import Stack
from constructs import Construct


def function_name(function: str) -> str:
    """The name in AWS of ``functions/<function>``."""
    return f"statline-{function.replace('_', '-')}"


def role_name(function: str, *, region: str) -> str:
    """The name of a function's role. With its region: an account has one list of roles for all regions."""
    return f"{function_name(function)}-{region}"


def role_arn(scope: Construct, function: str) -> str:
    """The ARN of the role of a function in a construct's account and region."""
    stack = Stack.of(scope)
    return stack.format_arn(
        service="iam", region="", resource="role", resource_name=role_name(function, region=stack.region)
    )
