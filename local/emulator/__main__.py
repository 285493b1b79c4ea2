"""`python -m local.emulator`: the completed emulator, until it is asked to stop. `local.cloud` starts it."""

from ministack import app

from local.emulator import (
    alarms,
    attributes,
    batch_actions,
    databases,
    embedded_metrics,
    function_settings,
    identities,
    inline_policies,
    listener,
    message_store,
    secret_references,
    senders,
    state_machine_versions,
    streams,
    template_types,
    unpacking,
    wakeups,
    workers,
)

COMPLETIONS = (
    listener,
    identities,
    secret_references,
    senders,
    message_store,
    wakeups,
    streams,
    unpacking,
    workers,
    embedded_metrics,
    function_settings,
    alarms,
    attributes,
    batch_actions,
    databases,
    inline_policies,
    state_machine_versions,
    template_types,
)

if __name__ == "__main__":
    for completion in COMPLETIONS:
        completion.install()
    app.main()
