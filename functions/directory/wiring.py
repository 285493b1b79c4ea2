"""Where the directory function's parts are put together, once per cold start."""

import os
from functools import cache

from functions.core.adapters.aws.clients import create_client
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.adapters.environment import read_settings
from functions.core.adapters.queues.quarantine import QuarantineQueue
from functions.core.adapters.telemetry.logs import Log
from functions.core.services.directory_changes import DirectoryChanges
from functions.directory.log import DirectoryLog
from functions.directory.settings import DirectorySettings


@cache
def wire() -> DirectoryChanges:
    """The use case on this function's table and queue. Raises `MisconfiguredError`."""
    settings = read_settings(DirectorySettings, os.environ)
    return DirectoryChanges(
        writer=DirectoryTableWriter(create_client("dynamodb"), settings.directory_table),
        quarantine=QuarantineQueue(create_client("sqs"), settings.quarantine_queue),
        log=DirectoryLog(Log("directory")),
    )
