"""polars, lazily and streaming: what somebody who knows it well would write."""

import polars as pl

from benchmarks.peers import words


def summarise(path: str) -> list[tuple]:
    text = pl.all().fill_null("").str.strip_chars()
    table = pl.scan_csv(path, infer_schema=False, new_columns=list(words.COLUMNS))
    narrow = [pl.col(name).str.replace_many(list(words.WIDE), list(words.NARROW)) for name in words.COUNTS]
    counts = [pl.col(name).str.replace_all(",", "").str.extract(words.COUNT).cast(pl.Int64) for name in words.COUNTS]
    ordinal = pl.col("application_round").str.extract(words.ORDINAL).replace(words.ORDINALS)
    applications = (
        table.select(text)
        .filter(
            (pl.col("certificate") != "")
            & ~pl.col("certificate").str.contains(words.HEADER)
            & ~pl.col("serial").str.contains(words.TOTAL)
        )
        .with_columns(narrow)
        .with_columns(
            *counts,
            pl.col("certificate").str.extract(words.CERTIFICATE, 1).alias("name"),
            pl.col("certificate").str.extract(words.CERTIFICATE, 2).fill_null("").alias("level"),
            pl.when(pl.col("application_round").str.contains(words.CARRIED_ON))
            .then(pl.lit("沿用批次"))
            .when(ordinal.is_not_null())
            .then("第" + ordinal + "次")
            .otherwise(pl.col("application_round"))
            .alias("application_round"),
        )
    )
    return (
        applications.group_by("school")
        .agg(
            pl.len().alias("applications"),
            pl.col("name").n_unique().alias("certificates"),
            pl.struct("name", "level").n_unique().alias("certificate_levels"),
            pl.col("places_applied").sum(),
            pl.col("places_approved").filter(pl.col("status") == words.APPROVED).sum(),
        )
        .collect(engine="streaming")
        .rows()
    )
