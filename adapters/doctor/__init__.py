"""`paperboy doctor`: what is wrong with an installation, and the fix of each thing.

It reads and asks, and changes nothing: it takes no lock, makes no file and works beside a running
process.  `examination` runs the checks, `report` shows what they found, and each other module is
about one matter.  It may join storage, search, sources and settings, as the wiring does.
"""
