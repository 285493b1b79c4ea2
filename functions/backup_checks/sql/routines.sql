-- name: routines, triggers and extensions kept
-- why: a trigger that is gone or disabled lets rows in that nothing looked at (foreign keys are triggers, too); one that
--   was added, or a rule, does with them what nobody asked for.
-- rule: same
SELECT format('trigger %I on %I.%I', t.tgname, n.nspname, c.relname),
       md5(concat_ws('|', t.tgenabled, pg_get_triggerdef(t.oid)))
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relpersistence = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
       md5(concat_ws('|', p.prosrc, p.prosqlbody::text, p.proacl, p.prosecdef))
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT format('extension %I', extname), extversion FROM pg_extension
UNION ALL
SELECT format('rule %I on %I.%I', r.rulename, n.nspname, c.relname), md5(concat_ws('|', r.ev_enabled, pg_get_ruledef(r.oid)))
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION ALL
SELECT format('event trigger %I', evtname), md5(concat_ws('|', evtevent, evtenabled, evtfoid::regproc)) FROM pg_event_trigger
UNION ALL
SELECT format('policy %I on %s', polname, polrelid::regclass),
       md5(concat_ws('|', polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)))
FROM pg_policy
