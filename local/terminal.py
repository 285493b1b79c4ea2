"""Where a demonstration or a drill says what came of it. Colour on a terminal only."""

from rich.console import Console, RenderableType
from rich.text import Text

_PLAIN_WIDTH = 120


class Terminal:
    """The terminal, or whatever the output was redirected to."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = _PLAIN_WIDTH

    def say(self, text: str | Text = "") -> None:
        """One line, never cut."""
        self._console.print(text, soft_wrap=True, markup=False)

    def show(self, what: RenderableType) -> None:
        """A table, say."""
        self._console.print(what)
