"""`python -m local.emulator`: the completed emulator, until it is asked to stop. `local.cloud` starts it."""

from ministack import app

from local.emulator import (
    alarm_evaluation,
    alarms,
    attributes,
    batch_actions,
    condition_keys,
    databases,
    embedded_metrics,
    error_types,
    execution_rights,
    executions,
    function_settings,
    identities,
    inline_policies,
    listener,
    message_store,
    rule_calls,
    sdk_calls,
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
    error_types,
    embedded_metrics,
    function_settings,
    rule_calls,
    alarm_evaluation,
    alarms,
    attributes,
    batch_actions,
    condition_keys,
    databases,
    inline_policies,
    sdk_calls,
    execution_rights,
    executions,
    state_machine_versions,
    template_types,
)

if __name__ == "__main__":
    for completion in COMPLETIONS:
        completion.install()
    app.main()
