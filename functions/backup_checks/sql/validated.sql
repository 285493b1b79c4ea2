-- name: constraints validated
-- why: a constraint that is not validated says nothing about the rows that are there.
-- rule: none
SELECT format('%I on %I.%I is not validated', k.conname, n.nspname, c.relname), ''
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT k.convalidated AND c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
