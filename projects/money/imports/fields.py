"""The columns of each kind of file that can be imported, and the headings that files have for them."""

from __future__ import annotations

from dataclasses import dataclass

from projects.core.text import N_


@dataclass(frozen=True)
class Field:
    """A column that is looked for: its kind (text, amount, day) and the names it goes by, the likeliest first."""

    key: str
    label: str
    kind: str
    names: tuple[str, ...]
    required: bool = False


def _field(key: str, label: str, kind: str, names: str, *, required: bool = False) -> Field:
    return Field(key, label, kind, tuple(names.split()), required)


_CODE = (
    "project_code 项目代码 国家项目代码 投资项目代码 投资项目统一代码 项目统一代码 统一项目代码 项目编码 项目编号 代码"
)
_NAME = "project_name 项目名称 工程名称 建设项目名称 建设项目 具体项目 项目 子项目名称 项目名"
_UNIT = (
    "project_unit 项目单位 建设单位 实施单位 承担单位 项目实施单位 项目法人 项目法人单位 单位名称 单位 使用单位 预算单"
    "位 项目单位名称 建设单位名称 实施单位名称 预算单位名称"
)
_WRITTEN = " 小写金额 金额(小写) 小写 大写金额 金额(大写)"
FIELDS: dict[str, tuple[Field, ...]] = {
    "projects": (
        _field("code", N_("项目代码"), "text", _CODE),
        _field("name", N_("项目名称"), "text", _NAME + " 名称", required=True),
        _field("unit", N_("项目单位"), "text", _UNIT),
        _field(
            "place",
            N_("所在地"),
            "text",
            "place 所在地 所在地区 建设地点 地区 县市区 县(市区) 县区 市县 行政区划 区划 属地 辖区",
        ),
    ),
    "allocations": (
        _field(
            "line", N_("明细编号"), "text", "line_id 明细编号 下达编号 指标编号 指标id 指标文号序号 明细id 分配编号"
        ),
        _field(
            "number",
            N_("文号"),
            "text",
            "document_number 文号 下达文号 指标文号 文件号 发文字号 文件编号 发文号 计划文号 资金文号 下达文件",
            required=True,
        ),
        _field(
            "issuer", N_("发文单位"), "text", "issuer 发文单位 发文机关 下达单位 发文部门 下达部门 印发单位 来文单位"
        ),
        _field(
            "issued",
            N_("发文日期"),
            "day",
            "issued_on 发文日期 下达日期 下达时间 发文时间 印发日期 成文日期 文件日期 印发时间 日期 时间",
            required=True,
        ),
        _field("code", N_("项目代码"), "text", _CODE),
        _field("name", N_("项目名称"), "text", _NAME),
        _field("unit", N_("项目单位"), "text", _UNIT),
        _field(
            "source",
            N_("资金来源"),
            "text",
            "source 资金来源 资金性质 资金类别 资金渠道 来源 资金类型 预算级次",
            required=True,
        ),
        _field(
            "amount",
            N_("金额"),
            "amount",
            (
                "amount_yuan amount 下达金额 安排金额 本次下达 本次下达金额 下达资金 安排资金 下达投资 本次安排投资 投"
                "资金"
                "额 资金金额 分配金额 金额 资金额 指标金额 下达数 下达投资额"
            )
            + _WRITTEN,
            required=True,
        ),
        _field("memo", N_("备注"), "text", "memo 备注 说明 摘要"),
    ),
    "receipts": (
        _field(
            "voucher",
            N_("凭证号"),
            "text",
            "voucher 凭证号 凭证编号 支付令号 拨款凭证号 回单号 流水号 交易流水号 凭证号码 拨款单号 单号 编号",
        ),
        _field(
            "received",
            N_("到账日期"),
            "day",
            (
                "received_on 到账日期 入账日期 到位日期 到账时间 收款日期 交易日期 记账日期 拨款日期 入账时间 交易时间"
                " 到"
                "款日期 到位时间 拨付日期 日期 时间"
            ),
            required=True,
        ),
        _field(
            "payer",
            N_("付款单位"),
            "text",
            (
                "payer 付款单位 付款人 付款人名称 付款方 付款方名称 拨款单位 对方户名 付款户名 付款账户名称 付款人全称"
                " 汇"
                "款人 付款单位名称 付款人户名 付款方户名 拨付单位 拨款单位名称"
            ),
        ),
        _field(
            "payee",
            N_("收款单位"),
            "text",
            (
                "payee 收款单位 收款人 收款人名称 收款方 收款方名称 收款户名 收款账户名称 收款人全称 本方户名 户名 收"
                "款单"
                "位名称 收款人户名 收款方户名 到账单位 预算单位 预算单位名称 单位名称"
            ),
            required=True,
        ),
        _field(
            "amount",
            N_("金额"),
            "amount",
            (
                "amount_yuan amount 到账金额 入账金额 到位金额 收入金额 贷方金额 贷方发生额 收款金额 拨款金额 交易金额"
                " 到"
                "款金额 拨付金额 到账资金 到位资金 金额 收入 贷方"
            )
            + _WRITTEN,
            required=True,
        ),
        _field("memo", N_("摘要"), "text", "memo 摘要 用途 附言 资金用途 款项用途 交易附言 事由 备注 说明"),
        _field("source", N_("资金来源"), "text", "source 资金来源 资金性质 资金类别 资金类型"),
    ),
    "payments": (
        _field(
            "voucher",
            N_("凭证号"),
            "text",
            "voucher 凭证号 支付凭证号 付款凭证号 支付令号 凭证编号 回单号 流水号 单号 编号",
        ),
        _field(
            "paid",
            N_("支付日期"),
            "day",
            "paid_on 支付日期 付款日期 支付时间 付款时间 支出日期 交易日期 记账日期 日期 时间",
            required=True,
        ),
        _field("code", N_("项目代码"), "text", _CODE),
        _field("name", N_("项目名称"), "text", _NAME),
        _field("unit", N_("项目单位"), "text", _UNIT),
        _field(
            "payee",
            N_("收款单位"),
            "text",
            "payee 收款单位 收款人 收款人名称 收款方 施工单位 供应商 对方户名 收款户名 承包单位",
        ),
        _field("source", N_("资金来源"), "text", "source 资金来源 资金性质 资金类别 资金渠道 资金类型", required=True),
        _field(
            "amount",
            N_("金额"),
            "amount",
            "amount_yuan amount 支付金额 付款金额 支出金额 借方金额 借方发生额 实付金额 本次支付 金额 支出 借方"
            + _WRITTEN,
            required=True,
        ),
        _field("memo", N_("摘要"), "text", "memo 摘要 用途 事由 备注 说明 附言"),
        _field("number", N_("文号"), "text", "document_number 文号 指标文号 下达文号"),
    ),
}
OTHER_WAY = {  # beside the amounts of a bank statement, those that went the other way
    "receipts": frozenset(["借方金额", "借方发生额", "借方", "支出", "支出金额"]),
    "payments": frozenset(["贷方金额", "贷方发生额", "贷方", "收入", "收入金额"]),
}
