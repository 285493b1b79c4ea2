"""Settings of the SMS and the voice function, for tests: every lane has a number of its own."""

from functions.sms.settings import SmsSettings, TwilioSettings
from functions.voice.settings import VoiceSettings
from statline.contract.words import Priority

SMS = SmsSettings(
    state_table="states",
    escalation_queue="escalation",
    channel_queues={},
    receipt_deadlines_queue="receipt-deadlines",
    originations={Priority.STAT: "pool-stat", Priority.URGENT: "pool-urgent", Priority.ROUTINE: "pool-routine"},
    configuration_set="statline",
)
TWILIO = TwilioSettings(
    secret="arn:twilio",
    originations={Priority.STAT: "+14165550021", Priority.URGENT: "+14165550022", Priority.ROUTINE: "MG" + "0f" * 16},
    status_callback="http://127.0.0.1:9/twilio/status",
)
VOICE = VoiceSettings(
    state_table="states",
    escalation_queue="escalation",
    channel_queues={},
    receipt_deadlines_queue="receipt-deadlines",
    connect_instance="7f0b3c52-9d1e-4f57-8f0c-0c3a3f0f2b11",
    contact_flow="1c2d3e4f-0a1b-4c5d-8e9f-112233445566",
    source_numbers={
        Priority.STAT: "+14165550001",
        Priority.URGENT: "+14165550002",
        Priority.ROUTINE: "+14165550003",
    },
)
