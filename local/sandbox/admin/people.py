"""The admin interface's part about people: their habits, what they do now, the lines that they can reach."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from local.sandbox.admin.requests import BadRequestError, number, wait
from local.sandbox.connect.contact_flows import ContactFlows
from local.sandbox.end_user_messaging.texts import Texts
from local.sandbox.http_server import Request, Response, json_response
from local.sandbox.people.habits import Habits
from local.sandbox.people.lines import Line
from local.sandbox.twilio.people import TwilioPeople
from local.sandbox.world import World

_LINES: TypeAdapter[dict[str, tuple[Line, ...]]] = TypeAdapter(dict[str, tuple[Line, ...]])
_LIMIT = 10_000
_PHONE = "/phones/"


class Press(BaseModel):
    """Keys pressed on the call that a phone is on, or that it rings with."""

    model_config = ConfigDict(extra="forbid")

    keys: str = Field(pattern=r"^[0-9*#]{1,40}$")


class TextTo(BaseModel):
    """A text from a phone to a line."""

    model_config = ConfigDict(extra="forbid")

    to: str
    body: str


class CallTo(BaseModel):
    """A call from a phone to a line; `keys` are pressed one after another, each at a question."""

    model_config = ConfigDict(extra="forbid")

    to: str
    keys: tuple[str, ...] = ()


class Pace(BaseModel):
    """How long people's seconds take."""

    model_config = ConfigDict(extra="forbid")

    factor: float = Field(ge=0, le=10)


@dataclass(frozen=True)
class AdminOfPeople:
    """What the interface looks at and moves."""

    world: World
    flows: ContactFlows
    texts: Texts
    twilio: TwilioPeople

    def route(self, method: str, path: str) -> Callable[[Request], Awaitable[Response]] | None:
        """Who answers a request; None when it is about something else."""
        routes: dict[tuple[str, str], Callable[[Request], Awaitable[Response]]] = {
            ("GET", "/habits"): self._show_habits,
            ("PUT", "/habits"): self._set_habits,
            ("DELETE", "/habits"): self._clear_habits,
            ("GET", "/lines"): self._show_lines,
            ("PUT", "/lines"): self._set_lines,
            ("GET", "/happenings"): self._happenings,
            ("GET", "/pace"): self._show_pace,
            ("PUT", "/pace"): self._set_pace,
        }
        acts: Mapping[str, Callable[[Request], Awaitable[Response]]] = {
            "press": self._press,
            "hang-up": self._hang_up,
            "text": self._text,
            "call": self._call,
        }
        if method == "POST" and path.startswith(_PHONE):
            return acts.get(path.rpartition("/")[2])
        return routes.get((method, path))

    async def _show_habits(self, request: Request) -> Response:
        del request
        return json_response(200, self.world.habits.current.model_dump(mode="json"))

    async def _set_habits(self, request: Request) -> Response:
        self.world.habits.current = Habits.model_validate_json(request.body)
        return await self._show_habits(request)

    async def _clear_habits(self, request: Request) -> Response:
        self.world.habits.current = Habits()
        return await self._show_habits(request)

    async def _show_lines(self, request: Request) -> Response:
        del request
        shown = {number: [line.model_dump() for line in lines] for number, lines in self.world.lines.current.items()}
        return json_response(200, shown)

    async def _set_lines(self, request: Request) -> Response:
        """Set the lines of the numbers that are named; the others stay."""
        self.world.lines.current = {**self.world.lines.current, **_LINES.validate_json(request.body)}
        return await self._show_lines(request)

    async def _happenings(self, request: Request) -> Response:
        after, limit = number(request, "after", 0), number(request, "limit", _LIMIT)
        await self.world.switchboard.feed.wait_beyond(after, wait(request))
        found = self.world.switchboard.feed.after(after, limit)
        last = found[-1].seq if found else self.world.switchboard.feed.last
        return json_response(200, {"happenings": [each.model_dump() for each in found], "last": last})

    async def _show_pace(self, request: Request) -> Response:
        del request
        return json_response(200, {"factor": self.world.switchboard.pace, "going_on": self.world.switchboard.going_on})

    async def _set_pace(self, request: Request) -> Response:
        self.world.switchboard.pace = Pace.model_validate_json(request.body).factor
        return await self._show_pace(request)

    async def _press(self, request: Request) -> Response:
        keys = Press.model_validate_json(request.body).keys
        call = self.world.switchboard.on_phone(_phone_of(request))
        if call is None:
            raise BadRequestError(f"{_phone_of(request)} is on no call, and none rings there.")
        call.press(keys)
        return json_response(200, {"call": call.id})

    async def _hang_up(self, request: Request) -> Response:
        call = self.world.switchboard.on_phone(_phone_of(request))
        if call is None:
            raise BadRequestError(f"{_phone_of(request)} is on no call.")
        call.hang_up()
        return json_response(200, {"call": call.id})

    async def _text(self, request: Request) -> Response:
        text, phone = TextTo.model_validate_json(request.body), _phone_of(request)
        line = self.world.lines.for_texts(text.to)
        if line is None:
            raise BadRequestError(f"Nobody takes what is texted to {text.to}: PUT /lines says which number is whose.")
        way_in = self.texts.inbound if line.provider == "sms" else self.twilio.inbound
        self.world.switchboard.run(way_in(phone, text.to, text.body, line))
        return json_response(200, {})

    async def _call(self, request: Request) -> Response:
        wanted, phone = CallTo.model_validate_json(request.body), _phone_of(request)
        line = self.world.lines.for_calls(wanted.to)
        if line is None:
            raise BadRequestError(f"Nobody answers {wanted.to}: PUT /lines says which number is whose.")
        way_in = self.flows.call_in if line.provider == "connect" else self.twilio.call_in
        return json_response(200, {"call": way_in(phone, wanted.to, line, wanted.keys)})


def _phone_of(request: Request) -> str:
    return request.path.removeprefix(_PHONE).rpartition("/")[0]
