"""The README's tables about the historian and the streams."""

from bench.markdown import Report, table

SERVERS = {"embedded": "embedded Postgres", "own": "TimescaleDB"}
QUESTIONS = {
    "latest": "newest values of all tags",
    "tag_24h": "one tag over 24 h",
    "hourly_24h": "hourly means of all tags over 24 h",
    "window_8h": "model window, 8 h at 1 min, all tags",
}
FORMS = {
    "arrow_wide": "Arrow, a column per tag",
    "arrow_long": "Arrow, a row per sample",
    "parquet_long": "Parquet, a row per sample",
    "json": "JSON",
    "json_gzip": "JSON, gzip",
    "line_protocol": "line protocol",
    "csv_long": "CSV, a row per sample",
}


def write(report: Report) -> list[str]:
    """What a write costs beside a bare COPY."""
    rows: list[tuple[object, ...]] = []
    for name, found in report["results"].items():
        rates = found["samples_per_second"]
        rows.append(
            (
                SERVERS[name],
                f"{rates['bare']:,}",
                f"{rates['narrow']:,} ({found['narrow_over_bare']:.0%})",
                f"{rates['snapshot']:,} ({found['snapshot_over_narrow']:g} ×)",
                f"{rates['long_snapshot']:,} ({found['long_snapshot_over_narrow']:g} ×)",
            )
        )
    size = report["batch"]
    heads = ("samples/s", "bare COPY", "Foretell", "whole units", "whole units, ten times the batch")
    return [
        f"**Writing**, batches of {size:,} samples, validation and bookkeeping included.",
        "",
        *table(heads, rows),
    ]


def reads(report: Report) -> list[str]:
    """What a question costs in a large history."""
    results = report["results"]
    names = list(results)
    rows: list[tuple[object, ...]] = [
        (text, *(f"{results[name]['milliseconds'][question]['median']:g}" for name in names))
        for question, text in QUESTIONS.items()
    ]
    samples = f"{results[names[0]]['samples'] / 1e6:.0f} million"
    title = (
        f"**Reading** from {samples} samples of {report['tags']} tags, milliseconds, median of {report['rounds']}."
    )
    stored = [
        f"In the columnstore a sample takes {found['columnstore_bytes_per_sample']:g} bytes "
        f"({found['rowstore_bytes_per_sample']:g} in the rowstore)."
        for found in results.values()
        if "columnstore_bytes_per_sample" in found
    ]
    return [title, "", *table(("", *(SERVERS[name] for name in names)), rows), *(["", *stored] if stored else [])]


def growth(report: Report) -> list[str]:
    """How costs grow with the tags."""
    results = report["results"]
    rows: list[tuple[object, ...]] = [
        (
            f"{int(size):,}",
            f"{found['write_rows_per_s']:,.0f}",
            f"{found['latest_all_ms']:.1f}",
            f"{found['hourly_all_ms']:.1f}",
            f"{found['one_tag_day_ms']:.1f}",
            f"{found['window_52_ms']:.1f}",
        )
        for size, found in results.items()
    ]
    heads = (
        "tags",
        "rows/s written",
        "newest of all, ms",
        "hourly means of all, ms",
        "one tag, ms",
        "window of 52, ms",
    )
    return ["**Growth**, embedded Postgres ([plot](docs/images/growth.svg)).", "", *table(heads, rows)]


def http(report: Report) -> list[str]:
    """Samples per second over HTTP, form by form."""
    rows: list[tuple[object, ...]] = [
        (text, f"{report['results'][form]['samples_per_s']:,}") for form, text in FORMS.items()
    ]
    return ["**HTTP push**, one client, answer after the commit.", "", *table(("body", "samples/s"), rows)]


def mqtt(report: Report) -> list[str]:
    """A steady stream from a broker."""
    rows = [_stream(f"MQTT, {name}s of 50", found) for name, found in report["results"].items()]
    rows += [
        _stream(f"MQTT {protocol}, a message a sample", found)
        for protocol, found in report["single_sample_messages"].items()
    ]
    return [f"**MQTT**, {report['broker']}, from publishing to the commit.", "", *table(_HEADS, rows)]


def opcua(report: Report) -> list[str]:
    """A steady stream from an OPC UA server."""
    title = f"**OPC UA**, {report['variables']} variables at {report['hertz']} Hz, from source time to the commit."
    return [title, "", *table(_HEADS, [_stream("OPC UA", report)])]


_HEADS = ("stream", "samples/s", "seconds", "p50", "p99", "lost", "twice", "CPU of ingest")


def _stream(name: str, found: Report) -> tuple[object, ...]:
    latency = found["latency_s"]
    return (
        name,
        f"{found['samples_per_s']:,}",
        f"{found['seconds']:g}",
        f"{latency['p50']:.2f} s",
        f"{latency['p99']:.2f} s",
        found["lost"],
        found["twice"],
        f"{found['ingest_cpu_share']:.0%} of a core",
    )


def memory(report: Report) -> list[str]:
    """Resident memory over many samples."""
    found = report["results"]
    span = f"{found['lowest_part']:+.1%} to {found['highest_part']:+.1%} after the warm-up"
    of = f"**Memory** of the ingest process over {report['samples'] / 1e6:.0f} million samples"
    return [f"{of}: median {found['median_mib']:g} MiB, {span}, largest {found['largest_mib']:g} MiB."]


def faults(report: Report) -> list[str]:
    """What was lost under faults."""
    rows: list[tuple[object, ...]] = [
        (found["fault"], f"{found['acknowledged']:,}", found["lost"], found["twice"]) for found in report["results"]
    ]
    title = (
        "**Faults** (`make test-faults`): acknowledged samples compared with the table, after recovery without help."
    )
    return [title, "", *table(("fault", "acknowledged", "lost", "twice"), rows)]
