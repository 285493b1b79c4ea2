-- Whom `statline database` comes as. Run it once on the primary, as the master user; run it again after an upgrade.
-- It sees who is there and may end sessions; it reads no table.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'statline_break_glass') THEN
        CREATE ROLE statline_break_glass LOGIN CONNECTION LIMIT 3;
    END IF;

    GRANT pg_monitor, pg_signal_backend TO statline_break_glass;

    -- RDS: sign in with IAM, without a password that somebody must keep.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO statline_break_glass;
    END IF;

    -- PostgreSQL 16 and later: a connection is left for it when applications have taken all others
    -- (reserved_connections in the parameter group says how many).
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pg_use_reserved_connections') THEN
        BEGIN
            GRANT pg_use_reserved_connections TO statline_break_glass;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING 'pg_use_reserved_connections was not granted: with no connection left, come as the master user';
        END;
    END IF;
END
$$;
