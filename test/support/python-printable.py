"""Prints what Python calls printable: the runs of printable code points, and those assigned to no
character yet, as JSON. Run with the newest Python; python-printable.json is its output."""
import json
import sys
import unicodedata


def runs(holds):
    found, start = [], None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and holds(chr(code))
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            found.append([start, code - 1])
            start = None
    return found


print(json.dumps({
    "unicode": unicodedata.unidata_version,
    "printable": runs(str.isprintable),
    "unassigned": runs(lambda c: unicodedata.category(c) == "Cn"),
}, separators=(",", ":")))
