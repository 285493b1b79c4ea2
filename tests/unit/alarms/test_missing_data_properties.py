"""What holds of every window, whatever is missing in it."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from statline.alarms.decision import Point, decide, evaluation_range, filled
from statline.alarms.model import Missing, State

PLAIN = st.sampled_from([Point.GOOD, Point.BREACH, Point.NONE])


@dataclass(frozen=True)
class Case:
    points: list[Point]
    periods: int
    enough: int

    def says(self, missing: Missing) -> State | None:
        return decide(self.points, periods=self.periods, enough=self.enough, missing=missing)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    periods = draw(st.integers(1, 6))
    count = evaluation_range(periods)
    points = draw(st.lists(PLAIN, min_size=count, max_size=count))
    return Case(points, periods, draw(st.integers(1, periods)))


@given(cases())
def test_with_enough_datapoints_the_treatment_of_missing_data_does_not_matter(case: Case) -> None:
    if filled(case.points, periods=case.periods) == 0:
        assert len({case.says(missing) for missing in Missing}) == 1


@given(cases())
def test_with_enough_datapoints_the_newest_decide_by_m_of_n(case: Case) -> None:
    there = [point for point in case.points if point is not Point.NONE]
    if len(there) >= case.periods:
        breaches = there[-case.periods :].count(Point.BREACH)
        assert case.says(Missing.MISSING) is (State.ALARM if breaches >= case.enough else State.OK)


@given(cases())
def test_an_alarm_under_any_treatment_is_one_where_missing_data_breaches(case: Case) -> None:
    if State.ALARM in {case.says(missing) for missing in Missing}:
        assert case.says(Missing.BREACHING) is State.ALARM


@given(cases())
def test_an_alarm_where_missing_data_is_good_is_one_under_any_treatment(case: Case) -> None:
    if case.says(Missing.NOT_BREACHING) is State.ALARM:
        assert {case.says(missing) for missing in Missing} == {State.ALARM}


@given(cases())
def test_only_silence_or_too_few_breaches_are_insufficient_data_and_only_where_missing_is_missing(case: Case) -> None:
    there = [point for point in case.points if point is not Point.NONE]
    if case.says(Missing.MISSING) is State.INSUFFICIENT_DATA:
        assert Point.GOOD not in there
        assert len(there) < case.enough
    if not there:
        assert case.says(Missing.MISSING) is State.INSUFFICIENT_DATA
    others = {case.says(missing) for missing in Missing if missing is not Missing.MISSING}
    assert State.INSUFFICIENT_DATA not in others


@given(cases())
def test_only_ignore_keeps_a_state_and_then_nothing_good_was_seen(case: Case) -> None:
    kept = [missing for missing in Missing if case.says(missing) is None]
    assert kept in ([], [Missing.IGNORE])
    if kept:
        assert Point.GOOD not in case.points


@given(cases())
def test_what_breaches_and_nothing_else_is_never_ok_where_missing_is_missing(case: Case) -> None:
    if Point.BREACH in case.points and Point.GOOD not in case.points:
        assert case.says(Missing.MISSING) is not State.OK


@given(cases(), st.data())
def test_a_breach_in_place_of_a_good_datapoint_never_ends_an_alarm(case: Case, data: st.DataObject) -> None:
    good = [index for index, point in enumerate(case.points) if point is Point.GOOD]
    if good:
        worse = list(case.points)
        worse[data.draw(st.sampled_from(good))] = Point.BREACH
        for missing in Missing:
            if case.says(missing) is State.ALARM:
                assert Case(worse, case.periods, case.enough).says(missing) is State.ALARM


@given(cases())
def test_a_lone_breach_alarms_before_its_time_only_when_nothing_good_is_in_the_range(case: Case) -> None:
    breaches = case.points.count(Point.BREACH)
    if breaches < case.enough and case.says(Missing.MISSING) is State.ALARM:
        assert Point.GOOD not in case.points
        assert len(case.points) - case.points.index(Point.BREACH) >= case.enough


@given(cases())
def test_what_lies_before_the_needed_datapoints_does_not_matter(case: Case) -> None:
    there = [index for index, point in enumerate(case.points) if point is not Point.NONE]
    if len(there) > case.periods:
        first = there[-case.periods]
        blanked = [Point.NONE] * first + case.points[first:]
        for missing in Missing:
            assert case.says(missing) is Case(blanked, case.periods, case.enough).says(missing)
