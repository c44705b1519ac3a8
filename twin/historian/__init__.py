"""The historian: Postgres, with TimescaleDB when the server has it; in memory for tests."""
