#!/bin/sh
# Runs once, when the database is made: two roles, so that the application never owns the ledger it writes to.
#   equipoise_owner  owns the tables and runs migrations (MIGRATION_DATABASE_URL)
#   equipoise_app    reads the ledger, appends through a function, changes the other tables (DATABASE_URL)
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
CREATE ROLE equipoise_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE equipoise_app LOGIN PASSWORD :'app_password';
CREATE DATABASE equipoise OWNER equipoise_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE equipoise FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE equipoise TO equipoise_app;
\connect equipoise
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO equipoise_owner;
GRANT USAGE ON SCHEMA public TO equipoise_app;
SQL
