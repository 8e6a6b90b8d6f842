"""One row of a roster: its columns, and how cells are parsed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhiliu.kit.contracts.importing import ImportField, Problem, Values
from zhiliu.kit.text.chinese_text import without_invisibles

from ..fields import current_fields
from ..models import Person, ProfileField
from .days import meant_days, read_date

LONGEST = {"employee_number": 40, "name": 80, "email": 200, "position": 80, "location": 80, "code": 64, "manager": 80}
_LONG = min(LONGEST.values())
LEVELS = 6
# Cell texts that remove a value; an empty cell changes nothing. Stored in the first form.
EMPTIED = "（空）"
_EMPTIED = {EMPTIED, "(空)", "(empty)", "（empty）"}
_LEVEL_KEYS = [f"level{n}" for n in range(1, LEVELS + 1)]
_BRACKETS = {"）", ")"}
EMPTIABLE = {"department", "position", "location", "manager", "hired_on", "email"}
# Words for "nothing", normalised to half width and lower case; also dashes, dots and the like.
_NOTHING = {"无", "暂无", "没有", "空", "空白", "未知", "不详", "待定", "待分配", "待补充", "未分配", "未填"}
_NOTHING |= {"n/a", "n.a.", "null", "nil", "none", "nan", "tbd", "(null)", "(none)", "<na>", "<null>"}
_LONGEST_NOTHING = max(map(len, _NOTHING))
_SIGNS_ONLY = re.compile(r"[-‐-―−_/\\.。?、*]+")
_MAY_BE_NOTHING = {"employee_number", "department", *_LEVEL_KEYS, "code", "position", "location", "manager"}
# Header words that show that a number, name or address belongs to another person or object.
_OTHERS = """
导师 师傅 师父 带教 教练 hrbp 招聘 推荐人 介绍人 引荐人 担保人 审批人 负责人 领导 上级 主管 经理 汇报 虚线
紧急 联系人 配偶 父亲 母亲 父母 家属 家庭 子女 亲属
身份证 证件 护照 银行 开户 工资 社保 公积金 收款 微信 钉钉 飞书 qq 合同 项目 资产 设备 电脑
户籍 籍贯 出生 学校 毕业 原部门 邮政
supervisor manager leader mentor coach recruiter referrer referral approver buddy
emergency contact spouse partner father mother parent guardian family child
national passport visa tax social bank wechat dingtalk lark contract project asset device laptop
birth school university postal zip country costcenter
"""
OTHERS = tuple(_OTHERS.split())
DEFINED = "field-"
MORE, FEW = "more_cells", "few_cells"
# Columns without words: full-width characters in them are normalised.
_CODES = ("employee_number", "manager", "code", "email", "level", "hired_on")
_NUMBERS = ("employee_number", "manager", "code")
_APOSTROPHES = "'’‘＇`"
_CELL_ERROR = re.compile(
    r"#(?:(?:REF|VALUE|DIV/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|EXTERNAL|PYTHON)!"
    r"|NAME\?|N/A|GETTING_DATA)|#{3,}",
    re.IGNORECASE,
)
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d{1,3}", re.IGNORECASE)
# Excel keeps fifteen digits of a number.
_EXACT = 10**15
_NO_NAME = re.compile(r"^[=+@]|[<>|@]")
_TOTALS = re.compile(
    r"(?:本页|部门)?(?:合计|总计|小计|共计|总人数|制表人?|填表人?|审核人?)(?:[:：\s\d].*)?"
    r"|(?:grand\s*|sub)?total\b.*|(?:共|合计|总计)\s*\d+\s*[人名位].*|\d+\s*[人名位]",
    re.IGNORECASE,
)
# The number in the template's example row.
EXAMPLE = "EXAMPLE"
_HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
_BROKEN_NAME = re.compile(rf"(?<={_HAN})[ \t]*[\r\n]+\s*(?={_HAN})")
_PATH = re.compile(r"\s*[/／\\＼>＞→|]\s*")


def roster_fields() -> list[ImportField]:
    """Return the possible columns of a roster, including custom profile fields."""
    numerals = "一二三四五六"
    levels = [
        ImportField(
            f"level{n}",
            pgettext_lazy("import", "Department, level %(n)s") % {"n": n},
            (
                f"{numerals[n - 1]}级部门",
                f"{n}级部门",
                f"部门{n}",
                f"department{n}",
                f"部门{numerals[n - 1]}级",
                f"{numerals[n - 1]}级组织",
                f"{n}级组织",
            ),
        )
        for n in range(1, LEVELS + 1)
    ]
    return [
        ImportField(
            "employee_number",
            pgettext_lazy("person", "Number"),
            (
                "工号",
                "员工编号",
                "员工号",
                "人员编号",
                "人员编码",
                "employeenumber",
                "employeeno",
                "employeeid",
                "staffid",
                "employee_number",
                "id",
                "帐号",
                "账号",
            ),
            required=True,
        ),
        ImportField("name", _("Name"), ("姓名", "名字", "员工姓名", "fullname", "name"), required=True),
        ImportField(
            "department",
            _("Department"),
            (
                "部门",
                "所属部门",
                "部门名称",
                "部门路径",
                "组织",
                "所属组织",
                "department",
                "departmentname",
                "dept",
                "departmentpath",
            ),
        ),
        *levels,
        ImportField(
            "code", _("Department code"), ("部门编码", "部门代码", "部门编号", "departmentcode", "deptcode", "code")
        ),
        ImportField(
            "position", _("Position"), ("岗位", "职位", "职务", "岗位名称", "职位名称", "position", "title", "jobtitle")
        ),
        ImportField("level", _("Level"), ("职级", "级别", "岗级", "level", "grade", "joblevel")),
        ImportField(
            "location",
            _("Location"),
            ("地点", "工作地", "工作地点", "办公地点", "城市", "location", "site", "office", "city"),
        ),
        ImportField(
            "manager",
            pgettext_lazy("import", "Manager (number or name)"),
            (
                "上级工号",
                "直属上级工号",
                "直接上级工号",
                "主管工号",
                "直属主管",
                "直接主管",
                "直线经理",
                "直属领导",
                "汇报对象",
                "汇报人",
                "汇报对象工号",
                "上级",
                "直属上级",
                "直接上级",
                "manager",
                "managernumber",
                "managerid",
                "supervisor",
                "supervisorid",
                "reportsto",
                # Numbers before names: of two columns the unambiguous one wins.
                "上级姓名",
                "直属上级姓名",
                "直接上级姓名",
                "主管姓名",
                "managername",
                "supervisorname",
            ),
        ),
        ImportField(
            "hired_on",
            _("Hired on"),
            (
                "入职日期",
                "入职时间",
                "入司日期",
                "入司时间",
                "到岗日期",
                "到职日期",
                "hiredon",
                "hiredate",
                "dateofhire",
                "startdate",
                "joindate",
            ),
        ),
        ImportField(
            "email",
            _("Email address"),
            (
                "邮箱",
                "电子邮箱",
                "邮件",
                "工作邮箱",
                "公司邮箱",
                "企业邮箱",
                "电子邮件",
                "邮箱地址",
                "email",
                "mail",
                "mailaddress",
                "emailaddress",
            ),
        ),
        *(
            ImportField(
                f"{DEFINED}{field.key}", field.label, (field.label_en, field.key) if field.label_en else (field.key,)
            )
            for field in current_fields()
        ),
    ]


def cell_text(value: Any) -> str:
    """Return a cell as one line of text: whole numbers without a point, dates as ISO, no invisible characters."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else _float_text(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10]
    text = _BROKEN_NAME.sub("", str(value))
    return text.strip() if text.isascii() and text.isprintable() else " ".join(without_invisibles(text).split())


def _float_text(value: float) -> str:
    """Format a number; one that lost its last digits keeps its exponent, so that every read detects it."""
    return f"{value:.14E}" if abs(value) >= _EXACT else str(value)


def _code_text(text: str) -> str:
    """Normalise full-width characters, and strip the apostrophe that makes Excel keep a cell as text."""
    if text.isascii() and text[:1] != "'":
        return text
    return unicodedata.normalize("NFKC", text.lstrip(_APOSTROPHES)).strip()


def _means_nothing(text: str) -> bool:
    if _SIGNS_ONLY.fullmatch(text):
        return True
    # Normalise spaces too: N / A.
    folded = unicodedata.normalize("NFKC", text).casefold().replace(" ", "") if len(text) <= 12 else text
    return len(folded) <= _LONGEST_NOTHING and (folded in _NOTHING or bool(_SIGNS_ONLY.fullmatch(folded)))


@lru_cache(maxsize=10_000)
def department_path(text: str) -> str:
    """Return a path with one separator: ``总部 > 销售`` becomes ``总部/销售``."""
    return "/".join(part[:80] for part in _PATH.split(text.strip(" /／\\>")) if part)


def parted(values: Values) -> tuple[Values, set[str]]:
    """Split a row into its values and the person's columns it empties. Emptied custom fields become empty values."""
    if EMPTIED not in values.values():
        return values, set()
    emptied = {key for key, value in values.items() if value == EMPTIED}
    kept_values = {key: value for key, value in values.items() if key not in emptied}
    return kept_values | dict.fromkeys(emptied - EMPTIABLE, ""), emptied & EMPTIABLE


class LineReader:
    """Parses roster rows; create one for many rows, since it queries the custom fields."""

    def __init__(self) -> None:
        self.defined = {f"{DEFINED}{field.key}": field for field in current_fields()}
        numbers = Person.objects.exclude(employee_number=None).values_list("employee_number", flat=True)
        self._spelled = {str(number).casefold(): str(number) for number in numbers}

    def read(self, cells: dict[str, Any]) -> tuple[Values, list[Problem]]:
        """Return the values of one row and the problems of unreadable cells."""
        texts = {key: cell if type(cell) is str and cell.isalnum() else cell_text(cell) for key, cell in cells.items()}
        emptied = {key for key, text in texts.items() if text[-1:] in _BRACKETS and text.lower() in _EMPTIED}
        values: Values = {key: text for key, text in texts.items() if text and key not in emptied}
        for key in _MAY_BE_NOTHING & values.keys():
            if _means_nothing(values[key]):
                del values[key]
        if passed := _passed_over(values):
            return values, [passed]
        self._join_levels(values)
        self._plain_codes(values)
        problems = [Problem("garbled", key, text) for key, text in values.items() if "\ufffd" in text]
        problems += _unusable(values)
        self._read_cells(values, problems)
        if any(len(value) > _LONG for value in values.values()):
            self._too_long(values, problems)
        if MORE in values:
            problems.append(Problem("more_cells", MORE, values[MORE], {MORE: ""}))
        if FEW in values:
            problems.append(Problem("few_cells", FEW, values[FEW], {FEW: ""}))
        for key in sorted(emptied - {"employee_number"}):
            if key not in EMPTIABLE and key not in self.defined:
                problems.append(Problem("not_emptied", key, fix={key: ""}))
            values[key] = EMPTIED
        return values, problems

    def _read_cells(self, values: Values, problems: list[Problem]) -> None:
        wrong = {problem.field for problem in problems}
        for key, read in _READERS.items():
            if key in values and key not in wrong:
                read(values, problems)
        for key in self.defined.keys() & values.keys() - wrong:
            self._defined(key, values, problems)

    def _too_long(self, values: Values, problems: list[Problem]) -> None:
        for key, longest in LONGEST.items():
            if len(values.get(key, "")) > longest:
                fix = None if key in ("employee_number", "email") else {key: values[key][:longest].strip()}
                problems.append(Problem("too_long", key, str(longest), fix))

    def _plain_codes(self, values: Values) -> None:
        """Normalise codes; a number that an existing person has in other case becomes theirs."""
        for key in _CODES:
            if key in values:
                values[key] = _code_text(values[key])
        for key in ("employee_number", "manager"):
            if key in values:
                values[key] = self._spelled.get(values[key].casefold(), values[key])

    def _join_levels(self, values: Values) -> None:
        parts = [values.pop(key) for key in _LEVEL_KEYS if key in values]
        errors = [part for part in (values.get("department", ""), *parts) if _CELL_ERROR.fullmatch(part)]
        if errors:
            values["department"] = errors[0]
            return
        if parts:
            values["department"] = "/".join([*([values["department"]] if "department" in values else []), *parts])
        if "department" in values:
            values["department"] = department_path(values["department"])
            if not values["department"]:
                del values["department"]

    def _defined(self, key: str, values: Values, problems: list[Problem]) -> None:
        profile_field, value = self.defined[key], values[key]
        if profile_field.kind == ProfileField.Kind.DATE:
            _read_day(key, values, problems)
        elif profile_field.kind == ProfileField.Kind.CHOICE and value not in profile_field.options:
            near = next((option for option in profile_field.options if option in value or value in option), "")
            problems.append(Problem("no_option", key, value, {key: near}))
        elif len(value) > 120:
            problems.append(Problem("too_long", key, "120", {key: value[:120]}))


def _passed_over(values: Values) -> Problem | None:
    """Return a problem for totals below a list and for the template's example row, which are ignored."""
    number, name = values.get("employee_number", ""), values.get("name", "")
    if number.upper() == EXAMPLE:
        return Problem("example", "employee_number", name, passed=True)
    if _TOTALS.fullmatch(number.replace(" ", "")) or (not number and _TOTALS.fullmatch(name)):
        return Problem("totals", "employee_number", f"{number} {name}".strip(), passed=True)
    return None


def _unusable(values: Values) -> list[Problem]:
    """Return problems of cells that a spreadsheet filled with non-values."""
    problems = []
    for key, text in values.items():
        fix = None if key in ("employee_number", "name") else {key: ""}
        if text[0] == "#" and _CELL_ERROR.fullmatch(text):
            problems.append(Problem("cell_error", key, text, fix))
        elif key in _NUMBERS and _EXPONENT.fullmatch(text):
            problems.append(Problem("exponent", key, text, fix))
        elif key == "name" and (_NO_NAME.search(text) or not any(map(str.isalpha, text))):
            problems.append(Problem("no_name", key, text))
    return problems


def _read_day(key: str, values: Values, problems: list[Problem]) -> None:
    day = read_date(values[key])
    if day is not None:
        values[key] = day.isoformat()
    elif len(days := [day.isoformat() for day in meant_days(values[key])]) == 1:
        problems.append(Problem("unclear_date", key, values[key], {key: days[0]}))
    elif days:
        problems.append(Problem("dates", key, " ".join([values[key], *days])))
    else:
        problems.append(Problem("no_date", key, values[key], {key: ""}))


def _read_hired(values: Values, problems: list[Problem]) -> None:
    _read_day("hired_on", values, problems)


def _read_email(values: Values, problems: list[Problem]) -> None:
    values["email"] = values["email"].lower().removeprefix("mailto:")
    if not _looks_like_mail(values["email"]):
        problems.append(Problem("no_mail", "email", values["email"], {"email": ""}))


_PLAIN_MAIL = re.compile(r"[a-z0-9_+.-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?\.)+[a-z]{2,20}")


def _looks_like_mail(text: str) -> bool:
    # One regular expression accepts usual addresses; Django's slower validator checks the others.
    if _PLAIN_MAIL.fullmatch(text) and ".." not in text and not text.startswith(".") and ".@" not in text:
        return True
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _read_level(values: Values, problems: list[Problem]) -> None:
    numbers = re.findall(r"\d+", values["level"])
    if len(numbers) != 1 or not 1 <= int(numbers[0]) <= 99:
        problems.append(Problem("no_level", "level", values["level"], {"level": ""}))
    else:
        values["level"] = str(int(numbers[0]))


_READERS: dict[str, Callable[[Values, list[Problem]], None]] = {
    "hired_on": _read_hired,
    "email": _read_email,
    "level": _read_level,
}
