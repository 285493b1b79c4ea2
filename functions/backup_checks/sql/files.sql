-- name: relations have their files
-- why: a relation whose file is gone reads as empty until somebody writes to it.
-- rule: none
SELECT format('%s has no file', c.oid::regclass), '' FROM pg_class c
WHERE c.relkind IN ('r', 'i', 't', 'm', 'S') AND c.relpersistence = 'p' AND pg_relation_filenode(c.oid) IS NULL
UNION ALL
SELECT format('%s is empty, which no index, sequence or table of known size is', c.oid::regclass), '' FROM pg_class c
WHERE c.relpersistence = 'p' AND pg_relation_size(c.oid) = 0
  AND (c.relkind = 'S' OR (c.relkind IN ('i', 'r', 't', 'm') AND c.relpages > 0))
