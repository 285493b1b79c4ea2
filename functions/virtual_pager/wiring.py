"""Where the virtual pager's parts are put together, once per cold start."""

import os
from functools import cache, partial

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.clock import utc_now
from functions.core.adapters.directory.table import DirectoryTable
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.ingress_doors import IngressDoors
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.page_by_number import PageByNumber
from functions.virtual_pager.conversation import Conversation
from functions.virtual_pager.entrance import PagerEntrance
from functions.virtual_pager.settings import VirtualPagerSettings


@cache
def wire() -> PagerEntrance:
    """The virtual pager on this function's table and queues. Raises `MisconfiguredError`."""
    settings = read_settings(VirtualPagerSettings, os.environ)
    log = Log("virtual_pager")
    page = PageByNumber(
        directory=DirectoryTable(create_client("dynamodb"), settings.directory_table, partial(_unreadable, log)),
        doors=IngressDoors(create_client("sqs"), settings.ingress_queues),
        clock=utc_now,
        channels=frozenset(settings.channels),
    )
    return PagerEntrance(Conversation(page, utc_now), log)


def _unreadable(log: Log, tenant: str, what: str) -> None:
    log.warn("unreadable directory entry", tenant=tenant, reason=what)
