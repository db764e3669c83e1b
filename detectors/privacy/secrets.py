"""Keys, tokens, passwords and private keys."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from detectors.privacy.kinds import Kind
from detectors.privacy.secret_patterns import KEY
from detectors.privacy.window import Found, Window


def keys_in(window: Window) -> Iterator[Found]:
    """A provider's key at the window's place."""
    match = KEY.match(window.text, window.start)
    if match and len(set(match.group())) > 7:
        confidence = 0.35 if _BLANK.search(match.group()) else 0.97
        yield Found(*match.span(), Kind.SECRET, confidence, match.group())


_BLANK: Final = re.compile(r"x{6}|\*{3}|\.{3}|your[_-]|placeholder|redacted", re.IGNORECASE)
_CUE: Final = (
    r"pass(?:word|wd|phrase|code|wort)s?|pwd|kennwort|contraseña|senha|wachtwoord|hasło|lösenord|passe|"
    r"secrets?|tokens?|keys?|credentials?|cookie|session(?:id)?|signature|sig|auth|authorization|"
    r"api(?:key|token)|access(?:token|key)|secret(?:accesskey|key)|clientsecret|authtoken|privatekey|"
    r"(?:shared)?accesskey|accountkey|connectionstring|pin|otp|cvv|cvc|code|pass|login|clave|bearer"
)
_ASSIGNED: Final = re.compile(
    rf"(?:{_CUE})[A-Za-z0-9_-]{{0,24}}"
    r"[\"'`\])*]{0,3}\s{0,3}(?::=|=>|==?|:|>|\s(?:is(?:\snow|\sset\sto|t)?|est?|[éè])[:\s]|\svalue\s?=)[\s*]{0,4}"
    r"(?:(?:basic|bearer|token)\s)?[\"'`(]{0,3}"
    r"([^\s\"'`,;<>(){}\[\]]{4,256})",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"(?:bearer|passw(?:ord|ort)|passphrase|pwd|passcode|pin)\s[\"'`]?([^\s\"'`,;<>(){}\[\]]{4,256})",
    re.IGNORECASE,
)
_OPTION: Final = re.compile(
    r"[a-z]{2,12}\s{1,2}[\"'`]?([^\s\"'`,;<>(){}\[\]]{8,256})", re.IGNORECASE
)
_BEFORE_OPTION: Final = re.compile(r"--[a-z-]{0,24}$")
_NEXT_PARAMETER: Final = re.compile(r"&(?:amp;)?[A-Za-z_]\w{0,40}=")
_NO_VALUE: Final = re.compile(
    r"\A(?:[~.]{0,2}(?:/[a-z_.-]{2,40}){1,12}/?"  # a path
    r"|\d{4}-\d\d-\d\d.*"
    r"|https?://.*"
    r"|[a-z_]\w*(?:\.[a-z_][a-z_]*)+)",  # a member of something
    re.IGNORECASE,
)
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][\w.:]*")
_STRONG: Final = re.compile(
    r"(?:pass(?:word|wd|phrase|wort|code)|pwd|kennwort|contraseña|senha|wachtwoord|hasło|lösenord|passe)",
    re.IGNORECASE,
)
_SHORT: Final = re.compile(r"(?:pin|otp|cvv|cvc|code|passcode)\b", re.IGNORECASE)
_CODE_CUE: Final = re.compile(
    r"(?:pin|cvv|cvc|otp|security|verification|one[- ]time|access|login|2fa|sms|tan)\W{0,3}"
    r"(?:code|number)?$",
    re.IGNORECASE,
)
_KEY_WORD: Final = re.compile(
    r"(?:api|access|secret|private|auth|encryption|client|account|shared|signing|license|service|"
    r"token|master|admin|session)[\W_]{0,2}$",
    re.IGNORECASE,
)
_PLACEHOLDER: Final = re.compile(
    r"your|xxxx|\*{3,}|\.{3}|example|placeholder|changeme|change_me|dummy|redacted|insert|replace|"
    r"todo|none|null|true|false|undefined|process\.env|os\.|env\.|getenv|environ|config\.|settings\.|"
    r"secrets\.|self\.|this\.|string|required|optional|<|\$\{|\{\{|%s",
    re.IGNORECASE,
)


def is_placeholder(value: str) -> bool:
    """Whether a value stands for one that is to be filled in.

    Long random ones may hold such a word by chance, or by choice, as documented keys do.

    >>> is_placeholder("YOUR_SECRET_KEY"), is_placeholder("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    (True, False)
    """
    return _PLACEHOLDER.search(value) is not None and not _is_random(value)


def _is_random(value: str) -> bool:
    mixed = value.lower() != value and value.upper() != value and any(map(str.isdigit, value))
    return len(value) >= 32 and mixed and entropy(value) > 4.2


def entropy(text: str) -> float:
    """Shannon entropy of a text's characters, in bits a character.

    >>> entropy("aabb")
    1.0
    """
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts)


def assigned_in(window: Window) -> Iterator[Found]:
    """The value that is assigned to, or said to be, what the cue in the window's place names."""
    text = window.text
    end = min(window.end + 300, len(text))
    before = text[max(window.start - 24, 0) : window.start]
    match = _ASSIGNED.match(text, window.start, end) or _BARE.match(text, window.start, end)
    if match is None and _BEFORE_OPTION.search(before):
        match = _OPTION.match(text, window.start, end)
    if match is None or before.endswith(("$(", "${")):
        return
    cue = text[window.start : window.end].lower()
    if cue == "passe" and not before.lower().endswith("mot de "):
        return
    start, stop = match.span(1)
    following = _NEXT_PARAMETER.search(text, start, stop)
    if following:
        stop = following.start()
    while stop > start and text[stop - 1] in ".?:*":
        stop -= 1
    value = text[start:stop]
    if text[stop : stop + 1] in {"(", "["} and _IDENTIFIER.fullmatch(value):
        return
    confidence = _confidence(value, cue, before, match.re)
    if not confidence and _STRONG.match(cue) and match.re is _ASSIGNED:
        # A word between quotation marks in code is a value, not what is said of passwords.
        quoted = text[start - 1] in "\"'" and text[stop : stop + 1] == text[start - 1]
        word = len(value) > 5 and value.lower() != cue and not is_placeholder(value)
        confidence = 0.6 if quoted and word and not _NO_VALUE.fullmatch(value) else 0.0
    if confidence > 0:
        yield Found(start, stop, Kind.SECRET, confidence, value)


def _confidence(value: str, cue: str, before: str, form: re.Pattern[str]) -> float:
    if is_placeholder(value) or len(value) < 4 or (len(set(value)) < 3 and not value.isdigit()):
        return 0.0
    if _NO_VALUE.fullmatch(value):
        return 0.0
    digits = sum(c.isdigit() for c in value)
    signs = sum(not c.isalnum() for c in value)
    mixed = (digits > 0) + (signs > 0) + (value.lower() != value and value.upper() != value)
    if _SHORT.fullmatch(cue):
        named = cue != "code" or _CODE_CUE.search(before) is not None
        return 0.85 if named and value.isdigit() and 3 <= len(value) <= 8 else 0.0
    if value.isdigit() and not _STRONG.match(cue):
        return 0.0
    if _STRONG.match(cue) or cue in {"pass", "clave", "login"}:
        weak = cue in {"login", "clave", "pass"} or form is _BARE
        if mixed == 0 or (mixed == 1 and digits == 0 and len(value) < 12):
            return 0.0
        return (0.75 if mixed >= 2 else 0.0) if weak else 0.93 if mixed >= 2 or digits else 0.5
    if cue in {"key", "keys"} and not _KEY_WORD.search(before):
        return 0.0
    if cue == "bearer" or cue in {"authorization", "auth"}:
        return 0.9 if len(value) >= 16 and entropy(value) > 3 else 0.0
    letters_only = len(value) >= 20 and mixed >= 1 and entropy(value) >= 3.5
    if (
        (digits >= 2 or letters_only or (digits and mixed >= 2 and len(value) >= 16))
        and len(value) >= 12
        and entropy(value) >= 3.0
    ):
        named = cue not in {
            "key",
            "keys",
            "token",
            "tokens",
            "session",
            "cookie",
            "sig",
            "signature",
        }
        long = len(value) >= 16
        return 0.93 if long else 0.85 if named else 0.7
    if len(value) >= 8 and mixed >= 2 and digits and cue.startswith(("secret", "credential")):
        return 0.8
    return 0.0


_ARMOUR: Final = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_ARMOUR_END: Final = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_BODY: Final = re.compile(r"(?:[\sA-Za-z0-9+/=:,.-]|\\[nr])*")


def private_key_in(window: Window) -> Iterator[Found]:
    """A private key in PEM or PGP armour, to its end or as far as its letters go."""
    match = _ARMOUR.match(window.text, window.start)
    if match is None:
        return
    end = _ARMOUR_END.search(window.text, match.end())
    stop = end.end() if end else match.end()
    if not end:
        body = _BODY.match(window.text, match.end())
        stop = body.end() if body else stop
    yield Found(match.start(), stop, Kind.SECRET, 0.99, "")
