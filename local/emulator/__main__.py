"""`python -m local.emulator`: the completed emulator, until it is asked to stop (see `local.cloud`, which starts it)."""

from ministack import app

from local.emulator import (
    alarms,
    databases,
    identities,
    listener,
    log_streams,
    message_store,
    senders,
    streams,
    template_types,
    wakeups,
    workers,
)

COMPLETIONS = (
    listener,
    identities,
    senders,
    message_store,
    wakeups,
    streams,
    workers,
    log_streams,
    alarms,
    databases,
    template_types,
)

if __name__ == "__main__":
    for completion in COMPLETIONS:
        completion.install()
    app.main()
