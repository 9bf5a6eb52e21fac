"""Writes src/TaskDsl/Unicode/unicode.txt, the Unicode facts that normalization needs, from Python's own tables.

One line each:  = the character, its canonical pair (which composes);  ! its canonical decomposition (which does not compose);
~ its compatibility decomposition;  then lines "class characters" with the combining classes.
"""
import pathlib
import sys
import unicodedata as u

lines, classes = [], {}
for code in range(0x110000):
    c = chr(code)
    if 0xD800 <= code <= 0xDFFF or 0xAC00 <= code <= 0xD7A3:
        continue
    if u.combining(c):
        classes.setdefault(u.combining(c), []).append(c)
    given = u.decomposition(c)
    if not given:
        continue
    parts = given.split()
    compatible = parts[0].startswith("<")
    text = "".join(chr(int(p, 16)) for p in parts[1 if compatible else 0:])
    kind = "~" if compatible else "=" if len(text) == 2 and u.normalize("NFC", c) == c else "!"
    lines.append(kind + c + text)
lines += [f"{k} {''.join(v)}" for k, v in sorted(classes.items())]
target = pathlib.Path(sys.argv[1])
target.write_bytes(("\n".join(lines) + "\n").encode())
print(u.unidata_version, len(lines), "lines", target.stat().st_size, "bytes")
