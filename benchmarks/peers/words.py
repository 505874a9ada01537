"""How the cells of the generated table are written, for those who read it without pilotlib. Patterns suit RE2 too."""

COLUMNS = (
    "school",
    "serial",
    "year",
    "application_round",
    "certificate",
    "majors",
    "students",
    "places_applied",
    "places_approved",
    "status",
)
COUNTS = ("year", "students", "places_applied", "places_approved")
MEASURES = ("applications", "certificates", "certificate_levels", "places_applied", "places_approved")
WIDE, NARROW = "０１２３４５６７８９", "0123456789"
_SUFFIX = "(?:职业技能等级证书|职业能力等级证书|职业能力证书|技能等级证书|等级证书|证书)?"
# Group 1 is the certificate's name, group 2 its level.
CERTIFICATE = rf"^(.+?){_SUFFIX}[（(]?([初中高]级)?[）)]?{_SUFFIX}$"
COUNT = r"^(\d+)(?:人|名|年|年度)?$"
TOTAL = r"^(?:合计|总计|汇总|小计|共计)[:：]?$"
HEADER = r"^(?:证书名称(?:（等级）)?|职业技能等级证书)$"
CARRIED_ON = r"^沿用(?:批次?)?$"
ORDINAL = r"^第([一二12])(?:批次|批|次)$"
ORDINALS = {"1": "一", "2": "二"}
APPROVED = "审核通过"
