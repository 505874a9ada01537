"""Kinds of statements that other schools' documents make, each with what a careful reader says of its numbers.

The first passage of each kind is one that was once judged wrongly; those after it are its neighbours.
"""

import pytest

from pilotlib.claims import NO_FACTS, check_claims, facts_of, not_of_the_year
from pilotlib.claims.cells import table_of
from pilotlib.claims.tables import judge_table
from pilotlib.reading.documents import passages_of, read_document
from pilotlib.statistics import Tables, summarise

UNDECIDED = {"no_data", "not_understood"}
AGREES, DISAGREES = {"agrees"}, {"disagrees"}


@pytest.fixture(scope="module")
def checked(cleaned, inputs):
    tables = Tables(cleaned.applications, cleaned.majors, inputs.indicators, {})
    facts = facts_of(tables, summarise(tables), {"name": "中山火炬职业技术学院", "short_names": ["火炬职院"]})
    return lambda text: check_claims(passages_of(text), facts)


OF_THE_YEAR = [
    # The school's own names; other schools, places, sittings and parts.
    ("中山火炬职业技术学院完成14个证书的考核。", {"14": AGREES}),
    ("火炬职院完成16个证书的考核。", {"16": DISAGREES}),
    ("江海职业学院共申请8个证书。", {"8": UNDECIDED}),
    ("江海职业学院共申请8个证书，培训学生1030人，考核910人。", {"8": UNDECIDED, "1030": UNDECIDED, "910": UNDECIDED}),
    ("江海市第一职业中学1028名学生完成培训。", {"1028": UNDECIDED}),
    ("江海市共有3.6万人参加技能培训。", {"3.6万": UNDECIDED}),
    ("广东省全年完成学生培训1100人。", {"1100": UNDECIDED}),
    ("海州技师学院全年完成学生培训1100人，获批25项。", {"1100": UNDECIDED, "25": UNDECIDED}),
    ("本次考评共有48名学生参加。", {"48": UNDECIDED}),
    ("首场考试有60名学生参加考核。", {"60": UNDECIDED}),
    ("3个证书的120名学生延期考核。", {"3": UNDECIDED, "120": UNDECIDED}),
    ("截至6月底，已完成9个证书的考核。", {"9": UNDECIDED}),
    ("本学期有8个证书完成了考核，参加考核的学生共430人。", {"8": UNDECIDED, "430": UNDECIDED}),
    ("三年来，学校先后有40个证书获批。", {"40": UNDECIDED}),
    # What is counted is recognised from its noun and measure word, or not at all.
    ("3项重点指标中有2项完成。", {"3": UNDECIDED, "2": UNDECIDED}),
    ("派出1名考评组长。", {"1": UNDECIDED}),
    ("申报23个证书，试点学生规模1662人。", {"23": AGREES, "1662": AGREES | UNDECIDED}),
    ("涵盖8个系。", {"8": UNDECIDED}),
    ("今年学校选派教师46人次参加师资培训，覆盖11个专业。", {"11": UNDECIDED}),
    ("首批获批11个，第二批获批12个。", {"11": UNDECIDED, "12": UNDECIDED}),
    ("分三个批次组织考试。", {"三": UNDECIDED}),
    ("高级工360人。", {"360": UNDECIDED}),
    ("毕业生3500人。", {"3500": UNDECIDED}),
    ("學校完成學生培訓1029人。", {"1029": DISAGREES}),
    # The text has its own numerator and denominator: the year's are not asked.
    ("有12个班级的420名学生参考，合格人数378人，合格率90%。", {"420": UNDECIDED, "90": AGREES}),
    ("通过率为91.67%，60人参加、55人通过。", {"91.67": AGREES, "60": UNDECIDED}),
    ("40人参加考试，40人全部通过，全省平均通过率91%。", {"91": UNDECIDED}),
    ("9月、10月、11月共完成4个证书的考核", {"4": UNDECIDED}),
]

BY_ITSELF = [
    # How many certificates are assessed is no part of a rate of persons.
    (
        "计算机学院完成了3个证书的考试：云计算（中级）通过率84%，大数据（中级）通过率77%，3个证书平均通过率为81.2%。",
        {"84": UNDECIDED, "77": UNDECIDED, "81.2": UNDECIDED},
    ),
    (
        "本学期组织7个证书的考核，其中5个证书的合格率达到85%，1个证书的合格率为70.5%。",
        {"85": UNDECIDED, "70.5": UNDECIDED},
    ),
    # Rates and shares.
    ("参加考核2400人，1800人取得证书，通过率68.5%。", {"68.5": DISAGREES}),
    ("3150人次参加，2520人次取得证书，通过率78%。", {"78": DISAGREES}),
    ("3150人次参加，2520人次取得证书，通过率80%。", {"80": AGREES}),
    ("考核报名人数1200人，实际参考1150人，参考率95.8%；合格1058人，合格率90%。", {"95.8": AGREES, "90": DISAGREES}),
    ("考核通过率90%，参加考核200人，通过考核180人。", {"90": AGREES}),
    ("甲系参加考核50人，通过40人，通过率80%；乙系参加考核60人，通过45人，通过率72%。", {"80": AGREES, "72": DISAGREES}),
    ("专任教师320人，其中双师型256人，占比86%。", {"86": DISAGREES}),
    ("学校有专任教师620人，其中高级职称186人，占30%。", {"30": AGREES}),
    ("该项目覆盖学生1500人，占在校生总数12500人的15%。", {"15": DISAGREES}),
    ("学校80所（其中技工学校20所），在校生12万人，分别占全省的25%、31.5%。", {"25": UNDECIDED, "31.5": UNDECIDED}),
    ("技能培训任务9600人次，完成13440人次，完成率140%。", {"140": AGREES}),
    ("计划1500人，实际完成1800人，完成率120%。", {"120": AGREES}),
    ("年度计划培训1200人，实际培训1028人，完成计划的95.7%。", {"95.7": DISAGREES}),
    ("毕业生5200人，就业4900人，就业率96%。", {"96": DISAGREES}),
    ("3.6万人参加考核，2.5万人通过，通过率69.8%。", {"69.8": AGREES}),
    ("两个班分别有90人和60人实考，81人和45人合格，合格率分别为90%、85%。", {"90": AGREES, "85": DISAGREES}),
    ("总体合格率92.5%（370/400），一次合格率70%（300/400）。", {"92.5": AGREES, "70": DISAGREES}),
    ("认定通过率为80%，系500人申报、400人通过所得。", {"80": AGREES}),
    ("下拨资金250万元，实际使用200万元，资金执行率90%。", {"90": DISAGREES}),
    ("男性300人，女性200人，合计500人；女性占比为45%。", {"45": DISAGREES}),
    ("完成培训任务600人的95%，即完成480人。", {"95": UNDECIDED | DISAGREES}),
    ("全县参加认定的职工共2500人，拿到证书的1500人，占55%。", {"55": DISAGREES}),
    ("取证率可以超过100%。", {"100": UNDECIDED}),
    # Growth, fall and difference.
    ("考点由8个压缩到6个，减少了30%。", {"30": DISAGREES}),
    ("考点由8个压缩到6个，减少了25%。", {"25": AGREES}),
    ("取证率由每人500元降至每人400元，降低20%，为原来的80%。", {"20": AGREES, "80": AGREES}),
    ("培训人数由300人扩大到900人，增长了2倍，是原来的4倍。", {"2": AGREES, "4": DISAGREES}),
    ("今年参赛80支，是首届20支的4倍。", {"4": AGREES}),
    ("甲校取证900人，比乙校（750人）多160人。", {"160": DISAGREES}),
    ("全省平均通过率为75.2%，而海州职业学院达到88.6%，高出12.4个百分点。", {"12.4": DISAGREES}),
    ("通过率高达92%。", {"92": UNDECIDED}),
    # So much for each, and what is left.
    ("举办考核12场，参考600人，场均60人。", {"60": DISAGREES}),
    ("每人260元，450人参加，合计127000元。", {"127000": DISAGREES}),
    ("选派教师80人次外出学习，其中省内50人次，其余40人次赴外省。", {"40": DISAGREES}),
    ("应考250人，缺考10人，实考240人，到考率96%。", {"240": AGREES, "96": AGREES}),
    ("报名400人，缺考15人，实际参加395人。", {"395": DISAGREES}),
    ("2018年有1200所，2020年1450所，较2018年增加350所。", {"350": DISAGREES}),
    ("2018年有1200所，2020年1450所，较2018年增加250所。", {"250": AGREES}),
    ("优秀率92.4%，比平均的85.1%高出7.6个百分点。", {"7.6": DISAGREES}),
    ("通过率由2019年的78%提高到2021年的86%，提高了8个百分点。", {"8": AGREES}),
    ("由800万人降至620万人，下降18%。", {"18": DISAGREES}),
    ("较上年增加0.4万人，达2.4万人，同比增长18%。", {"18": DISAGREES}),
    ("证书数由11个增加到23个，增长109%。", {"109": AGREES}),
    ("2020年获证850人，2021年获证1020人，同比增长25%。", {"25": DISAGREES}),
    ("与2020年相比，培训人数增长42.6%，考核站点由6个增至14个。", {"42.6": UNDECIDED}),
    ("累计投入资金560万元，比计划的500万元多60万元。", {"60": AGREES}),
    # Sums.
    ("培训5200人，其中初级3100人、中级2000人。", {"5200": UNDECIDED}),
    ("培训5200人，其中初级3100人、中级2200人。", {"5200": DISAGREES}),
    ("培训100人，其中女生60人，贫困生55人。", {"100": UNDECIDED}),
    ("三个赛项的参赛学校分别为120所、95所和88所，合计303所。", {"303": AGREES}),
    ("获一等奖12项、二等奖25项、三等奖38项，共85项。", {"85": DISAGREES, "12": UNDECIDED}),
    ("甲班30人、乙班28人参加培训，共60人通过考核。", {"60": UNDECIDED}),
    ("教学楼3栋，实训楼2栋，共6栋。", {"6": DISAGREES}),
    ("上半年培训362人，下半年培训415人，全年共培训787人。", {"787": DISAGREES}),
    ("报名785人，其中初级412人，中级291人，高级62人。", {"785": DISAGREES}),
    ("购置设备90台，由两部分组成：焊接设备50台、检测设备30台。", {"90": DISAGREES}),
    ("全年培训高级工3800人、技师960人、高级技师240人，共5000人。", {"5000": AGREES}),
    ("设备12台，每台3万元，计36万元；软件5套，每套2万元，计10万元；两项合计48万元。", {"48": DISAGREES, "36": AGREES}),
    ("甲班30人、乙班45人、丙班25人，三个班共100人。", {"三": AGREES, "100": AGREES}),
    ("理论课28学分，实训课32学分，总学分60。", {"60": AGREES}),
    ("书面成绩三项得了40、35、18分，总分95分。", {"95": DISAGREES}),
    ("认可的占61%，基本认可的占27%，认可以上合计88%。", {"88": AGREES}),
    ("带队教师12人及学生共80人到场。", {"80": UNDECIDED}),
    ("小学员每人补贴40元、大学员每人60元，共发放3.2万元。", {"3.2": UNDECIDED}),
    # Of what a number is meant is said by name.
    ("夏季场120人，冬季场150人，两场共270人，冬季场比夏季场多40人。", {"40": DISAGREES}),
    ("上半年完成200人，全年500人，下半年300人，下半年是上半年的1.5倍。", {"1.5": AGREES}),
    ("原定培训200人，实际培训260人，超出70人。", {"70": DISAGREES}),
    ("女生300人，占报考学生的60%；男生200人，占30%。报考学生共500人。", {"60": AGREES, "30": DISAGREES}),
    ("高职院校30所，占全省40所高职院校的75%。", {"75": AGREES}),
    ("来源构成：农户60人、职工90人，合计150人，农户占45%。", {"45": DISAGREES}),
    ("90%的考生（50名中的45名）一次通过。", {"90": AGREES}),
    ("40人参加考核，6人不合格，合格率85%。", {"85": AGREES}),
    ("甲系报名200人，180人取证；乙系取证率为70%。", {"70": UNDECIDED}),
    ("发放320份，回收300份；有效288份，有效率95%。", {"95": DISAGREES}),
    ("设备30台，每台2.5万元，共75万元，另购软件5套，合计85万元。", {"75": AGREES, "85": UNDECIDED}),
    ("对口率80%，同比提高5%，流失率下降2.5个百分点。", {"2.5": UNDECIDED}),
    ("要把取证率从50%提到65%；去年500人中有310人取证。", {"65": UNDECIDED}),
    # Parts that the words set apart, shares in a row, and what is said again.
    ("合格182人，不合格28人，应试总人数230人。", {"230": DISAGREES}),
    ("合格182人，不合格28人，应试总人数210人。", {"210": AGREES}),
    ("党员12人，不合格28人，应试总人数60人。", {"60": UNDECIDED}),
    ("教职工2.4万人，有博士学位的0.6万人，占25%；有正高职称的3600人，占18%。", {"25": AGREES, "18": DISAGREES}),
    ("甲班40人，女生18人，占45%；乙班50人，女生30人，占65%。", {"45": AGREES, "65": UNDECIDED | DISAGREES}),
    ("全市120所试点学校中，高职45所、中职62所、本科13所。", {"120": AGREES}),
    ("参加研修的120人中，党员46人，女教师71人，带头人35人。", {"120": UNDECIDED}),
    ("180名考生中，125人选择初级，超过三分之二。", {"三分之二": AGREES}),
    ("行动目标为400人，实际完成460人，超出目标60人，超额25%完成任务。", {"60": AGREES, "25": DISAGREES}),
    ("计划招收300人，实际录取268人，缺额42人。", {"42": DISAGREES}),
    ("首考通过150人，补考又有18人通过，最终通过168人。", {"168": AGREES}),
    ("每周4天，每天6学时，合26学时。", {"26": DISAGREES}),
    ("规划建设12个，已建成9个，完成规划数的75%。", {"75": AGREES}),
    # Operands on both sides of a number, and named ones.
    (
        "证书通过率分别为：初级95%（57/60），中级86%（110/125），高级75%（15/20）。",
        {"95": AGREES, "86": DISAGREES, "75": AGREES},
    ),
    ("分6期开班，每期40人，共培训260人。", {"260": DISAGREES}),
    ("优良率比上年的72.5%提升了3.1个百分点，达到76.6%。", {"3.1": DISAGREES}),
    ("合作企业38家，较上年新增8家，上年为31家。", {"8": DISAGREES}),
    ("收取考务费7.5万元，人均260元，共300人。", {"260": DISAGREES}),
    ("五个班共有学生210人，平均每班45人。", {"210": UNDECIDED, "45": DISAGREES}),
    ("补贴总计14.5万元，按每生500元标准，共280人享受。", {"14.5": DISAGREES}),
    ("甲系通过率91%，乙系通过率85%，甲系高出乙系8个百分点。", {"8": DISAGREES}),
    ("共960人取证，其中2021年280人、2022年320人、2023年390人。", {"960": DISAGREES}),
    ("开设课程14门，其中必修9门，选修6门。", {"14": DISAGREES}),
    ("中级报考120人，高级报考40人，报考学生合计160人，其中中级占80%。", {"80": DISAGREES}),
    ("参加考核的150人中，中级120人，通过102人；高级30人，通过21人。", {"150": UNDECIDED}),
    ("春季通过率82%，秋季通过率90%，全年通过率86.3%。", {"86.3": UNDECIDED}),
    ("初级取证率30%，中级取证率22%，总取证率27%。", {"27": UNDECIDED}),
    ("有教授10人、副教授40人、讲师90人，博士30人，硕士95人，教师共计180人。", {"180": UNDECIDED}),
    ("参加考核的130名学生全部通过，通过率100%。", {"100": AGREES}),
    ("在岗考评员24名，其中高级考评员8名，其余18名为初级考评员。", {"24": UNDECIDED, "18": DISAGREES}),
    ("完成培训6600人次，为年初计划6000人次的120%。", {"120": DISAGREES}),
    # Of two deeds by turns, of a share's named whole, of what is negated, of what is no computation.
    ("甲系报名96人，通过82人；乙系报名104人，通过91人；两系合计报名200人，通过173人。", {"200": AGREES, "173": AGREES}),
    ("甲系报名96人，通过82人；乙系报名104人，通过91人；两系合计报名220人，通过173人。", {"220": DISAGREES}),
    ("开课480门，其中专业课300门，占62.5%；融入标准的90门，占专业课的36%。", {"62.5": AGREES, "36": DISAGREES}),
    ("属中级的1400人，占总数的80%，属初级的300人，占19%。", {"80": UNDECIDED, "19": UNDECIDED}),
    ("招收学员90人，结业81人，未结业9人，结业率92%。", {"92": DISAGREES}),
    ("全系有学生500人，报名考证的占36%，即210人。", {"36": DISAGREES}),
    ("毕业生900人，其中720人持有证书，持证比例为85%。", {"85": DISAGREES}),
    ("预算90万元，全年支出72万元，结余28万元。", {"28": DISAGREES}),
    ("两级名额均为40人，另有99名学生，合计80人。", {"80": UNDECIDED}),
    ("资源由320个增至960个，翻了一番多。", {"一": AGREES | UNDECIDED}),
    ("共有教职工320人，其中教师260人，行政人员45人。", {"320": UNDECIDED}),
    # Lists.
    ("开设“幼儿照护”“母婴护理”“老年护理”四个证书的辅导班。", {"四": DISAGREES}),
    ("表彰名单共列三人：王海燕、李静、陈远航。", {"三": AGREES}),
    ("新增变电安装、配电运维（初级、中级）2个证书。", {"2": AGREES}),
    ("与甲电子、乙物流、丙农业、丁文旅5家企业合作。", {"5": DISAGREES}),
    ("王海、李静、陈远四位老师获表彰。", {"四": DISAGREES}),
    ("学院是某省职教联盟成员单位、全国300所试点院校之一。", {"300": UNDECIDED}),
    ("考核项目有制动系统检测与维修、变速箱检测与维修2项。", {"2": AGREES}),
    ("组织网店运营、界面设计、智能财税等6个证书的考核。", {"6": UNDECIDED}),
    ("组织网店运营、界面设计、智能财税等2个证书的考核。", {"2": DISAGREES}),
    ("与京东、华为、腾讯四家企业合作。", {"四": DISAGREES}),
    ("电子商务、会计、物流管理三个专业分别有12人、20人、8人取证。", {"三": AGREES}),
    # Of other schools, certificates and deeds; a number for each is no part of a total.
    ("甲校报名310人，乙校通过248人，丙校的通过率为78.5%。", {"78.5": UNDECIDED}),
    (
        "界面设计证书通过64人，通过率90.4%；网店运营推广证书通过77人，通过率85.2%。",
        {"90.4": UNDECIDED, "85.2": UNDECIDED},
    ),
    ("2个考场各安排30人，应考60人，实到57人，到考率94%。", {"57": UNDECIDED, "94": DISAGREES}),
    ("报名200人，实考180人，通过153人；按实考人数计算，通过率为85%。", {"85": AGREES}),
    ("在300名参考学生中，优秀60人、合格210人、不合格30人。", {"210": AGREES | UNDECIDED, "30": AGREES | UNDECIDED}),
    ("报名450人，实考420人，通过378人；按实考人数计算，通过率为84%。", {"84": DISAGREES}),
    ("A校通过率91.2%，B校参考137人，C校有84人取得中级证书。", {"91.2": UNDECIDED}),
    ("学校组织的3轮考核中，首轮通过率71%、末轮83%，三轮平均通过率77%。", {"71": UNDECIDED, "83": UNDECIDED}),
    # Means of a list, and what is lacking.
    ("三个考点的监考教师分别为6人、9人、12人，平均每个考点9人。", {"9": AGREES}),
    ("四场考核的通过人数分别是30、36、41、33人，平均每场36人。", {"36": DISAGREES}),
    ("按标准需配考评员20名，现有14名，尚缺6名。", {"6": AGREES}),
    ("按标准需配考评员20名，现有14名，尚缺7名。", {"7": DISAGREES}),
    ("原定更新的60台电脑，到学期末只装了40台，还差30台。", {"30": DISAGREES}),
    ("机房账面电脑215台，实有209台，盘亏8台。", {"8": DISAGREES}),
    ("创业园有24个工位，已入驻团队18个，尚空6个。", {"6": AGREES}),
    # Of which task a rate is, is named; of two years no rate is made.
    ("省里下达任务800人，学校自定目标900人，实际招收836人，完成省下达任务的104.5%。", {"104.5": AGREES}),
    ("年度任务900人，实际招收836人，完成年度任务的98.2%。", {"98.2": DISAGREES}),
    ("2022届毕业生2104人，2023届毕业生2260人。2023届去向落实率为91.3%。", {"91.3": UNDECIDED}),
    ("2019年90万元、2020年110万元、2021年130万元，年均110万元。", {"110": AGREES}),
    ("2019年90万元、2020年110万元、2021年130万元，三年共计330万元，年均120万元。", {"120": DISAGREES}),
    ("四次测验得分依次为61分、66分、70分和75分，四次平均成绩为70分。", {"70": AGREES | DISAGREES}),
    ("三名选手得88分、91分和85分，平均86分。", {"86": DISAGREES}),
    # Of the highest and the lowest, of groups of any size, the mean is another.
    ("最高97分、最低55分，平均79.3分。", {"79.3": UNDECIDED}),
    ("一班平均85分、二班平均91分，年级平均87分。", {"87": UNDECIDED}),
    # Students for a teacher.
    ("全日制在校生4800人，专任教师300人，生师比为16:1。", {"16:1": AGREES}),
    ("全日制在校生4800人，专任教师300人，师生比1：18。", {"1：18": DISAGREES}),
    ("决赛比分为3:1。", {}),
    # Shares and rates in the order of their parts; shares whose total ends the list.
    (
        "初级80人、中级90人、高级30人，合计200人，占比依次为40%、45%、25%。",
        {"40": AGREES, "45": AGREES, "25": DISAGREES},
    ),
    (
        "电工参考120人，通过102人；焊工参考80人，通过60人。通过率分别为85%、70%。",
        {"85": AGREES, "70": DISAGREES},
    ),
    ("男生120人，占40%；女生180人，占65%；合计300人。", {"40": AGREES, "65": DISAGREES, "300": AGREES}),
    ("理论课60学时、实训课90学时，总学时150，实训课占比40%。", {"40": DISAGREES}),
    # What came and what went; what was reached beyond a task.
    ("今年招聘教师24人，退休9人，净增13人。", {"13": DISAGREES}),
    ("培训任务600人次，实际完成780人次，超任务数180人次，超额20%。", {"180": AGREES, "20": DISAGREES}),
    ("与去年的150人相比，今年参加考核的学生达300人，是去年的3倍。", {"3": DISAGREES}),
    # A total and what it consists of.
    ("全年收入900万元，由财政拨款600万元、学费收入250万元构成。", {"900": DISAGREES}),
    ("教职工共300人，其中专任教师210人、教辅人员60人、工勤人员40人。", {"300": DISAGREES}),
    ("第一批80人，第二批90人，第三批60人，全年共220人参加考核。", {"220": DISAGREES}),
    ("每班40人，共12个班，合计500人。", {"40": UNDECIDED, "500": DISAGREES}),
    # Other campuses, another time.
    ("南校区报名200人，北校区取证150人，北校区取证率93.8%。", {"93.8": UNDECIDED}),
    ("上半年培训900人次，全年目标为2000人次，去年全年完成1850人次。", {"1850": UNDECIDED}),
    # The same number again, two of its digits swapped.
    ("全年共完成技能鉴定2,467人次。综上，2,476人次的鉴定任务已经完成。", {"2,476": DISAGREES}),
    ("2020年鉴定2,467人次。2021年鉴定2,476人次。", {"2,467": UNDECIDED, "2,476": UNDECIDED}),
    # Slips of the decimal point, and a multiple taken for growth: so far off, and yet of nothing else.
    ("毕业生1250人，其中升学31人，升学率24.8%。", {"24.8": DISAGREES}),
    ("合作企业由8家增加到16家，增长200%。", {"200": DISAGREES}),
    # Parts behind 即, 分别为, 其中 in a sentence of their own, and by what they are told apart.
    ("立项课题25项，即国家级2项、省级9项、市级15项。", {"25": DISAGREES}),
    ("两项工程共投入500万元，分别为320万元和180万元。", {"500": AGREES}),
    ("专任教师300人。从职称看，教授20人，副教授80人，讲师150人，助教50人。", {"300": AGREES}),
    (
        "全年支出800万元。其中，人员经费500万元，公用经费300万元，人员经费占全年支出的65.2%。",
        {"800": AGREES, "65.2": DISAGREES},
    ),
    ("今年招聘26人，退休8人、调出5人，净增教师12人。", {"12": DISAGREES}),
    # Persons that 人数 leads up to; so many for each, said of what stands before its number.
    ("三个班人数依次为41、39、46，合计128人，平均每班42人。", {"128": DISAGREES}),
    ("现有教学班30个，学生1290人，平均每班43人。", {"43": AGREES}),
    ("设备总值9000万元，在校生6000人，生均教学科研仪器设备值1.8万元。", {"1.8": DISAGREES}),
    # A share of what is named by its beginning; the award and not the tests before it.
    ("累计到位资金2.0亿元，支出1.5亿元，占到位资金的80%。", {"80": DISAGREES}),
    ("参加考核90人，理论合格85人，实操合格80人，取得证书的72人，取证率83.5%。", {"83.5": DISAGREES}),
    ("去年计划900人，报到810人，报到率90%；今年计划1000人，报到930人，报到率90%。", {}),
    # Years in a row, each with its number; 各 is all of them.
    ("2019—2021年获证人数依次为80人、100人、150人，2021年比2020年增长60%。", {"60": DISAGREES}),
    ("共有120名选手参加3个赛项，各赛项选手分别为50人、40人、25人。", {"120": DISAGREES}),
    # A change that goes the other way than its words.
    ("今年通过率91.5%，较去年的93.0%提高1.5个百分点。", {"1.5": DISAGREES}),
    ("今年通过率91.5%，较去年的93.0%下降1.5个百分点。", {"1.5": AGREES}),
    ("今年通过率94.5%，比去年的93.0%提高1.5个百分点。", {"1.5": AGREES}),
    # Cohorts, the time before, the year before in a sentence of its own.
    ("2021届毕业生共900人。2022届毕业生已有850人落实去向，落实率92.6%。", {"92.6": UNDECIDED}),
    ("报名90人，实考80人，通过60人。上次考核的通过率为71.3%。", {"71.3": UNDECIDED}),
    ("今年总支出800万元，其中项目支出200万元。上年度总支出700万元，项目支出占比为22.5%。", {"22.5": UNDECIDED}),
    ("问卷发放500份，收回460份，回收率94%。", {"94": DISAGREES}),
    ("技术服务到款600万元，上年为480万元，同比增长20%。", {"20": DISAGREES}),
    ("获奖9项，比上届的6项增加4项。", {"4": DISAGREES}),
    ("毕业生500人中已有470人落实去向。对尚未落实去向的40名毕业生逐人帮扶。", {"40": DISAGREES}),
    ("共安排2500学时，其中实践教学1400学时，占总学时的65%。", {"65": DISAGREES}),
    ("计划招生600人，录取580人，报到551人，以录取人数计算的报到率为91.83%。", {"91.83": DISAGREES}),
    ("新增应用英语、动漫设计等专业5个。", {"5": UNDECIDED}),
    ("最低分318分和296分，分别高出控制线138分和116分。", {"296": UNDECIDED, "318": UNDECIDED}),
    # Parts of a group by names within longer ones; what is so much for each is no part.
    ("共有800人参加实习，其中在省内实习620人，在省外实习170人。", {"800": DISAGREES}),
    ("培训900人次。其中，职工500人次，退役军人400人次，平均每期90人次。", {"900": AGREES}),
    ("总收入500万元，包括拨款300万元、学费200万元。全年总支出480万元。", {"500": AGREES, "480": UNDECIDED}),
    ("首届招收50人，第二届招收75人，增长33.3%。", {"33.3": DISAGREES}),
    ("2021年预算数为500万元，截至年末实际支出460万元，预算执行率为96%。", {"96": DISAGREES}),
    # The whole or its last part may be what is compared.
    ("建成课程40门，其中国家级4门、省级36门，比上年的31门新增9门。", {"9": AGREES, "40": AGREES}),
    ("建成课程40门，其中省级36门，比上年的31门增加5门。", {"5": AGREES}),
    ("建成课程40门，其中国家级4门、省级36门，比上年的31门新增7门。", {"7": DISAGREES}),
    # Two parts of three are no total; a plan and what was added to it are none either.
    ("立项省级20项、市级35项、校级50项，总数85项。", {"85": DISAGREES}),
    ("计划招生900人，追加60人，全年录取1000人。", {"1000": UNDECIDED}),
    # The rate of those that its base names, of the sum and not of the first, and of none that did something else.
    ("报名150人，实际参加考试140人，合格119人，按实考人数计算的合格率为79.33%。", {"79.33": DISAGREES}),
    ("有效问卷500份，满意和比较满意的分别为300份和150份，总体满意率达90%。", {"90": AGREES | UNDECIDED}),
    ("毕业生300人，其中参加护士考试的270人，通过率94.1%。", {"94.1": UNDECIDED}),
    ("录取500人，上年录取400人，录取人数增加100人，增幅20%。", {"20": DISAGREES}),
    ("在校生8000人，专任教师500人，学生与专任教师之比为16:1。", {"16:1": AGREES}),
    # A change of what its own clause names is not that of the clause before; rounded values leave room for theirs.
    ("成交额从1500亿元增加到4500亿元，科技型企业数量增长3.2倍。", {"3.2": UNDECIDED}),
    ("在园24.47万所，比上年增加1.06万所，增长4.55%。", {"4.55": AGREES}),
    ("产值增长6.5%。出口额增长5.6%。", {"5.6": UNDECIDED}),
    ("男生5100人、女生2800人。2021届毕业生，共7700人。", {"7700": UNDECIDED}),
    ("精深加工率85%，农产品加工产值与农业总产值之比从1.68∶1提升到2.5∶1。", {"85": UNDECIDED}),
    # Parts that may have people in common, by the group's words, by what is said behind them, by what is counted.
    ("参加考核800人，其中理论考试合格760人、实操考试合格720人。", {"800": UNDECIDED}),
    ("报名考生500人：报考初级300人、报考中级250人，其中50人兼报两级。", {"500": UNDECIDED}),
    ("获奖学生86人，其中金奖12人、银奖30人、铜奖50人，部分学生获多项奖。", {"86": UNDECIDED}),
    ("8个专业的960名学生参加培训，各专业学生通过人数分别为288人、292人、290人。", {"960": UNDECIDED}),
    # Two things, each with its own number; far totals of others; what a change is of.
    ("校内基地建筑面积12500平方米。校外基地建筑面积15200平方米。", {"15200": UNDECIDED}),
    ("机电系学生共有326人参加考核。商贸系学生共有362人参加考核。", {"362": UNDECIDED}),
    ("学校获一等奖2人、二等奖8人，参赛选手共100人。", {"100": UNDECIDED}),
    ("今年获证1020人，上年获证850人，其中中级获证同比增长30%。", {"30": UNDECIDED}),
    ("合格率90%，较去年的88%提高2个百分点，较前年的85%提高5个百分点。", {"5": AGREES | UNDECIDED}),
    # Totals that are no sum of the shares before them, net numbers with more that came and went, rates of other groups.
    ("专任240人，占80%；外聘60人，占15%；全校共聘专家350人。", {"80": UNDECIDED, "15": UNDECIDED}),
    ("公开招聘20人，引进高层次人才6人，退休8人，净增18人。", {"18": AGREES}),
    (
        "初级考核140人，通过119人；中级考核96人，通过72人，男生、女生通过率分别为82%、78%。",
        {"82": UNDECIDED, "78": UNDECIDED},
    ),
    ("实训教师40人，实训学生900人，专任教师210人，在校生3780人，生师比18:1。", {"18:1": AGREES | UNDECIDED}),
    ("财政拨款800万元，实训基地支出120万元，占财政性教育经费总额的12%。", {"12": UNDECIDED}),
    ("平均每班45人，共20个教学班，在校生共905人。", {"905": UNDECIDED | AGREES}),
    # Narrow marks are marks; a rate of those whom it names.
    ("毕业生1000人,其中升学200人,占20%;自主创业30人,占5%。", {"20": AGREES, "5": DISAGREES}),
    ("投放计划2850人，其中本省2300人。省外报到率为82.4%，本省报到率为94.7%。", {"82.4": UNDECIDED, "94.7": UNDECIDED}),
    # Another time's operands; averages are no parts.
    ("今年计划招生1000人；去年报到900人，去年报到率93%。", {"93": UNDECIDED}),
    ("月薪在3000至5000元之间，其中一类平均4200元，二类平均3600元。", {"5000": UNDECIDED}),
    # Two digits swapped, or one of four or more another, tell of which numbers a number comes about.
    ("发放补助的1120人中，留校的912人，留校者占已发放者的84.13%。", {"84.13": DISAGREES}),  # 81.43
    ("发放补助的1120人中，留校的912人，留校者占已发放者的77.50%。", {"77.50": UNDECIDED}),
    ("全年三场分别到场1,306人、872人、415人，累计2,953人。", {"2,953": DISAGREES}),  # 2,593
    ("年度合计18,240.5万元。分项看，拨款11,120.2万元，学费5,310.1万元，其他1,800.2万元。", {"18,240.5": DISAGREES}),
    ("甲组与乙组各申请教室24间和42间。", {"42": UNDECIDED}),
    # The same said twice, which of the two is wrong is not known; not two things with like numbers.
    ("图书室现有座位538个。全体358个座位都装了电源。", {"538": DISAGREES, "358": DISAGREES}),
    ("全校教工共462名。本学年全校426名教工均签了承诺书。", {"462": DISAGREES, "426": DISAGREES}),
    ("合作单位共有273家。今年走访的237家单位中，有50家签约。", {"273": DISAGREES, "237": DISAGREES}),
    ("旧楼有座位538个。新楼有座位358个。", {"538": UNDECIDED, "358": UNDECIDED}),
    ("项目经费48.6万元（即486000元）全部到位。", {"486000": AGREES}),
    ("项目经费48.6万元（即48600元）全部到位。", {"48600": DISAGREES}),
    # The only two counts of a clause that names a rate, a change or a rest.
    ("试点证书共8个，已考核的有7个，考核面82.5%。", {"82.5": DISAGREES}),
    ("空调控制价58.4万元，成交51.2万元，节约6.2万元。", {"6.2": DISAGREES}),  # 节约 is no 约
    ("甲班试点证书8个，乙班考核的有7个，丙班考核面82.5%。", {"82.5": UNDECIDED}),
    ("去年到账900万元，今年到账720万元，同比下降25%。", {"25": DISAGREES}),  # of the larger value
    # What there was, what came and what went.
    ("年初有电脑260台，报废45台，新购30台，年末有255台。", {"255": DISAGREES}),
    ("年初有电脑260台，报废45台，新购30台，年末有245台。", {"245": AGREES}),
    ("年初有电脑260台，报废45台，年末有255台。", {"255": UNDECIDED}),
    # Totals that are no sums, and parts that hardly exceed a total.
    ("报修137次，当天修好96次，三天内修好的累计125次。", {"125": UNDECIDED}),
    ("甲班满意的有78%，乙班满意的有85%，两个班合计是81.9%。", {"81.9": UNDECIDED}),
    ("首批30人参加、21人通过，次批34人参加、27人通过，两批合计64人。", {"64": AGREES | UNDECIDED}),
    ("结业437人，其中水稻班148人、茶叶班201人、电商班98人。", {"437": DISAGREES}),
    ("招生1200人，其中中专400人；实际录取1136人，其中中专417人。", {"1136": UNDECIDED}),
    ("两县共派出干部11人，其中东县6人，西县4人。", {"11": DISAGREES}),  # short, but there are two
    ("优秀占22%，良好占41%，合格占31%，其余8%不合格。", {"8": DISAGREES}),
    # A number of parts, of a list before a total or behind it.
    ("物流类40人、商贸类35人、制造类50人，三类合计125人。", {"三": AGREES}),
    # So many for each one, by the words for them; of several counts of which one is the total of the others.
    ("在校生1290人，专职辅导员6人，师生比1:251。", {"1:251": DISAGREES}),
    ("提供岗位3720个，到场毕业生1240人，岗位数与到场毕业生人数之比为2:1。", {"2:1": DISAGREES}),
    ("学生公寓336间，每间住8人，可住2688人。", {"2688": AGREES}),
    ("每人补助2500元，惠及学生2540人，共发放612.5万元。", {"612.5": DISAGREES}),
    ("烹饪专业用房3260平方米，学生408人，生均7.99平方米；全校生均5.3平方米。", {"7.99": AGREES, "5.3": UNDECIDED}),
    # A rate on the basis that is named behind it, of several counts together, of all but those who lack.
    ("报名132人，缺考6人，实考126人，合格113人，合格率85.6%（按实考人数计算）。", {"85.6": DISAGREES}),
    ("教授28人、副教授117人、讲师267人，共412人，有高级职称的占总数的35.19%。", {"35.19": AGREES | UNDECIDED}),
    ("设备1250台，待修35台，完好率97.2%。", {"97.2": AGREES}),
    ("走访1127户，有意愿的438户，占34.7%；已报名152户。", {"34.7": DISAGREES | UNDECIDED}),
    ("在校生8646人，男生5230人，女生3416人，女生占41.5%。", {"41.5": DISAGREES}),
    ("二班45人中有39人通过，其他班级通过率为81%。", {"81": UNDECIDED}),
    ("参训35人，支出18万元，人均约5413元。", {"5413": DISAGREES}),  # 约 is of the last digit
    ("报名人数共900人，约占计划1000人的九成。", {"九成": AGREES}),
    ("评教很满意62.4%，满意28.9%，一般7.1%，不满意1.6%。“满意”及以上合计91.3%。", {"91.3": AGREES}),
    ("全年听课286节，优良224节；按不含汇报课40节的口径，优良率为83.9%。", {"83.9": UNDECIDED}),
    ("年初预算2350万元，年中追加186万元、核减54万元，调整后预算为2590万元。", {"2590": DISAGREES}),
    ("在校生组织1342人考核，取证1105人；另有236名往届学生补考。", {"236": UNDECIDED}),
    ("预算1.52亿元，决算1.61亿元，其中项目支出预算执行率为92.7%。", {"92.7": UNDECIDED}),
    ("馆藏图书72.4万册，按折合学生计生均66.8册；在校生10236人。", {"66.8": UNDECIDED}),
    ("学员56人，人均培训费1280元，应收71860元。", {"1280": UNDECIDED, "71860": DISAGREES}),
    # A joint within the names of a list counts none.
    ("新增婴幼儿托育服务与管理、康复治疗技术、药品经营与管理4个专业。", {"4": DISAGREES}),
    ("新增婴幼儿托育服务与管理、康复治疗技术、药品经营与管理3个专业。", {"3": AGREES}),
    ("新增机电、信息、商贸与旅游4个专业。", {"4": AGREES | UNDECIDED}),
    ("新增机电、信息、商贸与旅游3个专业。", {"3": AGREES | UNDECIDED}),
    # So many days and years between dates; a rate of what was done is not the other way round.
    ("师资培训自7月8日开始，7月17日结束，为期10天。", {"10": AGREES | UNDECIDED}),
    ("师资培训7月8日至17日，为期12天。", {"12": DISAGREES}),
    ("师资培训7月8日至17日，为期10天。", {"10": AGREES}),
    ("师资培训7月8日至17日，选派教师12名。", {"12": UNDECIDED}),
    ("学校创办于1978年，至2023年已办学55年。", {"55": DISAGREES}),
    ("学校创办于1978年，至2023年已办学45年。", {"45": AGREES}),
    ("下达任务300人，实际完成315人，任务完成率95.2%。", {"95.2": UNDECIDED | DISAGREES}),
    ("就业率达七成八，156人中有117人就业。", {"七成八": UNDECIDED | DISAGREES}),
]


def states_of(claims):
    made = claims[(claims["kind"] == "claim") & ~claims["derived"]]
    return dict(zip(made["number"], made["state"], strict=True))


@pytest.mark.parametrize(("text", "wanted"), OF_THE_YEAR, ids=[text for text, _ in OF_THE_YEAR])
def test_only_what_is_of_this_school_this_year_and_whole_is_held_against_the_year(text, wanted, checked):
    states = states_of(checked(text))
    assert all(states[number] in allowed for number, allowed in wanted.items()), states


@pytest.mark.parametrize("with_a_year", [True, False])
@pytest.mark.parametrize(("text", "wanted"), BY_ITSELF, ids=[text for text, _ in BY_ITSELF])
def test_what_a_text_states_of_its_own_numbers_is_judged_without_a_year(text, wanted, with_a_year, checked):
    claims = checked(text) if with_a_year else check_claims(passages_of(text), NO_FACTS)
    states = states_of(claims)
    assert all(states[number] in allowed for number, allowed in wanted.items()), states


def test_what_disagrees_says_how_it_comes_about_and_what_could_stand_there(checked):
    claims = checked(
        "参加考核2,400人，1,800人取得证书，通过率68.5%。2021年我校第一批次新获批证书试点12个，培训任务为872人；沿用批次获批11个，培训任务为610人。"
    )
    wrong = claims[claims["state"] == "disagrees"].set_index("number")
    assert wrong.loc["68.5", "explanation"].startswith("获得证书学生1,800 ÷ 参加考核学生2,400 = 75%，文中写68.5%。")
    assert wrong.loc["68.5", "instead"] == "通过率75%"
    assert wrong.loc["12+11", "instead"] == "另有第二批次2项、180人，全年合计25项、1,662人"


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("# 江海职业学院2021年度报告", "江海职业学院"),
        ("火炬职院2019年度报告", "2019年"),
        ("2020—2021学年总结", ""),
        ("# 年度试点任务", ""),
        ("2019年，学校完成培训100人。", ""),
    ],
)
def test_a_title_says_of_which_school_and_year_a_document_is(title, other, facts):
    named = facts._replace(schools=("中山火炬职业技术学院", "火炬职院"))
    assert not_of_the_year(passages_of(title), named) == other


TABLE = [
    ["年份", "参加 人数", "通过人数", "通过率", "备注"],
    ["2017", "100", "86", "86.0%", ""],
    ["2018", "120", "90", "78.0%", ""],
    ["2019", "1,130", "904", "80%", "另补考5人"],
    ["合 计", "1350", "1080", "80.0%", ""],
]


MORE_TABLES = [  # the rows, and the cells that disagree
    ([["指标", "上年", "本年", "增加"], ["考评员", "18", "33", "15"], ["企业", "9", "21", "11"]], [(2, 3)]),
    ([["年份", "人数", "比上年增长"], ["2021", "600", ""], ["2022", "750", "25%"], ["2023", "990", "24%"]], [(3, 2)]),
    (
        [["生源", "人数", "占比"], ["甲", "260", "65%"], ["乙", "90", "25.2%"], ["合计", "400", "100%"]],
        [(2, 2), (3, 1)],
    ),
    ([["分院", "男", "女", "计"], ["甲", "86", "14", "100"], ["乙", "37", "118", "165"]], [(2, 3)]),
    ([["项目", "数量"], ["参训总数", "940"], ["大一", "310"], ["大二", "630"]], []),
    ([["批次", "人数"], ["甲", "610"], ["乙", "872"], ["总计", "1,762"]], [(3, 1)]),
    ([["证书", "人次", "人数"], ["甲", "310", "290"], ["乙", "205", "200"], ["合计", "515", "437"]], []),
    ([["班別", "報名", "結業", "結業率"], ["甲", "48", "45", "93.75%"], ["乙", "50", "41", "88%"]], [(2, 3)]),
    ([["指标", "数值"], ["实考人数", "960"], ["合格人数", "816"], ["合格率", "80%"]], [(3, 1)]),
    # Columns that follow from two before them; 未通过 is no 通过.
    (
        [["班", "参考", "通过", "未通过", "合格率"], ["甲", "50", "45", "5", "90%"], ["乙", "40", "32", "7", "75%"]],
        [(2, 3), (2, 4)],
    ),
    (
        [
            ["班", "应考", "缺考", "实考"],
            ["甲", "52", "2", "50"],
            ["乙", "48", "3", "47"],
            ["丙", "40", "1", "41"],
            ["丁", "44", "2", "42"],
        ],
        [(2, 3), (3, 3)],
    ),
    (
        [["物品", "单价（元）", "数量", "金额（元）"], ["教材", "35", "40", "1400"], ["工具", "120", "8", "980"]],
        [(2, 3)],
    ),
    (
        [["证书", "支出（元）", "学生", "生均（元）"], ["甲", "9000", "30", "300"], ["乙", "9600", "40", "260"]],
        [(2, 3)],
    ),
    ([["组", "理论", "实操", "两项平均"], ["甲", "70", "80", "75"], ["乙", "66", "90", "79"]], [(2, 3)]),
    (
        [["组", "一轮", "二轮", "三轮", "平均分"], ["甲", "70", "80", "90", "80"], ["乙", "60", "70", "77", "71"]],
        [(2, 4)],
    ),
    ([["项", "预算", "决算", "结余"], ["甲", "9.5", "9.1", "0.4"], ["乙", "18", "16.2", "2.8"]], [(2, 3)]),
    (
        [
            ["科目", "预算", "决算", "执行率"],
            ["培训", "50", "45", "90%"],
            ["考核", "20", "18", "85%"],
            ["耗材", "8", "6", "70%"],
        ],
        [(2, 3), (3, 3)],
    ),
    (
        [
            ["项目", "支出", "占总支出比例"],
            ["设备", "30", "60%"],
            ["师资", "12", "14%"],
            ["考务", "8", "16%"],
            ["总支出", "50", ""],
        ],
        [(2, 2)],
    ),
    # Two columns that give none of its cells have nothing to do with it.
    ([["班", "报名", "参考", "未领证"], ["甲", "50", "48", "9"], ["乙", "40", "39", "6"]], []),
    # A quotient or a product of any two columns, whatever the headers say, perhaps in 万.
    (
        [
            ["年", "图书（万册）", "折合人数", "每人册数"],
            ["甲", "62.8", "9850", "63.8"],
            ["乙", "66.1", "10240", "64.6"],
            ["丙", "70.5", "10690", "69.5"],
        ],
        [(3, 3)],
    ),
    (
        [
            ["班次", "人数", "天数", "人日"],
            ["甲", "86", "5", "430"],
            ["乙", "124", "7", "868"],
            ["丙", "45", "12", "450"],
        ],
        [(3, 3)],
    ),
    ([["场", "甲", "乙", "丙"], ["一", "86", "5", "410"], ["二", "124", "7", "868"], ["三", "45", "12", "450"]], []),
    # What is left, what it comes to so far, what all is.
    (
        [
            ["楼", "床位", "入住", "空床"],
            ["甲", "320", "308", "12"],
            ["乙", "296", "271", "35"],
            ["丙", "240", "236", "4"],
        ],
        [(2, 3)],
    ),
    (
        [["批", "金额", "累计"], ["甲", "40", "40"], ["乙", "25", "65"], ["丙", "35", "90"], ["丁", "10", "100"]],
        [(3, 2)],
    ),
    (
        [
            ["模块", "总学时", "理论", "实操"],
            ["甲", "12", "10", "2"],
            ["乙", "36", "14", "20"],
            ["丙", "40", "12", "28"],
        ],
        [(2, 1)],
    ),
    (
        [["册", "上年末", "新增", "本年末"], ["甲", "382", "27", "409"], ["乙", "640", "120", "780"]],
        [(2, 3)],
    ),
    # Rates that differ a little to both sides are miscounted; to one side they are of another basis.
    (
        [
            ["院", "毕业", "落实", "落实率"],
            ["甲", "386", "372", "95.1%"],
            ["乙", "452", "421", "91.9%"],
            ["丙", "517", "480", "93.6%"],
        ],
        [(1, 3), (2, 3), (3, 3)],
    ),
    (
        [
            ["院", "毕业", "落实", "落实率"],
            ["甲", "386", "372", "95.1%"],
            ["乙", "452", "421", "91.9%"],
            ["丙", "517", "480", "91.6%"],
        ],
        [],
    ),
    # A total with a digit mistyped tells that totals are meant; growth stands behind the difference.
    (
        [
            ["项目", "期数", "到账（万元）"],
            ["甲", "4", "186.0"],
            ["乙", "6", "92.3"],
            ["丙", "3", "70.8"],
            ["合计", "14", "394.1"],
        ],
        [(4, 1), (4, 2)],
    ),
    (
        [
            ["科目", "上年", "本年", "增减额", "增长率"],
            ["甲", "800", "900", "100", "12.5%"],
            ["乙", "600", "750", "150", "20.0%"],
            ["丙", "400", "500", "100", "25.0%"],
        ],
        [(2, 4)],
    ),
    ([["指标", "上年", "本年", "增减"], ["学生", "846", "902", "增56"], ["基地", "74", "91", "增27"]], [(2, 3)]),
]


@pytest.mark.parametrize(("rows", "wrong"), MORE_TABLES, ids=[rows[0][-1] for rows, _ in MORE_TABLES])
def test_changes_shares_and_totals_of_a_table_are_judged(rows, wrong):
    assert [cell[:2] for cell, found in judge_table(table_of(rows)) if found.state == "disagrees"] == wrong


def test_what_prose_says_of_a_cell_is_held_against_it():
    table = "| 证书 | 参考 | 通过 |\n|---|---|---|\n| 影视特效制作 | 95 | 78 |\n| 室内设计 | 60 | 51 |"
    told = {
        "如表所示，影视特效制作有87人通过。": DISAGREES,
        "影视特效制作有78人通过。": AGREES,
        "合计129人通过。": AGREES,
    }
    for text, wanted in told.items():
        claims = check_claims(passages_of(f"{text}\n\n{table}"), NO_FACTS)
        assert claims["state"].tolist() == [*wanted], text


def test_a_rate_of_a_whole_table_is_formed_of_its_totals():
    table = "| 系部 | 参考 | 通过 |\n|---|---|---|\n| 机电 | 120 | 96 |\n| 商贸 | 80 | 70 |"
    for total in ("", "\n| 合计 | 200 | 166 |"):
        for rate, wanted in (("83%", "agrees"), ("85%", "disagrees")):
            claims = check_claims(passages_of(f"{table}{total}\n\n由上表可知，全年总通过率为{rate}。"), NO_FACTS)
            assert claims["state"].tolist()[-1] == wanted


def test_a_quantity_that_is_referred_to_is_the_one_before():
    claims = check_claims(passages_of("学校现有考评员26名。上述28名考评员须参加继续教育。"), NO_FACTS)
    assert claims["state"].tolist()[-1] == "disagrees"
    claims = check_claims(passages_of("学校现有考评员26名。另聘28名考评员。"), NO_FACTS)
    assert "disagrees" not in claims["state"].tolist()


def test_the_same_quantity_said_twice_with_its_digits_swapped_disagrees():
    claims = check_claims(passages_of("326名考生赴考。今天，362名考生参加了考核。"), NO_FACTS)
    assert claims["state"].tolist()[-1] == "disagrees"
    assert "前文写326名" in claims["explanation"].iloc[-1]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("参加证书考核的学生达到742人。", "not_understood"),
        ("2021年我校参加证书考核的学生达到742人。", "disagrees"),
        ("全校参加证书考核的学生达到742人。", "disagrees"),
        ("学校先后申报证书试点，试点规模1350人。", "no_data"),  # over more than one year
    ],
)
def test_only_a_text_that_is_ours_is_called_wrong_by_the_year(text, state, checked):
    assert states_of(checked(text)).popitem()[1] == state


LINES = "| 校区 | 计划数 | 录取数 | 报到数 | 报到率 |\n|---|---|---|---|---|\n| 东 | 200 | 190 | 171 | 90.0% |\n"
LINES += "| 西 | 100 | 80 | 72 | 92.0% |\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        # a rate of one of several columns: of that by which the most lines agree
        (LINES, {"92.0"}),
        (LINES.replace("92.0", "90.0"), set()),
        # a total that forgets the same line in every column; one that is another's
        (LINES + "| 合计 | 200 | 190 | 171 | — |", {"200", "190", "171", "92.0"}),
        (LINES + "| 合计 | 260 | 190 | 300 | — |", {"92.0"}),
        # what the prose beside it says of a column
        ("各校区计划数如下，合计计划310人。\n\n" + LINES, {"310", "92.0"}),
        ("各校区计划数如下，合计计划300人。\n\n" + LINES, {"92.0"}),
        ("下表为部分校区的计划数，合计计划310人。\n\n" + LINES, {"92.0"}),
        ("全年共录取207人。\n\n" + LINES, {"207", "92.0"}),
        ("全年共录取301人。\n\n" + LINES, {"92.0"}),
        # persons of both sexes; a total above lines that may overlap
        ("| 班 | 男生 | 女生 | 人数 |\n|---|---|---|---|\n| 甲 | 11 | 34 | 45 |\n| 乙 | 9 | 37 | 48 |", {"48"}),
        ("| 类别 | 人数 |\n|---|---|\n| 专任教师总数 | 300 |\n| 双师型教师 | 220 |\n| 硕士教师 | 180 |", set()),
        # a share of the column two before it
        ("| 系 | 教师数 | 双师型 | 比例 |\n|---|---|---|---|\n| 甲 | 50 | 40 | 80% |\n| 乙 | 40 | 30 | 70% |", {"70"}),
        # totals over lines of which one is a part of another; columns that are of more than both sexes
        (
            "| 类别 | 2020 | 2021 |\n|---|---|---|\n| 总收入 | 900 | 950 |\n| 财政 | 600 | 640 |\n| 其中专项 | 100 | 90 |\n| 学费 | 300 | 310 |",
            set(),
        ),
        (
            "| 系 | 报名 | 男生 | 女生 | 人数 |\n|---|---|---|---|---|\n| 甲 | 50 | 20 | 20 | 40 |\n| 乙 | 60 | 25 | 30 | 55 |",
            set(),
        ),
        # a rate of the column by which every line agrees; lines of the table that the prose names
        (
            "| 专业 | 报考 | 实考 | 合格 | 合格率 |\n|---|---|---|---|---|\n| 甲 | 100 | 100 | 90 | 90% |\n| 乙 | 80 | 75 | 70 | 87.5% |\n"
            "| 丙 | 60 | 58 | 50 | 83.3% |",
            set(),
        ),
        ("如下表，东、西以外另有两个校区，计划不同；前两个校区合计计划260人。\n\n" + LINES, {"92.0"}),
        # money in two units; means of a line; a rate copied down, where its names say of what it is
        (
            "| 项目 | 人次 | 费用（万元） | 人均（元） |\n|---|---|---|---|\n| 甲 | 50 | 10 | 2000 |\n| 乙 | 80 | 12 | 1800 |",
            {"1800"},
        ),
        (
            "| 系 | 教学 | 管理 |\n|---|---|---|\n| 甲 | 90.0 | 81.0 |\n| 乙 | 94.0 | 85.0 |\n| 平均 | 92.0 | 84.0 |",
            {"84.0"},
        ),
        ("| 项 | 初级 | 中级 |\n|---|---|---|\n| 甲 | 28 | 46 |\n| 乙 | 40 | 33 |\n| 分级合计 | 68 | 97 |", {"97"}),
        (
            "支出如下（仅列50万元以上的）：\n\n| 项 | 万元 |\n|---|---|\n| 甲 | 863 |\n| 乙 | 312 |\n| 支出总计 | 1518 |",
            set(),
        ),
        ("| 项 | 万元 |\n|---|---|\n| 甲 | 863 |\n| 乙 | 312 |\n| 支出总计 | 1157 |\n\n注：零星支出从略。", {"1157"}),
        (
            "| 季 | 参加考核 | 通过 | 通过率 |\n|---|---|---|---|\n| 一 | 100 | 90 | 90% |\n| 二 | 120 | 84 | 90% |\n"
            "| 三 | 80 | 60 | 90% |\n| 四 | 60 | 48 | 90% |",
            {"90"},
        ),
    ],
)
def test_a_table_and_the_words_beside_it_are_held_against_each_other(text, wrong):
    claims = check_claims(passages_of(text), NO_FACTS)
    assert set(claims.loc[claims["state"] == "disagrees", "number"]) == wrong


def test_a_table_is_judged_by_its_rows_and_columns():
    found = {cell[:2]: (cell.written, found.state, found.expected) for cell, found in judge_table(table_of(TABLE))}
    assert {place: item for place, item in found.items() if item[1] == "disagrees"} == {
        (2, 3): ("78.0", "disagrees", 75)
    }
    assert {(4, 1), (4, 2), (4, 3)} <= set(found)
    wrong = [row[:] for row in TABLE]
    wrong[4][2] = "1090"
    disagree = [cell[:2] for cell, found in judge_table(table_of(wrong)) if found.state == "disagrees"]
    assert disagree == [(2, 3), (4, 2), (4, 3)]


@pytest.mark.parametrize(
    "rows",
    [[], [["年份", "3.5%", "总计", "合计"]], [["a"]], [["a", "b"], ["1", "2"]], [["", ""], ["1", "2"], ["合计", ""]]],
)
def test_a_table_that_says_nothing_is_no_fault(rows):
    assert judge_table(table_of(rows)) == []


def test_a_space_within_a_number_of_a_table_stops_nothing(checked):
    claims = checked("| 班 | 培训 | 考核 |\n|---|---|---|\n| 甲 | 1 0 | 5 |\n| 乙 | 20 | 6 |\n| 合计 | 3 0 | 11 |")
    assert claims[["number", "state", "line"]].to_numpy().tolist() == [["30", "agrees", 5], ["11", "agrees", 5]]


def test_the_tables_of_a_document_are_read_with_their_places(tmp_path, checked):
    lines = ["# 概况", "", *("| " + " | ".join(row) + " |" for row in TABLE[:1]), "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in TABLE[1:]]
    text = "\n".join(lines)
    wrong = checked(text).query("state == 'disagrees'").iloc[0]
    assert lines[wrong["line"] - 1][wrong["column"] - 1 :].startswith("78.0%")
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
    page = tmp_path / "report.html"
    page.write_text(f"<p>培训40人。</p><table>{cells}</table>", encoding="utf-8")
    claims = check_claims(read_document(page), NO_FACTS)
    assert claims.loc[claims["state"] == "disagrees", "number"].tolist() == ["78.0"]
    assert "40" in claims["number"].tolist()


@pytest.mark.parametrize(
    "text",
    [
        "培训72人，分别为100%。",
        "中级9个，0人合格率批准率100.18%。",
        "0人高于通过率91.03%；其中0人、0人，合计0人，占0%。",
        "由0人增至0人，增长0%，翻一番，比0%高0个百分点。",
    ],
)
def test_numbers_that_nothing_can_be_formed_of_are_no_fault(text, checked):
    assert "disagrees" not in set(checked(text)["state"])
