"""What every start is compared with: botocore and the two clients that nobody can do without."""

import botocore.session


def wire() -> None:
    """Make the two clients."""
    session = botocore.session.get_session()
    session.create_client("dynamodb")
    session.create_client("sqs")
