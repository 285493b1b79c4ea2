-- name: indexes valid and ready
-- why: PostgreSQL does not read an index that is not valid, and does not write to one that is not ready.
-- rule: none
SELECT format('%I.%I is not %s', n.nspname, i.relname,
              CASE WHEN NOT x.indisvalid THEN 'valid' WHEN NOT x.indisready THEN 'ready' ELSE 'alive' END), ''
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE NOT (x.indisvalid AND x.indisready AND x.indislive) AND i.relpersistence = 'p'
