"""Why cells are changed and what else was decided, in words."""

# Rule → title, reason. A correction's reason is in the ledger.
CHANGE_RULES = {
    "table_taken": ("选用的表", ""),
    "merged_cell": ("合并单元格", "与上方合并为一格，各行内容相同"),
    "merged_hidden": ("合并盖住的内容", "被上方的合并单元格盖住，表中看不见，以看得见的为准"),
    "merged_row": ("合并的行", "一项申报合并为一格，专业分行填写；各行的专业与学生数合在第一行"),
    "merged_count": ("合并的人数", "与上方合并为一格，人数只给了一次，不拆分到各行"),
    "row_hidden": ("隐藏的行", "在收到的文件中是隐藏的，照常计入申报"),
    "correction": ("人工更正", ""),
    "characters": ("统一字符", "全角字母数字、兼容字符与多余空白改为通用写法"),
    "round_alias": ("统一批次名称", "同一批次的不同叫法"),
    "count_format": ("统一数字写法", "去掉千分位、单位与缺失标记"),
    "count_unreadable": ("不是整数", "内容无法读成整数，按缺失处理"),
    "major_completed": ("补全专业名称", "单元格被列宽截断，已知专业中只有一个以此开头"),
}
