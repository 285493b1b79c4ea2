"""Calls as the people on them live through them: ringing, hearing, keys, the end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from local.clock import Clock
from local.sandbox.feed import Feed
from local.sandbox.people.habits import Habit

What = Literal["rings", "answers", "hears", "presses", "hangs_up", "ended", "texts"]
EndReason = Literal["unanswered", "busy", "hung_up", "over", "stopped", "failed"]

_RINGS_SECONDS = 25.0
_VOICEMAIL_AFTER = 12.0
_BUSY_AFTER = 1.0
_LETTERS_PER_SECOND = 15.0
_LONGEST_SPEECH = 20.0


class Happening(BaseModel):
    """Something that a person does or lives through: on a call, or when texting. `call` is the provider's id of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int
    at: float
    """Epoch seconds."""
    phone: str
    what: What
    call: str = ""
    text: str = ""
    """The words heard, the keys pressed, the text sent, or why the call ended."""


class CallEndedError(Exception):
    """The call is over: nobody hears what would be said next."""


@dataclass(eq=False)
class Call:
    """One call, seen from the phone. `picks_up`: it was made to the phone; a person who calls is there at once."""

    id: str
    phone: str
    other: str
    habit: Habit
    switchboard: "Switchboard"
    answered: bool = False
    end: EndReason | None = None
    _keyed: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def ring(self) -> bool:
        """Let it ring; whether somebody or something answers."""
        self._tell("rings", self.other)
        waits = {"ignores": _RINGS_SECONDS, "voicemail": _VOICEMAIL_AFTER, "busy": _BUSY_AFTER}
        seconds = waits.get(self.habit.on_call, self.habit.picks_up_after)
        await self._pause(seconds, until=lambda: bool(self._keyed))
        if not self._keyed and self.habit.on_call in {"ignores", "busy"}:
            self.finish("busy" if self.habit.on_call == "busy" else "unanswered")
            return False
        self.answer()
        return True

    def answer(self) -> None:
        """Somebody is on the line, or the voicemail."""
        self.answered = True
        self._tell("answers", "voicemail" if self.habit.on_call == "voicemail" else "")

    async def hear(self, text: str) -> None:
        """Speak to whoever is on the line. CallEndedError when the call ends meanwhile."""
        self._tell("hears", text)
        await self._pause(min(len(text) / _LETTERS_PER_SECOND, _LONGEST_SPEECH))

    async def ask(self, text: str, *, seconds: float) -> str | None:
        """Ask for keys; what was pressed, or None when nothing was in time. A key interrupts what is spoken."""
        if text:
            self._tell("hears", text)
        if self.habit.on_call == "listens" and self.habit.keys and not self._keyed:
            asked = self.switchboard.questions_of(self)
            if asked < len(self.habit.keys):
                self.press(self.habit.keys[asked])
        speech = min(len(text) / _LETTERS_PER_SECOND, _LONGEST_SPEECH)
        await self._pause(speech + seconds, until=lambda: bool(self._keyed))
        return self._keyed.pop(0) if self._keyed else None

    def press(self, keys: str) -> None:
        """Key something in: the answer to the question that is asked, or to the next one."""
        self._tell("presses", keys)
        self._keyed.append(keys)
        self._news.set()

    def hang_up(self) -> None:
        """The person ends the call."""
        self._tell("hangs_up")
        self.finish("hung_up")

    def finish(self, reason: EndReason) -> None:
        """End the call, once."""
        if self.end is None:
            self.end = reason
            self._tell("ended", reason)
            self._news.set()

    async def _pause(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let people's time pass, shortened by the pace, until something is so. CallEndedError when the call ends."""
        try:
            async with asyncio.timeout(seconds * self.switchboard.pace):
                while self.end is None and not until():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        if self.end is not None:
            raise CallEndedError(self.end)

    def _tell(self, what: What, text: str = "") -> None:
        self.switchboard.tell(self.phone, what, text, call=self.id)


class Switchboard:
    """The calls that are going on, and everything that happens on them.

    `pace`: how long people's seconds take here; 1 is as long as in life, 0 is at once.
    """

    def __init__(self, clock: Clock) -> None:
        self.pace = 1.0
        self.feed: Feed[Happening] = Feed()
        self._clock = clock
        self._calls: dict[str, Call] = {}
        self._questions: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def place(self, call_id: str, phone: str, other: str, habit: Habit) -> Call:
        """A new call with this phone on it."""
        self._calls[call_id] = call = Call(call_id, phone, other, habit, self)
        return call

    def find(self, call_id: str) -> Call | None:
        """A call that goes on."""
        return self._calls.get(call_id)

    def on_phone(self, phone: str) -> Call | None:
        """The newest call that goes on at a phone."""
        return next((call for call in reversed(self._calls.values()) if call.phone == phone), None)

    def questions_of(self, call: Call) -> int:
        """How many questions the call asked before this one."""
        asked = self._questions.get(call.id, 0)
        self._questions[call.id] = asked + 1
        return asked

    def remove(self, call: Call) -> None:
        """The call is over, and all was said of it."""
        self._calls.pop(call.id, None)
        self._questions.pop(call.id, None)

    @property
    def going_on(self) -> int:
        """How many calls and errands are not over."""
        return len(self._tasks)

    def tell(self, phone: str, what: What, text: str = "", *, call: str = "") -> None:
        """Put it into the feed."""
        self.feed.append(
            Happening(seq=self.feed.last + 1, at=self._clock.time(), phone=phone, what=what, call=call, text=text)
        )

    def run(self, errand: Coroutine[Any, Any, None]) -> None:
        """Do something beside the requests, until it is over or the sandbox ends."""
        task = asyncio.get_running_loop().create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def later(self, seconds: float, errand: Callable[[], Awaitable[None]]) -> None:
        """Do something after so many of people's seconds."""

        async def wait_and_do() -> None:
            await asyncio.sleep(seconds * self.pace)
            await errand()

        self.run(wait_and_do())

    def clear(self) -> None:
        """End everything; nobody is told any more."""
        for task in self._tasks:
            task.cancel()
        self._calls.clear()
        self._questions.clear()
        self.feed.clear()
