-- name: indexes kept
-- why: a missing index is found when the first query takes minutes; a missing unique one, when two rows are the same.
-- rule: kept
SELECT format('%I.%I', n.nspname, i.relname), md5(pg_get_indexdef(i.oid))
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE i.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
