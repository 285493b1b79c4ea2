"""Of which moment a page is, where the replica's name changes hands while a view is read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from functions.core.domain.directory.source_kind import SourceKind
from functions.reconcile.statements import DATA_AT
from functions.reconcile.views import ReplicaViews
from tests.fakes.clock import NOON

_EARLIER = NOON - timedelta(hours=1)


class Servers:
    """Sessions whose answers about the moment follow one another, and whose views are empty."""

    server = "the replica"

    def __init__(self, *moments: Any) -> None:
        self.moments = list(moments)

    def rows(self, statement: str, _parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return [(True, self.moments.pop(0))] if statement == DATA_AT else []


def test_a_page_that_an_older_server_may_have_given_is_of_the_older_moment() -> None:
    for moments in ((NOON, _EARLIER), (_EARLIER, NOON)):
        views = ReplicaViews(Servers(*moments))  # type: ignore[arg-type]
        assert [page.data_at for page in views.pages("northshore", SourceKind.USER)] == [_EARLIER]
