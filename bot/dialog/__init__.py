"""What to say and do next: pure decisions over one customer's dossier.

What there is:
    events.py      what happens; time and fresh ids arrive in the event
    effects.py     what shall happen
    state.py       the dossier, its conversations and frames; a turn
    catalog.py     the content as the engine sees it; flow.py has the steps of flows

What it is made with:
    scene.py       the draft of a turn: the only place where a dossier is changed
    understand.py  what an utterance is about; slots.py reads values and options out of one
    template.py    texts and conditions with values in them; speech.py has those that all may use, markup.py the markup

The rules, from the heart down; none imports one above it:
    engine.py      `advance`: one event → one Turn
    talking.py     what a customer says: with people, at rest, in a flow
    pressing.py    what a customer presses and sends
    picking.py     the answer to a question back
    digressing.py  something else in the middle of a flow
    replying.py    an answer, a question back, "I don't know"; and whether it helped
    waking.py      what the shell reports: results, decisions, deadlines, failed deliveries
    repairs.py     cancel, go back, start over, a press that no longer counts
    steps.py       the interpreter of flows
    cases.py       people: handing over, waiting for them, and what they do

May not live here: anything that waits, reads a clock, draws a random number, opens a file or logs.
"""
