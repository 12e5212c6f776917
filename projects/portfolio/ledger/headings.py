"""The headings that offices have for the columns of a ledger of projects, the likeliest first: LG-2 of
docs/rules/ledger.md.
"""

from __future__ import annotations


def _read(lines: str) -> dict[str, tuple[str, ...]]:
    """A word and its headings a line; a line that begins with blanks goes on."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines.strip().splitlines():
        words = line.split()
        if line.startswith(" "):
            key = next(reversed(found))
            found[key] += tuple(words)
        else:
            found[words[0]] = tuple(words[1:])
    return found


KNOWN = _read(
    """
name 项目名称 工程名称 建设项目名称 子项目名称 项目名 建设项目 项目
code 国家项目代码 审批监管平台代码 审批监管代码 项目审批监管平台代码 投资项目在线审批监管平台代码
    在线审批监管平台代码 投资项目代码 投资项目统一代码 项目统一代码 统一项目代码 项目代码 国家代码 赋码 项目赋码
    发改赋码
major_code 重大项目库编码 重大库编码 国家重大建设项目库编码 国家重大建设项目库代码 重大建设项目库编码 重大项目库代码
    三年滚动计划编码
statistics_code 统计代码 入统代码 统计项目代码 固定资产投资项目代码 联网直报代码
place 所在地 项目所在地 所在地区 建设地点 建设地 项目地点 地区 县市区 县(市区) 县(市、区) 县区 市县 市(县) 行政区划
    区划 属地 辖区 所属地区 所属县区
address 详细地址 地址 项目地址 建设地址 具体地点 坐落
category 机构类别 机构类型 医疗机构类别 单位类别
nature 建设性质 项目性质 性质 建设类型
industry 所属行业 行业 行业类别 国标行业
unit 项目单位 项目业主 业主 业主单位 建设单位 实施单位 承担单位 项目实施单位 申报单位 使用单位 项目单位名称
    建设单位名称 单位名称 医院名称 单位
legal_unit 项目法人 项目法人单位 法人单位 项目(法人)单位
supervising_unit 日常监管直接责任单位 日常监管责任单位 监管责任单位 监管单位 行业主管部门 主管部门 责任单位
supervisor 监管责任人 日常监管责任人 监管负责人
responsible 项目负责人 负责人 责任人 项目责任人 负责人及联系电话 项目负责人及联系电话 负责人及电话 责任人及联系电话
    负责人姓名 负责人/联系电话
responsible_phone 负责人电话 负责人联系电话 责任人电话 项目负责人电话 项目负责人联系电话
contact 联系人 项目联系人 联系人及电话 联系人及联系电话 联系人姓名 填报人 联系人/电话
contact_phone 联系电话 联系人电话 联系方式 电话 手机 手机号 手机号码
content 建设内容和规模 建设内容及规模 建设规模及内容 建设规模及主要内容 主要建设内容 主要建设内容及规模 建设内容
    建设规模 主要规模和内容 建设规模和内容 项目内容 项目概况 规模
area 建筑面积 总建筑面积 新建面积 建设面积 新建建筑面积 批复面积
beds 床位数 床位 编制床位 新增床位 规划床位 设置床位
total 总投资 项目总投资 总投资额 计划总投资 投资总额 概算总投资 投资规模 批复总投资 总概算
building 建安工程 建安工程费 建安 建筑安装工程费 建安投资 工程费用 建筑安装工程 土建
equipment 设备购置 设备购置费 设备 设备投资 设备及工器具购置
other 其他费用 工程建设其他费用 工程建设其他费 其他投资
plan_start 计划开工 计划开工时间 计划开工日期 拟开工时间 预计开工时间 开工时间 开工日期 计划开始 计划开始时间
    开始时间 建设起始年月 开工年月
plan_finish 计划完工 计划完工时间 计划竣工 计划竣工时间 计划竣工日期 拟竣工时间 预计竣工时间 完工时间 竣工时间
    完工日期 竣工日期 计划完成 计划完成时间 完成时间 建设终止年月 竣工年月 预计完工时间 拟完工时间
promise 承诺 年度承诺 承诺事项 年度目标 目标 年度目标任务 目标任务 年度建设目标 工作目标 本年目标 当年目标 年底目标
    年度形象进度目标 计划形象进度 目标要求
promise_due 承诺期限 期限 完成时限 承诺完成时间 目标期限 时限 时限要求 承诺时间 目标时限
promise_measure 承诺口径 口径 目标口径 指标 考核指标
promise_threshold 承诺比例 目标值 目标比例 目标进度
promise_commitment 承诺力度 力度 要求
percent 形象进度(%) 形象进度 工程进度 累计形象进度 总体进度 完成进度 总体形象进度 目前形象进度 完成比例 当前进度
    累计完成比例
invested 累计完成投资 已完成投资 累计投资 开工累计完成投资 开工以来累计完成投资 自开工累计完成投资 累计完成投资额
    至今累计完成投资
narrative 进展情况 当前进展情况 项目推进情况 推进情况 目前进展 目前进展情况 工作进展 项目进展 项目进展情况 进度情况
    形象进度描述 形象进度情况 本月进展
note 备注 说明 其他说明
"""
)
# Known too, and entered elsewhere (`fields.ELSEWHERE`).
ELSEWHERE = _read(
    """
order 序号 编号 项目序号 行号 no no. 排序
begun 是否开工 实际开工 实际开工时间 实际开工日期 实际竣工 实际完工时间 实际竣工时间 是否完工 是否竣工
money 下达资金 支付资金 支付进度 支付率 到位资金 已到位资金 累计到位资金 到位率 累计支付 已支付 累计支付资金
    已支付资金 下达年份批次 资金类型 拨付金额 未还款金额 已下达 累计下达 下达文号 资金到位 资金支付 到位 支付 下达
statistics 是否入统 是否已入统 是否已入库 入统 是否入库
status 状态 项目状态 建设状态 预警 亮灯
"""
)
SOURCE_GROUPS = ("资金来源", "投资来源", "资金构成", "资金筹措", "投资构成", "总投资", "其中")
