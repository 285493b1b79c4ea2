-- A small hospital's tables, as an example of what the views of directory_views.sql stand on. Yours look different:
-- nothing reads these but the example views. The laptop cloud's databases and the tests are made from this file.
--
-- Three things in it are worth having in any base:
--   1. Primary keys that begin with the tenant and continue with the identifiers in the order in which the reconcile
--      reads (directory_views.sql says which): every page is then a short walk along an index.
--   2. A version on every row that a trigger raises, so that no application can forget it.
--   3. The version survives everything that happens to the row: it is never set back.

CREATE TABLE IF NOT EXISTS staff (
    tenant       text    NOT NULL,
    id           text    NOT NULL,
    full_name    text    NOT NULL,
    quiet_starts time,
    quiet_ends   time,
    quiet_zone   text,
    employed     boolean NOT NULL DEFAULT true,
    version      bigint  NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE IF NOT EXISTS staff_phone (
    tenant   text    NOT NULL,
    staff_id text    NOT NULL,
    id       text    NOT NULL,
    number   text    NOT NULL,
    uses     text[]  NOT NULL DEFAULT '{sms,voice}',
    rank     integer NOT NULL DEFAULT 1,
    version  bigint  NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, staff_id, id),
    FOREIGN KEY (tenant, staff_id) REFERENCES staff (tenant, id) ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS care_team (
    tenant  text   NOT NULL,
    id      text   NOT NULL,
    title   text   NOT NULL,
    roles   text[] NOT NULL DEFAULT '{}',
    policy  text,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE IF NOT EXISTS rota (
    tenant    text        NOT NULL,
    team_id   text        NOT NULL,
    id        text        NOT NULL,
    staff_id  text        NOT NULL,
    role      text        NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL CHECK (ends_at > starts_at),
    duty      text        NOT NULL DEFAULT 'primary' CHECK (duty IN ('primary', 'backup')),
    version   bigint      NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant, team_id, id),
    FOREIGN KEY (tenant, team_id) REFERENCES care_team (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, staff_id) REFERENCES staff (tenant, id) ON DELETE CASCADE
);

-- Columns that came later, for tables that are there already.
ALTER TABLE care_team ADD COLUMN IF NOT EXISTS policy text;
ALTER TABLE rota ADD COLUMN IF NOT EXISTS duty text NOT NULL DEFAULT 'primary' CHECK (duty IN ('primary', 'backup'));

CREATE OR REPLACE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER staff_version BEFORE UPDATE ON staff
    FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER staff_phone_version BEFORE UPDATE ON staff_phone
    FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER care_team_version BEFORE UPDATE ON care_team
    FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER rota_version BEFORE UPDATE ON rota
    FOR EACH ROW EXECUTE FUNCTION raise_version();
