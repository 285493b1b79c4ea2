"""The command ``statline``: what producers and operators do by hand."""

import typer

from statline.cli.alarms.command import alarms
from statline.cli.backup.command import backup
from statline.cli.database.command import database
from statline.cli.directory.command import directory
from statline.cli.drill import drill
from statline.cli.exits import EXPLAINED
from statline.cli.explain.command import explain
from statline.cli.notification.send import send
from statline.cli.notification.show import show
from statline.cli.notification.stand_down import stand_down
from statline.cli.preflight.command import preflight
from statline.cli.redrive.command import redrive
from statline.cli.regions import regions
from statline.cli.rollcall.command import rollcall
from statline.cli.status.command import status

app = typer.Typer(
    name="statline",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # a paragraph is broken by the terminal, not where its source is
    help=(
        "Send clinical notifications, see what became of them, and keep the directory.\n\n"
        "Credentials and endpoints are those of the AWS SDKs: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on.\n\n"
        f"{EXPLAINED}"
    ),
)
app.command(epilog=EXPLAINED)(send)
app.command(epilog=EXPLAINED)(show)
app.command(epilog=EXPLAINED)(rollcall)
app.command(name="stand-down", epilog=EXPLAINED)(stand_down)
app.command(epilog=EXPLAINED)(status)
app.command(epilog=EXPLAINED)(explain)
app.add_typer(alarms, name="alarms")
app.add_typer(directory, name="directory")
app.add_typer(backup, name="backup")
app.add_typer(database, name="database")
app.command(epilog=EXPLAINED)(redrive)
app.command(epilog=EXPLAINED)(drill)
app.command(epilog=EXPLAINED)(regions)
app.command(epilog=EXPLAINED)(preflight)
