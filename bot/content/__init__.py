"""From a shop's YAML to a Catalog: reading, checking, compiling; every problem with file:line, all in one run.

yamlfile.py   one file → plain values and the line of each, within limits that hostile YAML cannot pass
models.py     what files in faqs/ and handoff/ may contain (pydantic); flowmodels.py those in flows/
build.py      all files of a folder → Catalog, collecting problems
draft.py      what has been read so far, and the Catalog that it becomes
meanings.py   what is learned: the index, the file that keeps it between starts, and what messages sound like
compile.py    models of the files → the engine's own structures
times.py      opening hours and their holidays, service levels, the words of promises
*models.py    what they may say on one matter each; fields.py has what all are made of
moods.py      cues by which moods are told, and examples of danger → the lexicon's own
explain.py    what is wrong, in words that an admin can act on
across.py     what only shows across files: left out, said twice, referred to in vain
flowcheck.py  what must hold of a flow: every jump lands, it ends, it asks before it loops
slotcheck.py  what a text or condition may name, and that it is set on every way there
ways.py       where each step can lead
sentences.py  the sentence model that a shop may choose
texts.py      the house texts that the engine needs, and the values that each may use
tone.py      how the shop's own texts sound: warnings and hints, no problems
manners.py   how flows should ask: not twice in the same words, and with a read-back before what they do
schema.py     the JSON Schemas for editors
"""

from bot.content.build import load, shipped_folder

__all__ = ["load", "shipped_folder"]
