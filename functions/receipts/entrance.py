"""How a batch of the receipts queue is taken up, and what is to come again becomes SQS's partial batch answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.core.adapters.queues.inbox import receives_of
from functions.core.domain.errors import TemporaryError
from functions.core.domain.escalation.step_name import activation_of
from functions.core.domain.ports.delivering import Inbox, Quarantine
from functions.core.domain.receipts.receipt_states import Receipt
from functions.core.domain.routing.lanes import outage_pause
from functions.core.services.acknowledge import Acknowledge
from functions.core.services.answer_text import AnswerText, AnswerTooEarlyError, IncomingText
from functions.core.services.record_receipts import ReceiptTooEarlyError, Recorded, RecordReceipt
from functions.receipts.events import receipt_of
from functions.receipts.log import Outcome, ReceiptsLog
from functions.receipts.reading import read_word
from functions.receipts.settings import AppSender
from functions.receipts.words import ContactEvent, Nothing, Refused, Word
from statline.contract.receipts import AppAnswer
from statline.contract.words import Via

BatchAnswer = dict[str, list[dict[str, str]]]


class NothingTakenUpError(TemporaryError):
    """Every message of a batch stays on its queue."""


@dataclass(frozen=True, slots=True)
class _Stays:
    """A message that stays on its queue.

    early: nothing is wrong, it only came too soon. outage: a store of ours holds it up.
    """

    early: bool
    outage: bool = False


@dataclass(frozen=True, slots=True)
class ReceiptsEntrance:
    """Where the receipts queue's batches come in.

    attributes_of: a call's, by its contact id. inbox_of: the queue that a message came from, by its ARN.
    """

    apps: Mapping[str, AppSender]
    record: RecordReceipt
    answer: AnswerText
    acknowledge: Acknowledge
    attributes_of: Callable[[str], Mapping[str, str]]
    quarantine: Quarantine
    inbox_of: Callable[[str], Inbox]
    log: ReceiptsLog

    def __call__(self, records: Sequence[Mapping[str, Any]]) -> BatchAnswer:
        """Take up each message, and answer which are to stay.

        Raises `NothingTakenUpError` where all of them are: Lambda then counts an error, which alarms. A receipt that
        was faster than the answer to its call is no trouble, nor is an answer that was faster than the look at its
        activation: it comes again in a moment.
        """
        outcomes = [(record, self._try(record)) for record in records]
        self.log.measure([outcome for _, outcome in outcomes if isinstance(outcome, Recorded)])
        self._wait_out([record for record, outcome in outcomes if isinstance(outcome, _Stays) and outcome.outage])
        staying = [record["messageId"] for record, outcome in outcomes if isinstance(outcome, _Stays)]
        if staying and all(isinstance(outcome, _Stays) and not outcome.early for _, outcome in outcomes):
            raise NothingTakenUpError("not one message of the batch was taken up; the log says why for each")
        return {"batchItemFailures": [{"itemIdentifier": message} for message in staying]}

    def _try(self, record: Mapping[str, Any]) -> "Outcome | _Stays":
        """What became of a message."""
        try:
            return self._take_up(record)
        except Exception as cause:  # noqa: BLE001 - whatever it is: it is told, and one message holds up no other
            self.log.staying(record["messageId"], cause)
            early = isinstance(cause, ReceiptTooEarlyError | AnswerTooEarlyError)
            return _Stays(early=early, outage=isinstance(cause, TemporaryError) and not early)

    def _wait_out(self, held_up: Sequence[Mapping[str, Any]]) -> None:
        """Hide what a store holds up, so that its outage makes no dead letters of people's answers. Best effort."""
        for record in held_up:
            pause = outage_pause(receives_of(record))
            if pause:
                self.inbox_of(record["eventSourceARN"]).postpone({record["receiptHandle"]: pause.total_seconds()})

    def _take_up(self, record: Mapping[str, Any]) -> Outcome:
        word = read_word(record["body"], record["attributes"]["SenderId"], self.apps)
        if isinstance(word, AppAnswer):
            said = self.acknowledge(
                word.tenant, activation_of(word.notification), word.user, word.answer, Via.APP, said_at=word.at
            )
            self.log.answered(record["messageId"], word, said)
            return said
        outcome = self._became(word, record["body"])
        self.log.done(record["messageId"], outcome)
        return outcome

    def _became(self, word: Word, body: str) -> Outcome:
        match word:
            case Receipt():
                return self.record(word)
            case IncomingText():
                return self.answer(word)
            case ContactEvent(contact=contact):
                receipt = receipt_of(word, self.attributes_of(contact))
                return self.record(receipt) if receipt else Nothing("not_ours")
            case Refused(reason=reason):
                self.quarantine.keep(body, reason)
                return word
            case _:
                return Nothing(word.kind)
