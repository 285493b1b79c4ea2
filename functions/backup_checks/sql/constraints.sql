-- name: constraints kept
-- why: without a constraint the next release writes what the last one could not.
-- rule: kept
SELECT format('%I on %I.%I', k.conname, n.nspname, c.relname),
       md5(concat_ws('|', k.contype, pg_get_constraintdef(k.oid)))
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
-- That a column is not null is told with its relation; as a constraint of its own (PostgreSQL 18) it would be most of all.
WHERE k.contype <> 'n' AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
