"""Two dossiers become one, and one becomes two; pure. The store does it, in one transaction, when accounts are linked.

A conversation belongs to the account in whose place it is, and so does a case: linking and unlinking change neither.
How the customer stands with the shop is of all accounts; what they were given goes with the account it was given to.
"""

from collections.abc import Container, Sequence

from msgspec.structs import replace

from bot.desk.case import Case
from bot.desk.standing import Standing
from bot.dialog.state import Conversation, Dossier

_WEIGHTS = {"stopped": 0, "going": 1, "ended": 2}  # of endings: of two, the heavier one stays


def accounts_of(dossier: Dossier) -> tuple[str, ...]:
    """Return the accounts whose dossier it is."""
    return dossier.accounts or (dossier.customer,)


def joined(one: Dossier, other: Dossier) -> Dossier:
    """Return the dossier of both; it is the first one's."""
    cases = {case.number: case for case in (*one.cases, *other.cases)}
    return replace(
        one,
        name=one.name or other.name,
        met=one.met or other.met,
        conversations=(*_named(one), *_named(other)),
        cases=tuple(cases[number] for number in sorted(cases)),
        accounts=tuple(dict.fromkeys((*accounts_of(one), *accounts_of(other)))),
        tries=(*one.tries, *other.tries),
        guesses=(*one.guesses, *other.guesses),
        standing=_of_both(one, other),
        suggestions=(*one.suggestions, *other.suggestions),
        settled=(*one.settled, *other.settled),
        watches=tuple({each.number: each for each in (*one.watches, *other.watches)}.values()),
        told=tuple({each.number: each for each in (*one.told, *other.told)}.values()),
        no_notices=max((each.no_notices for each in (one, other) if each.no_notices), default=None),
    )


def parted(dossier: Dossier, account: str) -> tuple[Dossier, Dossier]:
    """Return the dossier of one account, and that of the rest, which is the lowest one's if it was this account's."""
    rest = tuple(each for each in accounts_of(dossier) if each != account)
    lead = dossier.customer if dossier.customer != account else min(rest)
    return _part(dossier, account, (account,)), _part(dossier, lead, rest)


def _part(dossier: Dossier, customer: str, accounts: tuple[str, ...]) -> Dossier:
    cases = tuple(case for case in dossier.cases if case.customer in accounts)
    own = {case.number for case in cases}
    talks = tuple(
        talk if talk.case in own else replace(talk, case=0) for talk in _named(dossier) if talk.account in accounts
    )
    standing = own_standing(dossier.standing, accounts)
    return replace(
        dossier,
        customer=customer,
        conversations=talks,
        suggestions=tuple(each for each in dossier.suggestions if each.id.rpartition("/")[0] in accounts),
        settled=tuple(each for each in dossier.settled if each.id.rpartition("/")[0] in accounts),
        watches=tuple(each for each in dossier.watches if each.account in accounts),
        told=tuple(each for each in dossier.told if each.account in accounts),
        cases=tuple(replace(at_home(case, talks), standing=standing) for case in cases),
        accounts=accounts if len(accounts) > 1 else (),
        standing=standing,
    )


def own_standing(standing: Standing, accounts: Container[str]) -> Standing:
    """Return how accounts stand that are taken out of a link: with what was given to them, and all else."""
    return replace(
        standing,
        grants=tuple(grant for grant in standing.grants if grant.account in accounts),
        verified=tuple(each for each in standing.verified if each.account in accounts),
        replaced=tuple(each for each in standing.replaced if each.account in accounts),
    )


def _of_both(one: Dossier, other: Dossier) -> Standing:
    """Return how a customer stands who has two accounts: a block or an ending of either is one of both."""
    mine, theirs = one.standing, other.standing
    top = max((grant.number for grant in mine.grants), default=0)
    given = (*mine.grants, *(replace(grant, number=top + grant.number) for grant in theirs.grants))
    return Standing(
        since=min((each.since for each in (mine, theirs) if each.since), default=None),
        grants=tuple(sorted(given, key=lambda grant: grant.number)),
        block=max((each.block for each in (mine, theirs) if each.block), key=lambda block: block.until, default=None),
        ending=max(
            (each.ending for each in (mine, theirs) if each.ending),
            key=lambda ending: _WEIGHTS[ending.state],
            default=None,
        ),
        tier=mine.tier or theirs.tier,
        verified=(*mine.verified, *theirs.verified),
        replaced=(*mine.replaced, *theirs.replaced),
        observed=tuple(sorted((*mine.observed, *theirs.observed), key=lambda each: each.at)),
    )


def _named(dossier: Dossier) -> tuple[Conversation, ...]:
    """Return the conversations, each with its account."""
    return tuple(talk if talk.account else replace(talk, account=dossier.customer) for talk in dossier.conversations)


def at_home(case: Case, talks: Sequence[Conversation]) -> Case:
    """Let a case be talked of in a place of its own account again, by the name that its customer has there."""
    here = next((talk for talk in talks if talk.id == case.conversation), None)
    if here:
        return replace(case, name=here.name or case.name)
    home = next((talk for talk in reversed(talks) if talk.case == case.number), talks[-1] if talks else None)
    if home is None:
        return case
    public = home.scope != "private"
    return replace(case, place=home.place, conversation=home.id, public=public, name=home.name or case.name)
