"""`python -m local.emulator`: the completed emulator, until it is asked to stop. `local.cloud` starts it."""

from ministack import app

from local.emulator import clock, databases, http_apis, listener, message_store, schedules, service_calls
from local.emulator.figures import (
    alarm_states,
    embedded_metrics,
    execution_figures,
    figure_feed,
    figure_store,
    function_figures,
    queue_figures,
    tallies,
    topic_figures,
)
from local.emulator.functions import error_types, rule_calls, starts, streams, unpacking, wakeups, workers
from local.emulator.permissions import batch_actions, condition_keys, identities, senders
from local.emulator.step_functions import execution_rights, executions, sdk_calls
from local.emulator.templates import (
    alarms,
    attributes,
    function_settings,
    inline_policies,
    secret_references,
    state_machine_versions,
    template_types,
)

COMPLETIONS = (
    listener,
    http_apis,
    identities,
    secret_references,
    senders,
    message_store,
    clock,
    figure_store,
    figure_feed,
    tallies,
    queue_figures,
    function_figures,
    topic_figures,
    wakeups,
    streams,
    unpacking,
    workers,
    starts,
    error_types,
    embedded_metrics,
    function_settings,
    rule_calls,
    schedules,
    service_calls,
    alarm_states,
    alarms,
    attributes,
    batch_actions,
    condition_keys,
    databases,
    inline_policies,
    sdk_calls,
    execution_rights,
    executions,
    execution_figures,
    state_machine_versions,
    template_types,
)

if __name__ == "__main__":
    for completion in COMPLETIONS:
        completion.install()
    app.main()
