-- The role that Grafana reads with: views and functions of the schema `grafana`, and nothing else. Run it with psql after
-- `foretell db upgrade`, as the owner of the database, as often as you like; the role's password is taken from
-- the environment, so that it does not show among the processes:
--
--   FORETELL_GRAFANA_DB_PASSWORD=... psql "$FORETELL_DATABASE_URL" -v ON_ERROR_STOP=1 -f dashboards/reader.sql
\getenv password FORETELL_GRAFANA_DB_PASSWORD
SELECT 'CREATE ROLE foretell_grafana' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'foretell_grafana')
\gexec
ALTER ROLE foretell_grafana LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
ALTER ROLE foretell_grafana SET default_transaction_read_only = on;
ALTER ROLE foretell_grafana SET statement_timeout = '30s';
ALTER ROLE foretell_grafana SET search_path = grafana;
GRANT USAGE ON SCHEMA grafana TO foretell_grafana;
GRANT SELECT ON ALL TABLES IN SCHEMA grafana TO foretell_grafana;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA grafana TO foretell_grafana;
ALTER DEFAULT PRIVILEGES IN SCHEMA grafana GRANT SELECT ON TABLES TO foretell_grafana;
ALTER DEFAULT PRIVILEGES IN SCHEMA grafana GRANT EXECUTE ON FUNCTIONS TO foretell_grafana;
