"""A national table, cleaned, as Parquet: its applications and the log of every cell changed, written piece by piece."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa

from pilotlib.cleaning.core import NO_REFERENCE, Applications, Whole, whole_of
from pilotlib.cleaning.log import changed_cells, log_of
from pilotlib.columns import COUNT_COLUMNS
from pilotlib.reading.blocks import BLOCK_BYTES
from pilotlib.rollup.cleaned import cleaned_pieces

NO_DECISIONS = pd.DataFrame(columns=["source_row", "column", "before", "after", "rule", "reason"])
NUMBERS = {"source_row": pa.int64(), "truncated": pa.bool_(), **dict.fromkeys(COUNT_COLUMNS, pa.int64())}
TEXT = pa.dictionary(pa.int32(), pa.string())


def write_cleaned(
    path: Path | str,
    out: Path | str,
    by: str = "学校",
    reference: pd.DataFrame = NO_REFERENCE,
    block_bytes: int = BLOCK_BYTES,
) -> None:
    """Write a table's applications and its log of changes: `applications.parquet` and `changes.parquet` in a folder.

    The table is read twice: what tells a cell that is cut off, the width of its column, is known only at its end.

    Args:
        path: The table, as for `summarise_table`.
        out: The folder, made if it is not there. A run that fails leaves the files in it as they were.
        by: The title of the column that names the school.
        reference: Known majors, by which majors that are cut off are completed.
        block_bytes: The size of a piece.

    Raises:
        PilotError: the table cannot be read, or has no such column.
    """
    from pyarrow import parquet

    whole, seen, names = Whole(), set(), {}
    for _, cleaned, *_ in cleaned_pieces(path, by, block_bytes, reference=reference):
        whole = whole_of(cleaned.applications, whole)
        if not seen.issuperset(cleaned.table):
            seen.update(cleaned.table)
            names |= dict.fromkeys(cleaned.applications.typed())
    applications = _schema(["file", *names])
    changes = _schema(["file", *NO_DECISIONS.columns])
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out) as folder:
        made = [Path(folder) / name for name in ("applications.parquet", "changes.parquet")]
        with parquet.ParquetWriter(made[0], applications) as rows, parquet.ParquetWriter(made[1], changes) as cells:
            for piece, cleaned, *_ in cleaned_pieces(path, by, block_bytes, reference=reference, whole=whole):
                rows.write_table(_arrow(cleaned.applications.typed(), piece.file, applications))
                cells.write_table(_arrow(_log(cleaned.applications), piece.file, changes))
        for file in made:
            file.replace(out / file.name)


def _log(applications: Applications) -> pd.DataFrame:
    changes = [change for step in applications.steps for change in changed_cells(applications.rows, *step)]
    return log_of(NO_DECISIONS, changes, NO_DECISIONS)


def _schema(names: list[str]) -> pa.Schema:
    return pa.schema([(name, NUMBERS.get(name, TEXT)) for name in names])


def _arrow(table: pd.DataFrame, file: str, schema: pa.Schema) -> pa.Table:
    """A table's rows in a schema; text that it has no column for is empty."""
    table = table.assign(file=file)
    columns = []
    for field in schema:
        if field.name not in table:
            columns.append(pa.array([""] * len(table)).dictionary_encode().cast(TEXT))
        elif field.type == TEXT:
            columns.append(pa.array(table[field.name].astype(object), pa.string()).dictionary_encode())
        else:
            columns.append(pa.array(table[field.name], field.type))
    return pa.table(columns, schema=schema)
