-- name: sequences
-- why: a sequence that is behind its table gives numbers that are taken.
-- rule: between
SELECT format('%I.%I', schemaname, sequencename), last_value::float8 FROM pg_sequences WHERE last_value IS NOT NULL
