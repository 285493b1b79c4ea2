-- name: relations kept
-- why: a table, view or sequence that is gone, or has other columns or rights, breaks who reads it.
-- rule: kept
SELECT format('%I.%I', n.nspname, c.relname),
       md5(concat_ws('|', c.relkind, c.relrowsecurity, c.relacl, pg_get_userbyid(c.relowner),
                     CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                     (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                                                  a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)),
                                        ',' ORDER BY a.attnum)
                      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence = 'p'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
