"""Write docs/statistics.md: every statistic as the registry declares it, with the columns of its table.

Run as `python docs/make_reference.py`; a test holds the page against the registry.
"""

from pathlib import Path

from pilotlib import load_year
from pilotlib.columns import COLUMNS
from pilotlib.statistics import STATISTICS, Statistic

PAGE = Path(__file__).with_name("statistics.md")
HEAD = """# 统计说明

每项统计的名称、单位、定义、算式与注意，以及表中各列的含义。本页由登记表（`pilotlib/statistics/`）生成，不要手改：
`python docs/make_reference.py`。

在单元格里：`load_year().statistics["by_round"]`；全部统计：`reference()`。
"""


def page() -> str:
    """The page, from the registry and from the columns that the statistics of the newest year have."""
    tables = load_year(project=PAGE.parents[1]).statistics
    links = [f"- [{entry.title}](#{name}) `{name}`" for name, entry in STATISTICS.items()]
    sections = [_section(name, entry, list(tables[name].columns)) for name, entry in STATISTICS.items()]
    return "\n".join([HEAD, *links, "", *sections])


def _section(name: str, entry: Statistic, columns: list[str]) -> str:
    rows = [
        f"| `{column}` | {(known := COLUMNS[column]).title} | {known.unit} | {known.meaning} |" for column in columns
    ]
    return f"""<a id="{name}"></a>

## {entry.title}

`{name}` · 单位：{entry.unit}

- **定义** {entry.definition}
- **算式** {entry.formula}
- **注意** {entry.caveats}

| 列 | 名称 | 单位 | 含义 |
|---|---|---|---|
{chr(10).join(rows)}
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
