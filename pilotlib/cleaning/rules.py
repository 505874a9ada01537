"""Why cells are changed, in words."""

# Rule → title, reason. A correction's reason is in the ledger.
CHANGE_RULES = {
    "correction": ("人工更正", ""),
    "characters": ("统一字符", "全角字母数字、兼容字符与多余空白改为通用写法"),
    "round_alias": ("统一批次名称", "同一批次的不同叫法"),
    "count_format": ("统一数字写法", "去掉千分位、单位与缺失标记"),
    "count_unreadable": ("不是整数", "内容无法读成整数，按缺失处理"),
    "major_completed": ("补全专业名称", "单元格被列宽截断，已知专业中只有一个以此开头"),
}
