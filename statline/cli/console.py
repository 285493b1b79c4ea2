"""Where the commands write: results to standard output, all else to standard error, colour on a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from botocore.exceptions import BotoCoreError
from botocore.exceptions import ClientError as AwsClientError
from rich.console import Console

from functions.core.domain.errors import TemporaryError
from statline.cli.exits import Exit
from statline.client.errors import ClientError


def out() -> Console:
    """For results. Made at each use, so that it follows a redirected output."""
    return Console(highlight=False, soft_wrap=True)


def err() -> Console:
    """For faults and progress."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def fail(text: str, code: Exit) -> NoReturn:
    """Say what is wrong and leave with the code."""
    err().print(text, markup=False)
    raise typer.Exit(int(code))


@contextmanager
def aws_errors(doing: str, region: str) -> Iterator[None]:
    """Turn what AWS calls raise into one line and the exit code 3."""
    try:
        yield
    except ClientError as cause:
        fail(f"{doing}: {cause}", Exit.AWS)
    except TemporaryError as cause:
        fail(f"{doing} in {region}: {cause}{_reason(cause.__cause__)}; check the credentials and try again", Exit.AWS)
    except AwsClientError as cause:
        code = cause.response["Error"]["Code"]
        fail(f"{doing} in {region}: AWS refused ({code}); check the credentials and their rights", Exit.AWS)
    except BotoCoreError as cause:
        fail(
            f"{doing} in {region}: AWS did not answer ({type(cause).__name__}); check the credentials, the network "
            "and AWS_ENDPOINT_URL",
            Exit.AWS,
        )


def _reason(cause: BaseException | None) -> str:
    match cause:
        case AwsClientError():
            return f" ({cause.response['Error']['Code']})"
        case None:
            return ""
        case _:
            return f" ({type(cause).__name__})"
