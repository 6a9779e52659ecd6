"""From a shop's YAML to a Catalog: reading, checking, compiling; every problem with file:line, all in one run.

yamlfile.py   one file → plain values and the line of each, within limits that hostile YAML cannot pass
models.py     what the three kinds of file may contain (pydantic); the JSON Schemas come from here
build.py      all files of a folder → Catalog, collecting problems
flowcheck.py  what must hold of a flow: it ends, it asks before it loops, what it uses is set
texts.py      the house texts that the engine needs, and the values that each may use
schema.py     the JSON Schemas for editors
"""

from bot.content.build import load, shipped_folder

__all__ = ["load", "shipped_folder"]
