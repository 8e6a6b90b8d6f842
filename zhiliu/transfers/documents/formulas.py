"""Word formulas (OMML, ECMA-376 part 1, 22.1) as LaTeX: the common forms; unknown ones keep their characters."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

SPACE = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SIGNS = {
    "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup", "⋂": r"\bigcap",
    "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "×": r"\times", "÷": r"\div", "±": r"\pm", "∞": r"\infty",
    "→": r"\to", "∈": r"\in", "⋅": r"\cdot", "·": r"\cdot", "∂": r"\partial", "∇": r"\nabla", "√": r"\surd", "∗": "*",
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "η": r"\eta", "θ": r"\theta",
    "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi",
    "ϕ": r"\phi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Σ": r"\Sigma", "Φ": r"\Phi", "Ω": r"\Omega",
    # A bar would end a table cell.
    "|": r"\vert", "‖": r"\Vert", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$",
}  # fmt: skip
_ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline", "\u0307": "dot", "\u0308": "ddot",
    "\u20d7": "vec",
}  # fmt: skip
_PLAIN = {"e", "oMath", "oMathPara", "box", "phant", "num", "den", "sub", "sup", "deg", "lim", "fName"}
_BREAK = r" \\ "
_FUNCTIONS = {
    "sin",
    "cos",
    "tan",
    "cot",
    "log",
    "ln",
    "lg",
    "exp",
    "lim",
    "max",
    "min",
    "det",
    "arcsin",
    "arccos",
    "arctan",
}


class Formula:
    """One formula.

    Args:
        latex: the result. unknown: names of parts whose structure is lost.
    """

    def __init__(self, element: Element) -> None:
        self.unknown: set[str] = set()
        self.latex = " ".join(self._all(element).split())

    def _all(self, element: Element | None) -> str:
        return "".join(map(self._one, element)) if element is not None else ""

    def _one(self, element: Element) -> str:
        name = element.tag.removeprefix(SPACE)
        if name.endswith("Pr"):
            return ""
        if (read := _PARTS.get(name)) is not None:
            return read(self, element)
        if name not in _PLAIN and not name.startswith("{"):
            self.unknown.add(name)
        return self._all(element)

    def _part(self, element: Element, name: str) -> str:
        return self._all(element.find(f"{SPACE}{name}"))

    def run(self, element: Element) -> str:
        text = "".join(part.text or "" for part in element.iter(f"{SPACE}t"))
        if text in _FUNCTIONS:
            return f"\\{text} "
        return "".join(f"{_SIGNS[sign]} " if sign in _SIGNS else sign for sign in text)

    def fraction(self, element: Element) -> str:
        return rf"\frac{{{self._part(element, 'num')}}}{{{self._part(element, 'den')}}}"

    def scripts(self, element: Element) -> str:
        base, below, above = (self._part(element, name) for name in ("e", "sub", "sup"))
        base = base if len(base) <= 1 else f"{{{base}}}"
        return base + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")

    def before(self, element: Element) -> str:
        return f"{{}}_{{{self._part(element, 'sub')}}}^{{{self._part(element, 'sup')}}}{self._part(element, 'e')}"

    def root(self, element: Element) -> str:
        degree = self._part(element, "deg")
        return rf"\sqrt{f'[{degree}]' if degree else ''}{{{self._part(element, 'e')}}}"

    def brackets(self, element: Element) -> str:
        begins, ends = (_look(element, f"dPr/m:{name}", usual) for name, usual in (("begChr", "("), ("endChr", ")")))
        parts = [self._all(part) for part in element.findall(f"{SPACE}e")]
        left, right = (_SIGNS.get(sign, sign) or "." for sign in (begins, ends))
        return rf"\left{left} {', '.join(parts)}\right{right}"

    def large(self, element: Element) -> str:
        sign = _look(element, "naryPr/m:chr", "∫")
        below, above = self._part(element, "sub"), self._part(element, "sup")
        limits = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
        return f"{_SIGNS.get(sign, sign)}{limits} {self._part(element, 'e')}"

    def function(self, element: Element) -> str:
        return f"{self._part(element, 'fName')}{self._part(element, 'e')}"

    def accent(self, element: Element) -> str:
        sign = _look(element, "accPr/m:chr", "\u0302")
        return rf"\{_ACCENTS.get(sign, 'hat')}{{{self._part(element, 'e')}}}"

    def bar(self, element: Element) -> str:
        is_above = _look(element, "barPr/m:pos", "bot") == "top"
        return rf"\{'overline' if is_above else 'underline'}{{{self._part(element, 'e')}}}"

    def limit(self, element: Element) -> str:
        sign = "_" if element.tag.endswith("limLow") else "^"
        return f"{self._part(element, 'e').strip()}{sign}{{{self._part(element, 'lim')}}} "

    def matrix(self, element: Element) -> str:
        rows = [" & ".join(self._all(cell) for cell in row) for row in element.findall(f"{SPACE}mr")]
        return rf"\begin{{matrix}}{_BREAK.join(rows)}\end{{matrix}}"

    def lines(self, element: Element) -> str:
        rows = [self._all(row) for row in element.findall(f"{SPACE}e")]
        return rf"\begin{{aligned}}{_BREAK.join(rows)}\end{{aligned}}"


def _look(element: Element, path: str, usual: str) -> str:
    part = element.find(f"m:{path}", {"m": SPACE[1:-1]})
    return part.get(f"{SPACE}val", "") if part is not None else usual


_PARTS: dict[str, Callable[[Formula, Element], str]] = {
    "r": Formula.run,
    "f": Formula.fraction,
    "sSup": Formula.scripts,
    "sSub": Formula.scripts,
    "sSubSup": Formula.scripts,
    "sPre": Formula.before,
    "rad": Formula.root,
    "d": Formula.brackets,
    "nary": Formula.large,
    "func": Formula.function,
    "acc": Formula.accent,
    "bar": Formula.bar,
    "limLow": Formula.limit,
    "limUpp": Formula.limit,
    "m": Formula.matrix,
    "eqArr": Formula.lines,
}
