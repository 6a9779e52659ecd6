"""What to say and do next: pure decisions over one customer's dossier.

What there is:
    events.py      what happens; happening.py has what all of it carries: time and fresh ids arrive there
    effects.py     what shall happen
    state.py       the dossier, its conversations and frames; a turn; files.py has what came with words
    catalog.py     the content as the engine sees it; flow.py has the steps of flows

What it is made with:
    scene.py       the draft of a turn: the only place where a dossier is changed; stack.py orders its frames
    understand.py  what an utterance is about; slots.py reads values and options out of one,
                   with values/ for numbers, money, days, times, addresses, orders and things of a list
    foretold.py    what a flow is about, told with the wish for it
    tidings.py     what became of cases in a turn, for outside systems
    shared.py      what effects make of the floor, which all customers share
    snippets.py    ready-made replies, the next best and filled in; knowhow.py has what staff look up
    outcomes.py    the codes with which cases end
    thanks.py      thanks, and words that say that something isn't solved
    by_name.py     who is asked for by name: the bot, or a person
    nods.py        words after which the customer waits for nothing, and whether what they were told asks anything
    amending.py    what of a matter is set right: another order, another thing
    naming.py      by which names customers know agents
    audience.py    whom a notice to many is for, and in which words they read it
    policies.py    what the shop allows, and the verdict on what somebody asks for
    template.py    texts and conditions with values in them; speech.py has those that all may use, markup.py the markup

The rules, from the heart down; none imports one above it:
    engine.py      `advance`: one event → one Turn
    suggesting.py  the mode of a channel: what a person has to send first; posts.py has what staff read of it
    sending.py     what people do with it
    unsent.py      and what becomes of it when nobody does
    drafts.py      what of a turn happens at once, and what waits
    waking.py      what the shell reports: results, decisions, deadlines, failed deliveries
    moving.py      what becomes of places: a private one was found, one was closed, an agent spoke in one
    revising.py    second thoughts: messages that were edited or deleted
    talking.py     what a customer says: at rest, in a flow
    attended.py    and while a person has the conversation, or will
    checking.py    what is said to a check-in, and after the end
    pressing.py    what a customer presses and sends
    telling.py     notices to many: what a customer is told, and what they do with it
    notifying.py   news of the orders that a customer lets us watch
    concerns.py    several questions in one message, each in turn; several.py reads which
    picking.py     the answer to a question back
    agreeing.py    a yes to a reading back that asks, sets a condition or adds something
    digressing.py  something else in the middle of a flow
    correcting.py  earlier answers taken back in the middle of a flow
    linking.py     the customer's accounts on several platforms; accounts.py joins and parts dossiers
    meanwhile.py   what is looked up while people have the conversation
    returning.py   who has people and wants the bot back
    mycases.py     the customer's own cases: shown, added to, closed; overview.py is the same without a turn
    calling.py     what is said to the bot itself, though a person owns the conversation
    browsing.py    topics as choices; topics.py is the same without a turn
    defusing.py    what is done about abuse
    soothing.py    how the customer sounds: acknowledging it, asking on, offering a supervisor
    sounding.py    how words sound, in the light of what was asked
    feedback.py    what is said of an answer: it helped, it did not, it was unclear, it was wrong
    outages.py     what is said to reports of something that is wrong for everybody
    reacting.py    answers that are none, and files as answers
    replying.py    an answer, a question back, "I don't know"
    repairs.py     cancel, go back, start over, a press that no longer counts
    offers.py      what is offered instead stands for a while
    steps.py       the interpreter of flows
    hearing.py     answers to questions that were not asked yet
    questions.py   how a step asks, and asks again

and of people:
    broadcasting.py  notices to many: asked for, shown, let out, stopped
    deciding.py    what people decide beyond one case, each in its rule
    promoting.py   into which tier staff put a customer; their open cases follow
    parting.py     the ending of a relationship
    blocking.py    for a while, the bot says nothing
    renewing.py    the content was changed: what staff hear of it, cases without a queue or an owner
    alarms.py      an owner lets a customer wait; a customer says nothing any more
    working.py     what agents do, each in its rule
    unlinking.py   linked accounts come apart again
    merging.py     two cases of one customer about one matter
    covering.py    an owner needs a break
    owning.py      claim, assign, pass on, share, ask other teams
    hands.py       how often a case changed hands, and what follows of that
    canned.py      ready-made replies, looked for and sent; answers, looked up
    endings.py     a case is solved, given up in silence, or closed as its customer asked
    answering.py   replies, and the switch that sends all
    sent.py        what becomes of what agents sent: delivered, taken back, put differently
    undertaking.py a time that was promised where nobody has a case
    another.py     somebody else than the owner, when a customer asks for one
    unreached.py   a call or an answer that never came, says a customer
    superiors.py   a supervisor, when a customer asks for one
    cases.py       handing over, and what customers write meanwhile
    undecided.py   who waits for a decision and would rather talk to a person
    reopening.py   which closed case words open again
    danger.py      somebody is hurt, or could be
    threats.py     somebody is threatened
    following.py   people answer where the customer writes now
    outlook.py     how long a customer will wait, and what they can do meanwhile
    rotation.py    whose turn it is in a queue that gives its cases out
    granting.py    what customers are given, once
    caring.py      care with legal matters
    ranking.py     tiers of customers: what they ask for, how one is joined
    marking.py     signs of trouble in a customer, and which type of client they are
    again.py       a second failure: to whom its order was with before, and what would be fair
    tasks.py       what other teams are asked for a case
    needing.py     the day by which something is needed
    waiting.py     who waits for whom: leases, cases put aside
    promising.py   promised times
    reports.py     words that put an open case before others, and many who report the same
    levels.py      service levels
    escalating.py  who is told that a case is late, along the path of its queue
    crowds.py      queues in which too many wait
    upkeep.py      answers that want to be checked again
    progress.py    news that there is no news
    presence.py    who is there
    triage.py      what is urgent
    recurring.py   cases of the same matter that were closed not long ago
    titles.py      the title that a case opens with
    matter.py      what a case is about, said back to the customer
    replaced.py    what was replaced before
    orders.py      the order that was looked up last
    echoes.py      what was said a moment ago and need not be said again
    collected.py   what a step offers, what was collected
    which_order.py which of several orders in one answer is meant
    places.py      who reads along, and the way to where nobody does
    watching.py    which orders a customer lets us watch, and until when
    verifying.py   whose order it is, before anything is said of it
    timing.py      words that only say when
    casebook.py    what all of these need of a case

May not live here: anything that waits, reads a clock, draws a random number, opens a file or logs.
"""
