"""Options that several commands share."""

from typing import Annotated

import typer

Region = Annotated[
    str,
    typer.Option(
        "--region",
        "-r",
        envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
        help="The AWS region of the tenant.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, send nothing.")]
Owner = Annotated[
    str | None,
    typer.Option("--owner", metavar="ACCOUNT", help="The account that runs Statline, where it is not your own."),
]
