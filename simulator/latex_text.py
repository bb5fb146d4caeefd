"""LaTeX of a formula as plain text for labels, and whether it is well formed."""

from __future__ import annotations

import re
from types import MappingProxyType

SUPERSCRIPTS = str.maketrans("0123456789()+−-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻⁻")
SUBSCRIPTS = str.maketrans("0123456789+−-", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
_LETTERS_BELOW = MappingProxyType(dict(zip("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)))

_GREEK = re.findall(
    r"(\w+) (\S)",
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ "
    "mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Delta Δ Gamma Γ "
    "Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω partial ∂ nabla ∇ sum Σ",
)
_SIGNS = MappingProxyType(
    {
        **dict(_GREEK),
        **{"cdot": "·", "leftarrow": "←", "prime": "′", "ell": "ℓ", "odot": "⊙", "top": "ᵀ"},
        **{
            "ln": "ln ",
            "left": "",
            "right": "",
            "ldots": "…",
            "cdots": "…",
            "pm": "±",
            "times": "×",
        },
        **{"quad": " ", "qquad": " ", ",": " ", ";": " ", " ": " ", "!": ""},
    }
)
_ACCENTS = MappingProxyType(
    {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307", "vec": "\u20d7"}
)
_FONTS = frozenset(
    ("mathrm", "mathbf", "mathit", "mathcal", "text", "operatorname", "boldsymbol", "mathsf")
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)


def problem_of(latex: str) -> str:
    """What is wrong with a piece of LaTeX ("a { is not closed"), or "" when it is well formed."""
    depth = 0
    pairs = 0
    for token in _TOKEN.findall(latex):
        if token == "\\" or token in ("$", "#", "%"):
            return f"a {token} has no place in it"
        depth += {"{": 1, "}": -1}.get(token, 0)
        pairs += {"\\left": 1, "\\right": -1}.get(token, 0)
        if depth < 0:
            return "a } has no {"
        if pairs < 0:
            return "a \\right has no \\left"
    if depth:
        return "a { is not closed"
    return "a \\left has no \\right" if pairs else ""


def plain_text(latex: str) -> str:
    """A symbol or short formula without LaTeX: ``\\delta_{7}^{(3)}`` becomes "δ₇⁽³⁾"."""
    tokens = [own for own in _TOKEN.findall(latex) if own.strip()]
    return re.sub(r" +", " ", _plain(tokens)).strip()


def plain_equation(latex: str) -> str:
    """The same of a whole equation, with room around its signs."""
    text = re.sub(r"\s*([=←+·⊙])\s*", r" \1 ", plain_text(latex))
    text = re.sub(r"(?<=[^\s=←+·(^⁽])−", " − ", text)
    return re.sub(r"\s+", " ", re.sub(r"(Σ[ᵢₖₙ]?)", r"\1 ", text)).strip()


def _plain(tokens: list[str]) -> str:
    parts: list[str] = []
    while tokens:
        parts.append(_next(tokens))
    return "".join(parts)


def _group(tokens: list[str]) -> list[str]:
    """Take what stands in braces, or the one token that comes next."""
    if not tokens or tokens[0] != "{":
        return [tokens.pop(0)] if tokens else []
    depth = 0
    taken: list[str] = []
    while tokens:
        token = tokens.pop(0)
        depth += {"{": 1, "}": -1}.get(token, 0)
        taken.append(token)
        if depth == 0:
            break
    return taken[1:-1]


def _next(tokens: list[str]) -> str:
    token = tokens.pop(0)
    if token == "{":
        tokens.insert(0, token)
        return _plain(_group(tokens))
    if token == "_":
        return _lowered(_plain(_group(tokens)))
    if token == "^":
        return _raised(_plain(_group(tokens)))
    if not token.startswith("\\"):
        return {"-": "−"}.get(token, token)
    name = token[1:]
    if name == "frac":
        return f"{_enclosed(_plain(_group(tokens)))}/{_enclosed(_plain(_group(tokens)))}"
    if name == "sqrt":
        return f"√({_plain(_group(tokens))})"
    if name in _ACCENTS:
        letter = _plain(_group(tokens))
        return f"{letter[:1]}{_ACCENTS[name]}{letter[1:]}"
    if name in _FONTS:
        return _plain(_group(tokens))
    return str(_SIGNS.get(name, name))


def _enclosed(text: str) -> str:
    """A sum or product as it stands in a quotient on one line."""
    return f"({text})" if any(sign in text for sign in " +−·") else text


def _lowered(text: str) -> str:
    if text.isalpha() and all(letter in _LETTERS_BELOW for letter in text):
        return "".join(_LETTERS_BELOW[letter] for letter in text)
    lowered = "".join(_LETTERS_BELOW.get(sign, sign) for sign in text.translate(SUBSCRIPTS))
    return lowered


def _raised(text: str) -> str:
    if text == "′" or "[" in text:
        return text.replace(",new", " new")
    first, comma, rest = text.partition(",")
    raised = first.translate(SUPERSCRIPTS)
    if any(sign.isalnum() and sign.isascii() for sign in raised):
        raised = f" {first}" if first == "new" else f"^({first})"
    return f"{raised} {rest}" if comma else raised
