"""Incidents played on the laptop cloud while notifications flow: what clinicians feel, and what on-call hears.

`january` is the drill of 10 January, three acts with the database's own pain beside it; `live` are the others, one
incident each. What both need stands here: the region, the traffic, on-call's ears, the measures.
"""
