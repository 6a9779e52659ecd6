"""E-mail addresses and telephone numbers, in the form in which they can be used. Nothing is looked up."""

import re

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberMatcher

from bot.dialog.values.reading import Hint, Lexicon, Reading, phrase, tidy, without
from bot.knowledge import normalise

_ADDRESS = re.compile(r"(?<![^\s<>,;:()\[\]|\"])[^\s<>,;:()\[\]|\"]{1,100}@[^\s<>,;:()\[\]|\"]{1,255}")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d\s().\-/]{3,24}\d(?!\w)")
_LONGEST = 500
_NO_WORDS = Lexicon()
_FEWEST_DIGITS = 9  # of a number that no country's plan knows: plans change, and numbers in films are in none

_POSTCODE = re.compile(  # British, Irish, Canadian, Dutch; elsewhere four to six digits; "#40001" is an order
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[\dW]\s?[A-Z\d]{4}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{4}\s?[A-Z]{2}|"
    r"(?<!#)\d{4,6})\b",
    re.IGNORECASE,
)


def postcode(text: object) -> str:
    """Return the last postcode in a text; nothing where none is. One of digits only may be an order."""
    found: list[str] = _POSTCODE.findall(str(text))
    lettered = [each for each in found if not each.isdigit()]
    return (lettered or found or [""])[-1]


def email(text: str, lexicon: Lexicon = _NO_WORDS) -> Reading | Hint | None:
    """Read an e-mail address, if exactly one is said; those that are taken back ("not jo@example.com") don't count."""
    said = tidy(text)[:_LONGEST]
    found: list[tuple[int, int, str]] = []
    wrong = ""
    for match in _ADDRESS.finditer(said):
        address = match.group().strip(".!?'*_")
        try:
            checked = validate_email(address, check_deliverability=False)
        except EmailNotValidError:
            wrong = address
        else:
            found.append((*match.span(), checked.normalized.lower()))
    kept = _kept(said, found, lexicon)
    if len({address for _, _, address in kept}) == 1:
        start, end, address = kept[0]
        return Reading(values=(address,), rest=without(said, start, end))
    return Hint(key="answer_email_wrong", values={"text": wrong}) if wrong and not found else None


def phone(text: str, region: str, lexicon: Lexicon) -> Reading | Hint | None:
    """Read a telephone number: "+44 117 496 0142"; one without a country is of the region.

    Of several, all count, the first before the others; those that are taken back ("not 07700 900123") don't.
    """
    said = tidy(text)[:_LONGEST]
    found = [(match.start, match.end, _written(match.number)) for match in PhoneNumberMatcher(said, region or None)]
    likely = [match for match in _PHONE.finditer(said) if _digits(match.group()) >= 5]
    for match in likely:
        number = _possible(match.group(), region)
        if number is not None and all(match.end() <= start or end <= match.start() for start, end, _ in found):
            found.append((*match.span(), _written(number)))
    found = _kept(said, sorted(found), lexicon)
    if found:
        rest = said
        for start, end, _ in reversed(found):
            rest = without(rest, start, end)
        return Reading(values=(", or ".join(dict.fromkeys(written for _, _, written in found)),), rest=rest)
    return Hint(key="answer_phone_wrong") if likely else None


def _kept(said: str, found: list[tuple[int, int, str]], lexicon: Lexicon) -> list[tuple[int, int, str]]:
    """Return what was found in a text without what it takes back, before another or behind it."""
    kept: list[tuple[int, int, str]] = []
    before = 0
    for start, end, written in found:
        between = normalise(said[before:start])
        before = end
        if kept and phrase(between, lexicon.correction):
            kept = []
        if len(found) == 1 or not any(f" {between}".endswith(f" {each}") for each in lexicon.but):
            kept.append((start, end, written))
    return kept


def _possible(written: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(written, region or None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and _digits(written) >= _FEWEST_DIGITS else None


def _written(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
