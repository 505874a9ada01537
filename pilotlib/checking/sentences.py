"""What is said of each problem, kept apart from the logic that finds it."""

# Rule → severity, title, the sentence said of each case. The braces are filled by row
# (`row`), the column's title (`title`), the value, what the rule compared it with (`other`), and where cells are
# corrected (`ledger`).
CHECK_RULES = {
    "no_application": ("error", "没有申报", "申报表中没有一行申报，请确认放入的是申报明细表。"),
    "value_required": ("error", "缺少必填内容", "第{row}行缺少{title}，请在{ledger}中补上并写明依据。"),
    "year_differs": (
        "error",
        "年度不符",
        "第{row}行的申报年度是“{value}”，不是本年度{other}，请核对文件是否放错文件夹。",
    ),
    "count_unreadable": ("error", "不是整数", "第{row}行的{title}“{value}”不是整数，请在{ledger}中更正。"),
    "indicator_unreadable": (
        "error",
        "指标不是数字",
        "indicators.csv第{other}条的值“{value}”不是数字，请改为数字；没有就删去这一条。",
    ),
    "indicator_repeated": ("error", "指标重复", "indicators.csv第{other}条的指标“{value}”前面已经有了，请只留一条。"),
    "value_missing": ("warning", "内容缺失", "第{row}行缺少{title}，按缺失处理，不计入相应统计。"),
    "level_missing": ("warning", "等级未知", "第{row}行“{value}”没有写明等级，按等级未知统计。"),
    "levels_several": ("warning", "一行多个等级", "第{row}行同时写了“{value}”，人数无法按等级拆分，单列统计。"),
    "merged_count": ("warning", "人数合并在一格", "第{row}行的{title}与上方合并为一格，只在上方计一次，不拆分到各行。"),
    "table_joined": ("warning", "几个表接成一张", "申报表由{value}依次接成，请核对是否同一张表、有没有重复。"),
    "table_left": (
        "warning",
        "有表没有读取",
        "{value}也像申报表，但列较少，没有读取；如是其中一部分，请把列名改成一样。",
    ),
    "header_understood": ("warning", "按标题理解的列名", "表头“{value}”按表的标题读作{title}，请核对。"),
    "personal_left_out": ("note", "没有读取的个人信息", "{value}是个人信息，没有读取，也不在任何结果中。"),
    "text_unshown": (
        "warning",
        "有划去、上标或隐藏的文字",
        "第{row}行的{title}连同划去、上标或隐藏的文字是“{value}”，这些文字没有读取，请核对。",
    ),
    "row_hidden": ("warning", "隐藏的行", "第{row}行在收到的文件中是隐藏的，已照常计入；如不应计入，请向发文方核实。"),
    "year_absent": ("note", "没有年度列", "申报表没有写申报年度，按文件夹{value}年处理。"),
    "column_absent": ("note", "没有这一列", "申报表没有{title}，需要它的统计为未提供。"),
    "cell_truncated": ("warning", "单元格被截断", "第{row}行“{value}”被列宽截断，{other}。"),
    "status_unknown": ("warning", "状态未知", "第{row}行的申报状态“{value}”不在已知状态之列，人数不计入批准。"),
    "major_unknown": (
        "warning",
        "专业不在对照表",
        "第{row}行的专业“{value}”不在对照表中，无法归入专业大类；请补入data/raw/reference/majors.csv。",
    ),
    "approved_above_applied": (
        "warning",
        "批准多于申请",
        "第{row}行批准{value}人，多于申请的{other}人，请向平台核实。",
    ),
    "students_differ": (
        "warning",
        "学生规模不一致",
        "第{row}行的学生规模{value}与同一专业其他行的{other}不同，该专业学生数按缺失处理。",
    ),
    "students_sum_differs": ("warning", "学生规模与合计不符", "第{row}行的学生规模{value}不等于各专业之和{other}。"),
    "application_repeated": (
        "warning",
        "重复申报",
        "第{row}行“{value}”与第{other}行的证书、等级和批次都相同，可能重复登记。",
    ),
    "total_differs": (
        "warning",
        "合计与各行之和不符",
        "第{row}行（合计）的{title}写作{value}，各行相加为{other}，请核对是否抄错或漏行。",
    ),
    "serial_repeated": ("warning", "序号重复", "第{row}行的序号“{value}”与第{other}行相同。"),
    "serial_gap": ("warning", "序号不连续", "序号中缺少{value}，抄录时可能漏行，请与原件核对。"),
    "table_changed": (
        "warning",
        "申报表有改动",
        "申报表与source.toml记录的sha256不同，收到之后有过改动；如属更正，请恢复原件并写入corrections.csv。",
    ),
    "rows_differ": ("warning", "行数不符", "申报表有{value}行申报，source.toml记录为{other}行，请核对是否缺行或多行。"),
    "approved_below_applied": ("note", "批准少于申请", "第{row}行批准{value}人，少于申请的{other}人。"),
    "round_unknown": ("note", "批次名称未见过", "第{row}行的申报批次“{value}”不是沿用批次或第几次，按原名统计。"),
    "rounds_several": ("note", "在两个批次申报", "第{row}行“{value}”在{other}都有申报，按证书统计时合并计算。"),
    "indicator_unknown": ("note", "指标名称未见过", "indicators.csv第{other}条“{value}”不是已知指标，照原样列出。"),
}
