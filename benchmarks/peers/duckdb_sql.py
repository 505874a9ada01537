"""duckdb: one query."""

import duckdb

from benchmarks.peers import words


def summarise(path: str) -> list[tuple]:
    names = ", ".join(f"'{name}'" for name in words.COLUMNS)
    stripped = ", ".join(f"trim({name}) AS {name}" for name in words.COLUMNS)
    counts = ", ".join(
        f"try_cast(nullif(regexp_extract(replace(translate({name}, '{words.WIDE}', '{words.NARROW}'), ',', ''), "
        f"'{words.COUNT}', 1), '') AS BIGINT) AS {name}"
        for name in words.COUNTS
    )
    ordinal = f"regexp_extract(application_round, '{words.ORDINAL}', 1)"
    return duckdb.sql(f"""
        WITH cells AS (
            SELECT {stripped} FROM read_csv('{path}', header = true, all_varchar = true, names = [{names}],
                                            delim = ',', quote = '"', escape = '"', nullstr = '\\N')
        ), applications AS (
            SELECT school, status, {counts},
                   regexp_extract(certificate, '{words.CERTIFICATE}', 1) AS name,
                   regexp_extract(certificate, '{words.CERTIFICATE}', 2) AS level,
                   CASE WHEN regexp_matches(application_round, '{words.CARRIED_ON}') THEN '沿用批次'
                        WHEN {ordinal} <> '' THEN '第' || translate({ordinal}, '12', '一二') || '次'
                        ELSE application_round END AS application_round
            FROM cells
            WHERE certificate <> '' AND NOT regexp_matches(certificate, '{words.HEADER}')
              AND NOT regexp_matches(serial, '{words.TOTAL}')
        )
        SELECT school, count(*) AS applications, count(DISTINCT name) AS certificates,
               count(DISTINCT (name, level)) AS certificate_levels, sum(places_applied)::BIGINT AS places_applied,
               coalesce(sum(places_approved) FILTER (status = '{words.APPROVED}'), 0)::BIGINT AS places_approved
        FROM applications GROUP BY school
    """).fetchall()
