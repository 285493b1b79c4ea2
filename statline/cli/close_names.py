"""Finds what was meant by a name that is not quite right."""

import difflib
from collections.abc import Iterable, Sequence

_MOST = 5
_LIKE = 0.5


def close_to(name: str, known: Iterable[str]) -> Sequence[str]:
    """The known names most like this one, the likest first: those that hold all its words, then misspelt ones."""
    names = sorted(known)
    words = name.lower().split()
    holding = [each for each in names if words and all(word in each.lower() for word in words)]
    lowered = {each.lower(): each for each in names}
    like = [lowered[each] for each in difflib.get_close_matches(name.lower(), lowered, n=_MOST, cutoff=_LIKE)]
    return list(dict.fromkeys([*holding, *like]))[:_MOST]


def the_one(name: str, known: Iterable[str]) -> str | None:
    """The name itself, however its letters are cased; None where there is none."""
    return next((each for each in known if each.lower() == name.strip().lower()), None)
