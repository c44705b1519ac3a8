-- The role that Grafana reads with: the views of the schema `grafana`, and nothing else. Run it with psql after
-- `foretell db upgrade`, as the owner of the database, as often as you like:
--
--   psql "$FORETELL_DATABASE_URL" -v ON_ERROR_STOP=1 -v password=... -f dashboards/reader.sql
SELECT 'CREATE ROLE foretell_grafana' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'foretell_grafana')
\gexec
ALTER ROLE foretell_grafana LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
ALTER ROLE foretell_grafana SET default_transaction_read_only = on;
ALTER ROLE foretell_grafana SET statement_timeout = '30s';
ALTER ROLE foretell_grafana SET search_path = grafana;
GRANT USAGE ON SCHEMA grafana TO foretell_grafana;
GRANT SELECT ON ALL TABLES IN SCHEMA grafana TO foretell_grafana;
ALTER DEFAULT PRIVILEGES IN SCHEMA grafana GRANT SELECT ON TABLES TO foretell_grafana;
