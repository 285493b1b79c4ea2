"""What each channel shows or says of a notification: pure, and the one place where patient content is let through.

Patient content goes out only on a channel that the tenant's policy names; elsewhere a neutral text stands for it.
A callback number is part of the content: where the content is about a patient, the number may be a family's, so it is
hidden with the rest.

`Screen.body` of an SMS is the whole text that is sent, and of a call the whole text that is spoken; `Screen.title`
is for the reader of a screen that has room for a title.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from functions.core.domain.delivering.delivery import DeliveryKey, Screen
from functions.core.domain.delivering.neutral_texts import (
    ASK_BY_TEXT,
    NEUTRAL_TEXTS,
    SPOKEN_OPENING,
    SPOKEN_URGENCY,
    URGENCY,
)
from functions.core.domain.delivering.sms_text import sms_text
from functions.core.domain.delivering.text_cutting import Text, fitted
from functions.core.domain.escalation.activation import code_of
from functions.core.domain.routing.recipients import wants_answer
from statline.contract.directory import TenantPolicyChange
from statline.contract.notification import Content, Notification
from statline.contract.words import Channel, Sensitivity

PUSH_BODY_BYTES = 2_000
"""The longest body of a push in UTF-8: FCM takes 4,096 bytes with everything around it. The app has the rest."""
SPOKEN_CHARACTERS = 600
"""The longest text that a call speaks: about 40 seconds."""
REFERENCE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class _Said:
    """What may be told on one channel."""

    title: str
    body: str
    spoken: str


class Renderer:
    """Renders one notification under its tenant's policy. Each channel's text is made and cut once, for everybody."""

    def __init__(self, notification: Notification, policy: TenantPolicyChange) -> None:
        self.notification = notification
        self.policy = policy
        self._screens: dict[Channel, Screen] = {}

    def screen(self, key: DeliveryKey) -> Screen:
        """What the delivery of this key shows or says."""
        return referenced(self.unreferenced(key.channel), key)

    def unreferenced(self, channel: Channel) -> Screen:
        """What everybody is shown or told on a channel: a text still lacks its reference, and has room for it."""
        screen = self._screens.get(channel)
        if screen is None:
            screen = self._screens[channel] = _SCREENS[channel](self, self._said(channel))
        return screen

    def _said(self, channel: Channel) -> _Said:
        content = self.notification.content
        allowed = content.sensitivity is Sensitivity.OPERATIONAL or channel in self.policy.patient_content
        return _told(content) if allowed else self._neutral()

    def _neutral(self) -> _Said:
        neutral = NEUTRAL_TEXTS[self.notification.kind]
        return _Said(URGENCY[self.notification.priority] + neutral.title, neutral.body, f"You have {neutral.spoken}.")

    def _push(self, said: _Said) -> Screen:
        body = fitted(said.body, lambda text: len(text.encode()) <= PUSH_BODY_BYTES, mark="...")
        return Screen(title=said.title, body=body.text, cut=body.cut)

    def _sms(self, said: _Said) -> Screen:
        """The text without its reference, but with room for one: all references take the same room."""
        text = f"{said.title}\n{said.body}" if said.body else said.title
        room = reference("0" * REFERENCE_DIGITS)
        whole = sms_text(text, segments=self.policy.sms_segments, tail=self._ask() + room)
        return Screen(title=said.title, body=whole.text.removesuffix(room), cut=whole.cut)

    def _ask(self) -> str:
        """What a text asks for: an answer, where one is wanted. The call asks by itself, the app by its own keys."""
        notification = self.notification
        if not wants_answer(notification.kind, notification.priority):
            return ""
        return ASK_BY_TEXT.format(code=code_of(notification.tenant, notification.id))

    def _voice(self, said: _Said) -> Screen:
        spoken = _speakable(said.spoken)
        parts = (SPOKEN_OPENING, SPOKEN_URGENCY[self.notification.priority], spoken.text)
        return Screen(title=said.title, body=" ".join(part for part in parts if part), cut=spoken.cut)


_SCREENS: Mapping[Channel, Callable[[Renderer, _Said], Screen]] = {
    Channel.PUSH: Renderer._push,
    Channel.SMS: Renderer._sms,
    Channel.VOICE: Renderer._voice,
}


def referenced(screen: Screen, key: DeliveryKey) -> Screen:
    """A channel's screen as the delivery of this key shows it: the text of an SMS with its reference."""
    if key.channel is not Channel.SMS:
        return screen
    return screen.model_copy(update={"body": screen.body + reference(key.id)})


def reference(delivery: str) -> str:
    """The end of an SMS: the start of its delivery's id. Two texts with the same one are the same text twice."""
    return f"\nRef {delivery[:REFERENCE_DIGITS]}"


def _told(content: Content) -> _Said:
    """The content itself. The number to call stands first: whatever is cut, it stays."""
    callback, spoken_callback = _callback(content.callback)
    body = "\n".join(part for part in (callback, content.body) if part)
    spoken = (content.title, spoken_callback, content.body)
    return _Said(content.title, body, ". ".join(part.rstrip(".") for part in spoken if part) + ".")


def _callback(number: str | None) -> tuple[str, str]:
    return (f"Call back {number}", f"Call back {' '.join(number[1:])}") if number else ("", "")


def _speakable(text: str) -> Text:
    return fitted(text, lambda said: len(said) <= SPOKEN_CHARACTERS, mark=" ... The rest is in the app.")
