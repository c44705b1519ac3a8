"""What people do with events, alerts, how sources and models do, and the views and functions that show it."""

from alembic import op

revision = "0007"
down_revision = "0006"

_TABLES = """
ALTER TABLE tag
    ADD COLUMN lo_lo double precision,
    ADD COLUMN lo double precision,
    ADD COLUMN hi double precision,
    ADD COLUMN hi_hi double precision,
    ADD COLUMN max_silence interval;
CREATE TABLE expected_1h (
    bucket timestamptz NOT NULL,
    mean double precision NOT NULL,
    noise double precision NOT NULL,
    tag_id integer NOT NULL,
    CONSTRAINT expected_1h_pkey PRIMARY KEY (tag_id, bucket)
);
CREATE TABLE asset_residual (
    time timestamptz NOT NULL,
    asset text NOT NULL,
    peak double precision NOT NULL,
    CONSTRAINT asset_residual_pkey PRIMARY KEY (time, asset)
);
CREATE TABLE model_health (
    time timestamptz NOT NULL,
    model_version text NOT NULL,
    rows bigint NOT NULL,
    nll double precision,
    coverage double precision,
    drifted boolean NOT NULL,
    budget_per_week double precision NOT NULL,
    CONSTRAINT model_health_pkey PRIMARY KEY (time, model_version)
);
CREATE TABLE ingest_status (
    time timestamptz NOT NULL,
    source text NOT NULL,
    seconds double precision NOT NULL,
    connected boolean,
    lag_s double precision,
    read bigint NOT NULL,
    accepted bigint NOT NULL,
    rejected bigint NOT NULL,
    waiting bigint NOT NULL,
    spooled bigint NOT NULL,
    spooled_bytes bigint NOT NULL,
    CONSTRAINT ingest_status_pkey PRIMARY KEY (time, source)
);
CREATE TABLE event_trait (
    event_id text NOT NULL,
    tag text NOT NULL,
    residual double precision NOT NULL,
    shift double precision NOT NULL,
    CONSTRAINT event_trait_pkey PRIMARY KEY (event_id, tag),
    CONSTRAINT event_trait_event_id_fkey FOREIGN KEY (event_id) REFERENCES event (id)
);
CREATE TABLE event_mark (
    id text NOT NULL,
    event_id text NOT NULL,
    time timestamptz NOT NULL,
    action text NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    until timestamptz,
    CONSTRAINT event_mark_pkey PRIMARY KEY (id),
    CONSTRAINT event_mark_event_id_fkey FOREIGN KEY (event_id) REFERENCES event (id)
);
CREATE INDEX event_mark_event_id_idx ON event_mark (event_id);
CREATE INDEX event_mark_time_idx ON event_mark (time);
ALTER TABLE answer
    ADD COLUMN session text,
    ADD COLUMN intent text,
    ADD COLUMN latency_s double precision,
    ADD COLUMN statements integer,
    ADD COLUMN withheld integer;
ALTER TABLE scenario
    ADD COLUMN name text,
    ADD COLUMN author text NOT NULL DEFAULT '',
    ADD COLUMN rerun_of text,
    ADD COLUMN start_time timestamptz,
    ADD COLUMN horizon interval,
    ADD COLUMN moves text;
CREATE TABLE alert_notice (
    id text NOT NULL,
    received_at timestamptz NOT NULL,
    status text NOT NULL,
    name text NOT NULL,
    fingerprint text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    labels jsonb NOT NULL,
    annotations jsonb NOT NULL,
    "values" jsonb NOT NULL,
    CONSTRAINT alert_notice_pkey PRIMARY KEY (id),
    CONSTRAINT alert_notice_fingerprint_key UNIQUE (fingerprint, status, starts_at)
);
CREATE INDEX alert_notice_received_at_idx ON alert_notice (received_at);
"""

# what later versions write at once is worked out here of what earlier ones stored
_CARRY_OVER = """
INSERT INTO expected_1h (bucket, mean, noise, tag_id)
    SELECT date_bin('1 hour', time, '1970-01-01Z'), avg(mean), avg(noise), tag_id FROM prediction GROUP BY 1, 4;
INSERT INTO asset_residual (time, asset, peak)
    SELECT block, asset, max(abs(mean))
    FROM (
        SELECT date_bin('15 minutes', p.time, '1970-01-01Z') AS block, t.asset, avg(p.sigma) AS mean
        FROM prediction p JOIN tag t ON t.id = p.tag_id
        WHERE p.sigma IS NOT NULL AND t.asset IS NOT NULL GROUP BY 1, t.id
    ) of_tag
    GROUP BY block, asset;
INSERT INTO event_trait (event_id, tag, residual, shift)
    SELECT id, tag, residual, shift
    FROM event CROSS JOIN LATERAL jsonb_to_recordset(fingerprint) AS trait (tag text, residual float8, shift float8)
    UNION ALL
    SELECT id, tag, sqrt(share) * CASE WHEN peak_sigma < 0 THEN -1 ELSE 1 END, 0
    FROM event
    CROSS JOIN LATERAL jsonb_to_recordset(contributions) AS part (tag text, share float8, peak_sigma float8)
    WHERE fingerprint = '[]'
    ON CONFLICT DO NOTHING;
UPDATE answer SET
    session = body ->> 'session',
    intent = body #>> '{plans,0,intent}',
    latency_s = ((body #>> '{spent,read_ms}')::float8 + (body #>> '{spent,run_ms}')::float8
        + (body #>> '{spent,word_ms}')::float8) / 1000,
    statements = (body #>> '{grounding,checked}')::integer,
    withheld = jsonb_array_length(body #> '{grounding,unmatched}');
UPDATE scenario SET
    start_time = (body #>> '{outcome,start}')::timestamptz,
    horizon = (body #>> '{outcome,end}')::timestamptz - (body #>> '{outcome,start}')::timestamptz,
    moves = COALESCE((
        SELECT string_agg(format(
            '%s %s → %s %s', move ->> 'tag', (move ->> 'before')::real, (move ->> 'after')::real, move ->> 'unit'
        ), ', ' ORDER BY place)
        FROM jsonb_array_elements(body #> '{outcome,moves}') WITH ORDINALITY AS made (move, place)
    ), '');
ALTER TABLE scenario
    ALTER COLUMN start_time SET NOT NULL,
    ALTER COLUMN horizon SET NOT NULL,
    ALTER COLUMN moves SET NOT NULL;
"""

# a shelving is no longer than seven days; the newest mark of a source counts
_EVENTS = """
CREATE VIEW shelving AS
    SELECT kind, first_mover, event_id, since, until, author, reason
    FROM (
        SELECT DISTINCT ON (e.kind, e.first_mover)
               e.kind, e.first_mover, m.event_id, m.time AS since, m.until, m.author, m.text AS reason
        FROM event_mark m JOIN event e ON e.id = m.event_id
        WHERE m.action IN ('shelve', 'unshelve') AND m.time <= now() AND m.time >= now() - INTERVAL '7 days'
        ORDER BY e.kind, e.first_mover, m.time DESC, m.id DESC
    ) newest
    WHERE until > now();
CREATE OR REPLACE VIEW grafana.event AS
    SELECT e.id, e.start_time AS time, e.end_time, e.detected_at, e.kind, e.severity, e.score, e.asset, e.first_mover,
           e.explained_by ->> 'tag' AS explained_by, e.model_version, e.message, e.backfilled_at,
           COALESCE(e.end_time, now()) - e.start_time AS duration,
           e.end_time IS NULL AND NOT e.withdrawn AND e.explained_by IS NULL AS open, e.withdrawn,
           known.time AS acknowledged_at, known.author AS acknowledged_by, named.text AS label,
           s.until AS shelved_until, said.label AS feedback
    FROM event e
    LEFT JOIN LATERAL (
        SELECT time, author FROM event_mark WHERE event_id = e.id AND action = 'acknowledge' ORDER BY time, id LIMIT 1
    ) known ON true
    LEFT JOIN LATERAL (
        SELECT text FROM event_mark WHERE event_id = e.id AND action = 'label' ORDER BY time DESC, id DESC LIMIT 1
    ) named ON true
    LEFT JOIN LATERAL (
        SELECT label FROM feedback WHERE event_id = e.id ORDER BY time DESC, id DESC LIMIT 1
    ) said ON true
    LEFT JOIN shelving s ON s.kind = e.kind AND s.first_mover = e.first_mover;
CREATE VIEW grafana.contribution AS
    SELECT e.id AS event_id, c.tag, t.asset, t.unit, c.share, c.peak_sigma, c.first_seen
    FROM event e
    CROSS JOIN LATERAL jsonb_to_recordset(e.contributions)
        AS c (tag text, share float8, peak_sigma float8, first_seen timestamptz)
    LEFT JOIN tag t ON t.name = c.tag;
CREATE VIEW grafana.departure AS
    SELECT e.id AS event_id, d.way ->> 'asset' AS asset, d.way ->> 'tag' AS tag,
           (d.way ->> 'time')::timestamptz AS time, d.way ->> 'after' AS after, d.position
    FROM event e CROSS JOIN LATERAL jsonb_array_elements(e.propagation) WITH ORDINALITY AS d (way, position);
"""

# the same measure as twin/operations/similar.py: mean cosine of the parts that both fingerprints have
_SIMILAR = """
CREATE FUNCTION grafana.similar(event_id text) RETURNS TABLE (
    event_id text, other_id text, likeness double precision, "time" timestamptz, kind text, severity text,
    message text, label text, feedback text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp ROWS 20 AS $similar$
    WITH mine AS MATERIALIZED (
        SELECT tag, residual, shift FROM event_trait WHERE event_trait.event_id = $1
    ), own AS (
        SELECT sqrt(sum(residual ^ 2)) AS residual, sqrt(sum(shift ^ 2)) AS shift FROM mine
    ), product AS (
        SELECT o.event_id, sum(o.residual * m.residual) AS residual, sum(o.shift * m.shift) AS shift,
               sqrt(sum(o.residual ^ 2)) * max(own.residual) AS residuals,
               sqrt(sum(o.shift ^ 2)) * max(own.shift) AS shifts
        FROM event_trait o LEFT JOIN mine m ON m.tag = o.tag CROSS JOIN own
        GROUP BY o.event_id
    ), alike AS (
        SELECT p.event_id, (
            COALESCE(p.residual / NULLIF(p.residuals, 0), 0) + COALESCE(p.shift / NULLIF(p.shifts, 0), 0)
        ) / NULLIF((p.residuals > 0)::integer + (p.shifts > 0)::integer, 0) AS likeness
        FROM product p
    )
    SELECT this.id, e.id, LEAST(a.likeness, 1), e.time, e.kind, e.severity, e.message, e.label, e.feedback
    FROM event this
    JOIN alike a ON a.likeness >= 0.5 AND a.event_id <> this.id
    JOIN grafana.event e ON e.id = a.event_id
    WHERE this.id = $1 AND NOT e.withdrawn AND e.time < this.start_time
        AND (e.kind = 'silence') = (this.kind = 'silence')
    ORDER BY a.likeness DESC, e.time DESC
    LIMIT 100
$similar$
"""

# The same rows as rollup_1m, rollup_1h and rollup_1d have, of some tags and of good samples only. Statements are
# planned when they are run, with the bounds known: a plan that holds every partition takes longer than the answer.
_GOOD = """
CREATE FUNCTION good_rollup(size text, ids integer[], start timestamptz, stop timestamptz)
RETURNS TABLE (
    bucket timestamptz, tag_id integer, total double precision, low double precision, high double precision,
    count bigint
) LANGUAGE plpgsql STABLE ROWS 10000 AS $good$
#variable_conflict use_column
DECLARE
    number integer := array_position(ARRAY['1m', '1h', '1d'], size) - 1;
    width interval := (ARRAY['1 minute', '1 hour', '1 day'])[number + 1]::interval;
    behind tstzmultirange := (
        SELECT range_agg(tstzrange(
            date_bin(width, d.start_time, '1970-01-01Z'),
            date_bin(width, d.end_time - INTERVAL '1 microsecond', '1970-01-01Z') + width))
        FROM rollup_dirty d WHERE d.level <= number AND d.start_time < stop AND d.end_time > start);
    stretch tstzrange;
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT bucket, tag_id, total, low, high, count FROM kept_%s WHERE tag_id = ANY ($1) AND bucket >= $2 '
        'AND bucket < $3 AND count > 0 AND (bucket <@ $4) IS NOT TRUE', size
    ) USING ids, start, stop, behind;
    FOR stretch IN SELECT part * tstzrange(start, stop) FROM unnest(behind) AS b (part) LOOP
        IF isempty(stretch) THEN
            CONTINUE;
        ELSIF number = 0 THEN
            RETURN QUERY EXECUTE
                'SELECT date_bin(''1 minute'', time, ''1970-01-01Z''), tag_id, sum(value), min(value), max(value), '
                'count(*) FROM reading WHERE tag_id = ANY ($1) AND quality = 2 AND time >= $2 AND time < $3 '
                'GROUP BY 1, 2'
                USING ids, lower(stretch), upper(stretch);
        ELSE
            RETURN QUERY
                SELECT date_bin(width, below.bucket, '1970-01-01Z'), below.tag_id, sum(below.total), min(below.low),
                       max(below.high), sum(below.count)::bigint
                FROM good_rollup((ARRAY['1m', '1h'])[number], ids, lower(stretch), upper(stretch)) below
                GROUP BY 1, 2;
        END IF;
    END LOOP;
END
$good$
"""

_HISTORY = """
CREATE FUNCTION grafana.history(tags text[], t0 timestamptz, t1 timestamptz, step interval)
RETURNS TABLE (
    "time" timestamptz, tag text, unit text, value double precision, low double precision, high double precision,
    count bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp ROWS 5000 AS $history$
#variable_conflict use_column
DECLARE
    size text := CASE
        WHEN step >= INTERVAL '1 day' THEN '1d' WHEN step >= INTERVAL '30 minutes' THEN '1h'
        WHEN step >= INTERVAL '1 minute' THEN '1m' END;
    width interval := CASE size
        WHEN '1d' THEN INTERVAL '1 day' WHEN '1h' THEN INTERVAL '1 hour' WHEN '1m' THEN INTERVAL '1 minute' END;
    whole interval := GREATEST(
        COALESCE(width * ceil(EXTRACT(epoch FROM step) / EXTRACT(epoch FROM width)), step), INTERVAL '1 second');
    start timestamptz := date_bin(whole, t0, '1970-01-01Z');
    ids integer[] := ARRAY(SELECT id FROM tag WHERE name = ANY (tags));
BEGIN
    IF size IS NULL THEN
        RETURN QUERY EXECUTE
            'SELECT r.bucket, t.name, t.unit, r.value, r.low, r.high, r.count '
            'FROM (SELECT date_bin($4, time, ''1970-01-01Z'') AS bucket, tag_id, avg(value) AS value, '
            'min(value) AS low, max(value) AS high, count(*) AS count '
            'FROM reading WHERE tag_id = ANY ($1) AND quality = 2 AND time >= $2 AND time < $3 GROUP BY 1, 2) r '
            'JOIN tag t ON t.id = r.tag_id ORDER BY r.bucket, t.name'
            USING ids, start, t1, whole;
    ELSE
        RETURN QUERY
            SELECT r.bin, t.name, t.unit, r.total / r.count, r.low, r.high, r.count
            FROM (
                SELECT date_bin(whole, g.bucket, '1970-01-01Z') AS bin, g.tag_id, sum(g.total) AS total,
                       min(g.low) AS low, max(g.high) AS high, sum(g.count)::bigint AS count
                FROM good_rollup(
                    size, ids, start, date_bin(width, t1 - INTERVAL '1 microsecond', '1970-01-01Z') + width
                ) g
                GROUP BY 1, 2
            ) r JOIN tag t ON t.id = r.tag_id
            ORDER BY r.bin, t.name;
    END IF;
END
$history$
"""

# 1.645 standard deviations either side hold 90 % of a normal distribution
_EXPECTED = """
CREATE FUNCTION grafana.expected(tags text[], t0 timestamptz, t1 timestamptz, step interval)
RETURNS TABLE (
    "time" timestamptz, tag text, unit text, mean double precision, low double precision, high double precision
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp ROWS 5000 AS $expected$
#variable_conflict use_column
DECLARE
    hourly boolean := step >= INTERVAL '1 hour';
    whole interval := CASE
        WHEN hourly THEN INTERVAL '1 hour' * ceil(EXTRACT(epoch FROM step) / 3600)
        ELSE GREATEST(step, INTERVAL '1 second') END;
    start timestamptz := date_bin(whole, t0, '1970-01-01Z');
    ids integer[] := ARRAY(SELECT id FROM tag WHERE name = ANY (tags));
BEGIN
    IF hourly THEN
        RETURN QUERY
            SELECT p.bin, t.name, t.unit, p.mean, p.mean - 1.645 * p.noise, p.mean + 1.645 * p.noise
            FROM (
                SELECT date_bin(whole, bucket, '1970-01-01Z') AS bin, tag_id, avg(mean) AS mean, avg(noise) AS noise
                FROM expected_1h WHERE tag_id = ANY (ids) AND bucket >= start AND bucket < t1 GROUP BY 1, 2
            ) p JOIN tag t ON t.id = p.tag_id
            ORDER BY p.bin, t.name;
    ELSE
        RETURN QUERY
            SELECT p.bin, t.name, t.unit, p.mean, p.mean - 1.645 * p.noise, p.mean + 1.645 * p.noise
            FROM (
                SELECT date_bin(whole, time, '1970-01-01Z') AS bin, tag_id, avg(mean) AS mean, avg(noise) AS noise
                FROM prediction WHERE tag_id = ANY (ids) AND time >= start AND time < t1 GROUP BY 1, 2
            ) p JOIN tag t ON t.id = p.tag_id
            ORDER BY p.bin, t.name;
    END IF;
END
$expected$
"""

_ASSET_SCORE = """
CREATE FUNCTION grafana.asset_score(t0 timestamptz, t1 timestamptz, step interval)
RETURNS TABLE ("time" timestamptz, asset text, score double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp ROWS 5000 AS $score$
    SELECT date_bin(whole, r.time, '1970-01-01Z'), r.asset, max(r.peak) / 3
    FROM asset_residual r, (
        SELECT INTERVAL '15 minutes' * GREATEST(ceil(EXTRACT(epoch FROM $3) / 900), 1) AS whole
    ) blocks
    WHERE r.time >= date_bin(whole, $1, '1970-01-01Z') AND r.time < $2
    GROUP BY 1, 2 ORDER BY 1, 2
$score$
"""

_VIEWS = """
CREATE OR REPLACE VIEW grafana.tag AS
    SELECT name AS tag, asset, role, unit, description, low, high, movable, lo_lo, lo, hi, hi_hi FROM tag;
CREATE VIEW grafana.scenario AS
    SELECT id, created_at, name, question, model_version, verdict, start_time, start_time + horizon AS end_time, moves
    FROM scenario;
CREATE VIEW grafana.scenario_band AS
    SELECT s.id AS scenario_id, row.time, b.band ->> 'tag' AS tag, b.band ->> 'unit' AS unit,
           row.baseline, row.baseline_low, row.baseline_high, row.scenario, row.scenario_low, row.scenario_high,
           row.scenario - row.baseline AS effect, row.effect_low, row.effect_high
    FROM scenario s
    CROSS JOIN LATERAL (
        SELECT NULLIF(s.body #> '{outcome,baseline}', 'null') AS baseline,
               NULLIF(s.body #> '{outcome,scenario}', 'null') AS scenario,
               NULLIF(s.body #> '{outcome,difference}', 'null') AS difference
        OFFSET 0
    ) o
    CROSS JOIN LATERAL jsonb_array_elements(o.baseline -> 'bands') WITH ORDINALITY AS b (band, place)
    CROSS JOIN LATERAL jsonb_to_record(b.band) AS base (mean float8[], p05 float8[], p95 float8[])
    CROSS JOIN LATERAL jsonb_to_record(o.scenario -> 'bands' -> (b.place - 1)::integer)
        AS made (mean float8[], p05 float8[], p95 float8[])
    LEFT JOIN LATERAL (
        SELECT difference.p05, difference.p95
        FROM jsonb_array_elements(o.difference -> 'bands') AS d (band)
        CROSS JOIN LATERAL jsonb_to_record(d.band) AS difference (p05 float8[], p95 float8[])
        WHERE d.band ->> 'tag' = b.band ->> 'tag'
    ) d ON true
    CROSS JOIN LATERAL unnest(
        ARRAY(SELECT moment::timestamptz FROM jsonb_array_elements_text(o.baseline -> 'time') moment),
        base.mean, base.p05, base.p95, made.mean, made.p05, made.p95, d.p05, d.p95
    ) AS row (time, baseline, baseline_low, baseline_high, scenario, scenario_low, scenario_high,
              effect_low, effect_high);
CREATE VIEW grafana.model_health AS
    SELECT time, model_version, rows, nll, coverage, drifted, budget_per_week FROM model_health;
CREATE VIEW grafana.ingest AS
    SELECT time, source, connected, lag_s, read / seconds AS read_per_s, accepted / seconds AS accepted_per_s,
           rejected / seconds AS rejected_per_s, waiting, spooled, spooled_bytes
    FROM ingest_status;
CREATE VIEW grafana.silent AS
    SELECT t.name AS tag, t.asset, t.role, l.time AS last_sample,
           EXTRACT(epoch FROM now() - l.time)::float8 AS age_s,
           EXTRACT(epoch FROM t.max_silence)::float8 AS allowed_s,
           COALESCE(now() - l.time > t.max_silence, false) AS dead
    FROM tag t LEFT JOIN latest l ON l.tag_id = t.id;
CREATE VIEW grafana.answer AS
    SELECT time, id, session, question, status, engine, intent, latency_s, statements, withheld, model_version
    FROM answer;
CREATE VIEW grafana.alert AS
    SELECT received_at, name, status, starts_at, ends_at, annotations ->> 'summary' AS summary,
           labels ->> 'severity' AS severity
    FROM alert_notice;
"""


def upgrade() -> None:
    """Make tables, views and functions; nothing that is stored changes."""
    schema = op.get_bind().exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for statements in (_TABLES, _CARRY_OVER, _EVENTS):
        op.execute(statements)
    op.execute(_GOOD)
    for function in (_SIMILAR, _HISTORY, _EXPECTED, _ASSET_SCORE):
        op.execute(function.format(schema=schema))
    op.execute(_VIEWS)
