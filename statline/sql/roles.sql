-- The two roles that Statline's functions come as, and what they may do. Run it on the primary, in the database that has
-- the views (after directory_views.sql), as a role that may create roles: on RDS the master user. It can be run again.
--
-- Both sign in without a stored password. On RDS they are members of rds_iam: the password of each connection is a
-- token of 15 minutes that the function makes from its own AWS credentials, and TLS is required. A role in rds_iam
-- cannot sign in with a password any more.
--
-- CONNECTION LIMIT is what a fault of Statline's can cost this server in connections (the incident of 2 March: a
-- service opened them until nobody got one). The reconcile uses one at a time; the limit leaves room for one that has
-- not been noticed to be dead. The limits hold on each server for itself: primary, replica, restored copy.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'statline_directory') THEN
        CREATE ROLE statline_directory LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'statline_backup') THEN
        CREATE ROLE statline_backup LOGIN;
    END IF;
END
$$;

-- The reconcile: reads four views, and can do nothing else. Its sessions ask for shorter times than these; these hold
-- if a session does not.
ALTER ROLE statline_directory CONNECTION LIMIT 3;
ALTER ROLE statline_directory SET default_transaction_read_only = on;
ALTER ROLE statline_directory SET statement_timeout = '15s';
ALTER ROLE statline_directory SET lock_timeout = '2s';
ALTER ROLE statline_directory SET idle_in_transaction_session_timeout = '15s';
ALTER ROLE statline_directory SET idle_session_timeout = '2min';
GRANT SELECT ON statline_users, statline_contact_points, statline_teams, statline_shifts TO statline_directory;

-- The checks of backups and the dumps made from them: read everything. It comes to the replica (counts of rows) and to
-- restored copies; network and policies keep it from the primary. pg_read_all_data passes no row-level security: where
-- a table has some, pg_dump says so, and the role needs BYPASSRLS as well.
ALTER ROLE statline_backup CONNECTION LIMIT 6;
ALTER ROLE statline_backup SET default_transaction_read_only = on;
ALTER ROLE statline_backup SET lock_timeout = '10s';
GRANT pg_read_all_data TO statline_backup;

-- Of when the replica's data is, by the primary's clock, told to a role that may not look into the server's statistics.
-- While the replica has replayed all that the primary told it of, that is the primary's last word (which comes at least
-- every half minute, also when nothing is written); otherwise, and while it hears nothing, the last transaction that it
-- replayed. NULL: it knows neither. The function's owner must be allowed to see pg_stat_wal_receiver (a member of
-- pg_monitor, which RDS's master user is); else only the transaction counts, and a quiet primary makes it look old.
CREATE OR REPLACE FUNCTION statline_replica_data_at() RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN GREATEST(
    pg_last_xact_replay_timestamp(),
    (SELECT last_msg_send_time FROM pg_stat_wal_receiver
     WHERE status = 'streaming' AND pg_last_wal_replay_lsn() >= latest_end_lsn)
);
REVOKE ALL ON FUNCTION statline_replica_data_at() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION statline_replica_data_at() TO statline_directory;

DO $$
DECLARE
    home text := (SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
                  WHERE pg_class.oid = 'statline_users'::regclass);
BEGIN
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO statline_directory, statline_backup', current_database());
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO statline_directory', home);
    EXECUTE format('ALTER ROLE statline_directory IN DATABASE %I SET search_path = %s', current_database(), home);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam') THEN
        GRANT rds_iam TO statline_directory, statline_backup;
    END IF;
END
$$;
