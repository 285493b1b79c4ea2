-- The four views that Statline's reconcile reads, every few minutes, on the replica. The owner of the database writes
-- them over his own tables and installs them on the primary; here they stand over the tables of example_base.sql.
-- Names, columns and types are the agreement. docs/directory.md says what the reconcile does with them.
--
-- Columns
--   tenant     text         as in Statline's config: a-z, 0-9 and -, 2 to 32 characters
--   id ...     text         1 to 128 of A-Z a-z 0-9 . _ : -   (also user_id, team_id, role and each of roles)
--   revision   bigint       1 to 2^53, raised with EVERY change of what the row shows: a row version that a trigger
--                           raises, or milliseconds since 1970. A row that changes without it is not taken over.
--   uses       text[]       of sms, voice
--   quiet_*    time, time, text   all three or none; the zone is a name of the IANA list, like America/Toronto
--   starts_at, ends_at      timestamptz
--   policy     text         the escalation policy of the team's activations, or null
--   duty       text         primary; backup for who is paged only when nobody of the shift answers
-- New columns come at the end of a view: install it before the version of Statline that reads them.
-- A number column may be of any integer type. A row that breaks the agreement is named in the log by its ids and passed
-- over; it holds up no other row.
--
-- The key must be unique and indexable. The reconcile asks, for one tenant at a time,
--     SELECT ... FROM statline_contact_points
--     WHERE tenant = 'northshore' AND (user_id, id) > ('u-17', 'mobile') ORDER BY user_id, id LIMIT 1000
-- and needs an index of the table behind it that begins with these columns, in this order:
--     statline_users            tenant, id
--     statline_contact_points   tenant, user_id, id
--     statline_teams            tenant, id
--     statline_shifts           tenant, team_id, id
-- A cast hides an index: where your key is a number and the view says `staff_no::text AS id`, make the index over the
-- same expression, (tenant, (staff_no::text)). A view with DISTINCT, GROUP BY, UNION or a window function computes all
-- of itself for every page: put that into a table of its own. `EXPLAIN` of the statement above must show an index.
--
-- What a view leaves out is deleted from the directory (within limits: docs/directory.md). Leave out whom nobody may
-- page any more; leave nobody out for another reason. Shifts may be left out once they have ended.

CREATE OR REPLACE VIEW statline_users AS
SELECT tenant, id, full_name AS name, quiet_starts, quiet_ends, quiet_zone, version AS revision
FROM staff
WHERE employed;

CREATE OR REPLACE VIEW statline_contact_points AS
SELECT tenant, staff_id AS user_id, id, number, uses, rank, version AS revision
FROM staff_phone;

CREATE OR REPLACE VIEW statline_teams AS
SELECT tenant, id, title AS name, roles, version AS revision, policy
FROM care_team;

CREATE OR REPLACE VIEW statline_shifts AS
SELECT tenant, team_id, id, staff_id AS user_id, role, starts_at, ends_at, version AS revision, duty
FROM rota
WHERE ends_at > now() - interval '1 day';
