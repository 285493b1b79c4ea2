"""`python -m local.drill [NAME]`: an incident, played on a laptop cloud of its own; without a name 10 January."""

import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import CloudError
from local.cloud.paths import ROOT
from local.databases.server import ServerError
from local.drill import ground
from local.drill.january import play as january
from local.drill.january.clinic import ClinicError
from local.drill.january.plan import ACTS
from local.drill.january.screen import Screen as JanuaryScreen
from local.drill.live import play as live
from local.drill.live.drills import DRILLS, NOT_LIVE
from local.drill.live.screen import Screen
from local.drill.traffic import RATES
from statline.contract.words import Priority

JANUARY = "10-january-backup"
_TITLE = "somebody dumps the primary; Statline backs it up; the database is stopped altogether"
_PICTURE = ROOT / "drill.png"
_FAILED, _INTERRUPTED = 1, 130


def main() -> int:
    """Play one drill and print what came of it; 1 when something did not go as it must."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.list:
        _list()
        return 0
    refusal = _refusal(arguments.name)
    if refusal:
        parser.error(refusal)
    try:
        return 0 if _play(arguments) else _FAILED
    except (CloudError, ClinicError, ServerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return _FAILED
    except (ClientError, BotoCoreError) as error:
        print(f"error: the laptop cloud did not answer as AWS does: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return _INTERRUPTED


def _list() -> None:
    titles = {JANUARY: _TITLE, **{drill.name: drill.title for drill in DRILLS.values()}}
    Screen().catalogue(titles, {drill.name: drill.remark for drill in DRILLS.values()}, NOT_LIVE)


def _refusal(name: str) -> str:
    """Why a drill is not played; empty for one that is."""
    if name in NOT_LIVE:
        return f"{name} is not played live: {NOT_LIVE[name]}. In simulated time: statline drill {name}"
    played = [JANUARY, *DRILLS]
    return "" if name in played else f"there is no live drill {name!r}; there are {', '.join(played)}"


def _play(arguments: argparse.Namespace) -> bool:
    if arguments.name != JANUARY:
        options = live.Options(arguments.seconds, arguments.picture, arguments.until_rest)
        with ground.own_cloud(keep=arguments.keep) as region:
            return live.play(DRILLS[arguments.name], options, region, Screen())
    acts = [act for act in ACTS if not arguments.only or act.name in arguments.only]
    of_january = january.Options(
        arguments.seconds, arguments.scale, arguments.busy, arguments.stats, arguments.picture, acts
    )
    with ground.own_cloud(keep=arguments.keep) as region:
        return january.play(of_january, region, JanuaryScreen())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.drill", description=__doc__)
    parser.add_argument("name", nargs="?", default=JANUARY, help="which (%(default)s); --list says which there are")
    parser.add_argument("--list", action="store_true", help="say which drills there are, and what each cannot show")
    parser.add_argument("--seconds", type=float, default=30, help="of the parts before and after (%(default)s)")
    parser.add_argument("--picture", type=Path, default=_PICTURE, help="where the picture goes (%(default)s)")
    parser.add_argument("--until-rest", action="store_true", help="go on until all that spoke rests: minutes more")
    parser.add_argument("--keep", action="store_true", help="leave the drill's cloud running, for the next drill")
    alone = parser.add_argument_group(f"for {JANUARY} alone")
    alone.add_argument("--scale", type=int, default=10, help="the database: so many times 15 MB (%(default)s)")
    alone.add_argument("--busy", type=float, default=0.2, help="how busy the primary is, of its most (%(default)s)")
    alone.add_argument("--stats", type=float, default=RATES[Priority.STAT], help="stats a second (%(default)s)")
    alone.add_argument(
        "--only", choices=[act.name for act in ACTS], action="append", help="one act; may be given again"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
