"""The guards: the database refuses UPDATE, DELETE, TRUNCATE, gaps, forks and replaced rows by itself."""

from django.db import migrations

from equipoise.kernel.errors import LedgerError

COLUMNS = (
    "position trial stream version kind payload_digest at actor actor_name role site delegation authentication "
    "origin reason protocol software key act redacts previous digest"
).split()
GENESIS = "0" * 64

SQLITE = f"""
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused');
END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused');
END;
CREATE TRIGGER ledger_entry_sequence BEFORE INSERT ON ledger_entry BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only: position out of sequence')
    WHERE NEW.position IS NOT (SELECT COALESCE(MAX(position), 0) + 1 FROM ledger_entry);
  SELECT RAISE(ABORT, 'the ledger is append-only: previous digest is not the head')
    WHERE NEW.previous IS NOT COALESCE((SELECT digest FROM ledger_entry ORDER BY position DESC LIMIT 1), '{GENESIS}');
  SELECT RAISE(ABORT, 'the ledger is append-only: version out of sequence')
    WHERE NEW.version IS NOT (SELECT COALESCE(MAX(version), 0) + 1 FROM ledger_entry WHERE stream = NEW.stream);
  SELECT RAISE(ABORT, 'a database holds one trial')
    WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE position = 1 AND trial <> NEW.trial);
  SELECT RAISE(ABORT, 'the time of an entry never decreases')
    WHERE NEW.at < (SELECT at FROM ledger_entry ORDER BY position DESC LIMIT 1);
END;
CREATE TRIGGER ledger_payload_once BEFORE INSERT ON ledger_payload BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only: payload already written')
    WHERE EXISTS (SELECT 1 FROM ledger_payload WHERE position = NEW.position);
  SELECT RAISE(ABORT, 'a payload needs its entry')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_entry WHERE position = NEW.position);
  SELECT RAISE(ABORT, 'a payload is written whole')
    WHERE NEW.text IS NULL OR NEW.salt IS NULL;
END;
CREATE TRIGGER ledger_payload_redacted_only BEFORE UPDATE ON ledger_payload BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused')
    WHERE NEW.text IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.position IS NOT OLD.position
       OR NOT EXISTS (SELECT 1 FROM ledger_entry WHERE redacts = OLD.position);
END;
CREATE TRIGGER ledger_payload_no_delete BEFORE DELETE ON ledger_payload BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused');
END;
"""

POSTGRESQL = f"""
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $body$;

CREATE FUNCTION ledger_entry_check() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE newest record; expected bigint; named text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('equipoise.ledger'));
  SELECT position, digest, at, trial INTO newest FROM ledger_entry ORDER BY position DESC LIMIT 1;
  IF NEW.position IS DISTINCT FROM COALESCE(newest.position, 0) + 1 THEN
    RAISE EXCEPTION 'the ledger is append-only: position out of sequence' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.previous IS DISTINCT FROM COALESCE(newest.digest, '{GENESIS}') THEN
    RAISE EXCEPTION 'the ledger is append-only: previous digest is not the head' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT COALESCE(MAX(version), 0) + 1 INTO expected FROM ledger_entry WHERE stream = NEW.stream;
  IF NEW.version IS DISTINCT FROM expected THEN
    RAISE EXCEPTION 'the ledger is append-only: version out of sequence' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF newest.trial <> NEW.trial THEN
    RAISE EXCEPTION 'a database holds one trial' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.at COLLATE "C" < newest.at COLLATE "C" THEN
    RAISE EXCEPTION 'the time of an entry never decreases' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $body$;

CREATE FUNCTION ledger_payload_check() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.text IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.position IS DISTINCT FROM OLD.position
       OR NOT EXISTS (SELECT 1 FROM ledger_entry WHERE redacts = OLD.position) THEN
      RAISE EXCEPTION 'the ledger is append-only: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NOT EXISTS (SELECT 1 FROM ledger_entry WHERE position = NEW.position) THEN
    RAISE EXCEPTION 'a payload needs its entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.text IS NULL OR NEW.salt IS NULL THEN
    RAISE EXCEPTION 'a payload is written whole' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $body$;

CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_entry_sequence BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_check();
CREATE TRIGGER ledger_payload_guard BEFORE INSERT OR UPDATE ON ledger_payload FOR EACH ROW EXECUTE FUNCTION ledger_payload_check();
CREATE TRIGGER ledger_payload_no_delete BEFORE DELETE ON ledger_payload FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_payload_no_truncate BEFORE TRUNCATE ON ledger_payload FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_no_change;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_no_truncate;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_sequence;
ALTER TABLE ledger_payload ENABLE ALWAYS TRIGGER ledger_payload_guard;
ALTER TABLE ledger_payload ENABLE ALWAYS TRIGGER ledger_payload_no_delete;
ALTER TABLE ledger_payload ENABLE ALWAYS TRIGGER ledger_payload_no_truncate;

CREATE FUNCTION ledger_append(batch text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = SCHEMA, pg_temp AS $body$
DECLARE item json;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('equipoise.ledger'));
  FOR item IN SELECT * FROM json_array_elements(batch::json) LOOP
    INSERT INTO ledger_entry ({", ".join(COLUMNS)}) VALUES ({
        ", ".join(
            f"(item->>{place})::bigint" if name in ("position", "version", "redacts") else f"item->>{place}"
            for place, name in enumerate(COLUMNS)
        )
    });
    INSERT INTO ledger_payload (position, salt, text)
      VALUES ((item->>0)::bigint, item->>{len(COLUMNS)}, item->>{len(COLUMNS) + 1});
  END LOOP;
END $body$;

CREATE FUNCTION ledger_redact(struck bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = SCHEMA, pg_temp AS $body$
BEGIN
  UPDATE ledger_payload SET salt = NULL, text = NULL WHERE position = struck;
END $body$;

REVOKE ALL ON FUNCTION ledger_append(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger_redact(bigint) FROM PUBLIC;
REVOKE ALL ON ledger_entry, ledger_payload FROM PUBLIC;
"""


def guard(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in SQLITE.split("\nEND;\n"):
                if statement.strip():
                    cursor.execute(f"{statement}\nEND;")
        elif connection.vendor == "postgresql":
            cursor.execute("SELECT quote_ident(current_schema())")
            cursor.execute(POSTGRESQL.replace("SCHEMA, pg_temp", f"{cursor.fetchone()[0]}, pg_temp"))
        else:
            raise LedgerError(
                f"The database engine {connection.vendor!r} cannot keep a ledger: only SQLite and PostgreSQL are guarded "
                "against UPDATE and DELETE. Give the address of one of these."
            )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, elidable=False)]
