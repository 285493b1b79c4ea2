-- name: catalog whole
-- why: rows of the catalog that point at nothing are how a torn restore looks; queries fail one by one, for months.
-- rule: none
SELECT format('pg_class: %s has no namespace', c.relname), '' FROM pg_class c
WHERE NOT EXISTS (SELECT FROM pg_namespace n WHERE n.oid = c.relnamespace)
UNION ALL
SELECT format('pg_class: %s has no row type', c.oid::regclass), '' FROM pg_class c
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'c') AND c.reltype <> 0
  AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = c.reltype)
UNION ALL
SELECT format('pg_class: %s has %s columns and says %s', c.oid::regclass, count(a.attnum), c.relnatts), ''
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
GROUP BY c.oid, c.relnatts HAVING count(a.attnum) <> c.relnatts
UNION ALL
SELECT format('pg_class: %s has no owner', c.oid::regclass), '' FROM pg_class c
WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = c.relowner)
UNION ALL
SELECT format('pg_class: %s has no access method', c.oid::regclass), '' FROM pg_class c
WHERE c.relam <> 0 AND NOT EXISTS (SELECT FROM pg_am m WHERE m.oid = c.relam)
UNION ALL
SELECT format('pg_attribute: column %s of relation %s has no relation', a.attname, a.attrelid), '' FROM pg_attribute a
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = a.attrelid)
UNION ALL
SELECT format('pg_attribute: column %s of %s has no type', a.attname, a.attrelid::regclass), '' FROM pg_attribute a
WHERE a.atttypid <> 0 AND NOT a.attisdropped AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = a.atttypid)
UNION ALL
SELECT format('pg_attrdef: a default of relation %s has no column', d.adrelid), '' FROM pg_attrdef d
WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = d.adrelid AND a.attnum = d.adnum)
UNION ALL
SELECT format('pg_index: index %s of relation %s has no relation', x.indexrelid, x.indrelid), '' FROM pg_index x
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = x.indexrelid)
   OR NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = x.indrelid)
UNION ALL
SELECT format('pg_class: index %s has no row in pg_index', c.oid::regclass), '' FROM pg_class c
WHERE c.relkind IN ('i', 'I') AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indexrelid = c.oid)
UNION ALL
SELECT format('pg_class: %s has lost its table for long values', c.oid::regclass), '' FROM pg_class c
WHERE c.reltoastrelid <> 0 AND NOT EXISTS (SELECT FROM pg_class t WHERE t.oid = c.reltoastrelid)
UNION ALL
SELECT format('pg_constraint: %s has no table', k.conname), '' FROM pg_constraint k
WHERE k.conrelid <> 0 AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = k.conrelid)
UNION ALL
SELECT format('pg_trigger: %s has no table', t.tgname), '' FROM pg_trigger t
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = t.tgrelid)
UNION ALL
SELECT format('pg_type: %s has no namespace', t.typname), '' FROM pg_type t
WHERE NOT EXISTS (SELECT FROM pg_namespace n WHERE n.oid = t.typnamespace)
UNION ALL
SELECT format('pg_proc: %s has no namespace', p.proname), '' FROM pg_proc p
WHERE NOT EXISTS (SELECT FROM pg_namespace n WHERE n.oid = p.pronamespace)
UNION ALL
SELECT format('pg_inherits: relation %s has no parent', h.inhrelid), '' FROM pg_inherits h
WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = h.inhparent)
   OR NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = h.inhrelid)
UNION ALL
SELECT format('pg_depend: %s %s depends on something and is not there', d.classid::regclass, d.objid), ''
FROM pg_depend d
WHERE (d.classid = 'pg_class'::regclass AND NOT EXISTS (SELECT FROM pg_class WHERE oid = d.objid))
   OR (d.classid = 'pg_constraint'::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE oid = d.objid))
   OR (d.classid = 'pg_type'::regclass AND NOT EXISTS (SELECT FROM pg_type WHERE oid = d.objid))
   OR (d.classid = 'pg_proc'::regclass AND NOT EXISTS (SELECT FROM pg_proc WHERE oid = d.objid))
   OR (d.classid = 'pg_attrdef'::regclass AND NOT EXISTS (SELECT FROM pg_attrdef WHERE oid = d.objid))
UNION ALL
SELECT format('pg_depend: %s %s is depended on and is not there', d.refclassid::regclass, d.refobjid), ''
FROM pg_depend d
WHERE (d.refclassid = 'pg_class'::regclass AND NOT EXISTS (SELECT FROM pg_class WHERE oid = d.refobjid))
   OR (d.refclassid = 'pg_type'::regclass AND NOT EXISTS (SELECT FROM pg_type WHERE oid = d.refobjid))
   OR (d.refclassid = 'pg_proc'::regclass AND NOT EXISTS (SELECT FROM pg_proc WHERE oid = d.refobjid))
   OR (d.refclassid = 'pg_namespace'::regclass AND NOT EXISTS (SELECT FROM pg_namespace WHERE oid = d.refobjid))
