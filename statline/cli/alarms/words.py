"""The three parts of an alarm's text: what it means for clinicians, what to do first, and its runbook."""

import re
from dataclasses import dataclass
from pathlib import Path

import statline

_PARTS = re.compile(r"^(?P<means>.*?)(?:\s*First:\s*(?P<first>.*?))?(?:\s*Runbook:\s*(?P<runbook>\S+))?\s*$", re.DOTALL)
_PAGES = Path("docs") / "runbooks"


@dataclass(frozen=True, slots=True)
class Words:
    """An alarm's text in its parts; empty where it has none. runbook: a link."""

    means: str
    first: str
    runbook: str

    @property
    def page(self) -> Path | None:
        """The runbook in a checkout, this one's or the package's; None where there is none."""
        name = self.runbook.rpartition("/")[2].partition("#")[0]
        roots = (Path.cwd(), Path(statline.__file__).parents[1])
        return next((root / _PAGES / name for root in roots if name and (root / _PAGES / name).is_file()), None)


def words_of(description: str) -> Words:
    """The parts of an alarm's description."""
    found = _PARTS.match(description.strip())
    parts = found.groupdict(default="") if found else {"means": description, "first": "", "runbook": ""}
    return Words(parts["means"].strip(), parts["first"].strip(), parts["runbook"].strip())
