"""Columns that hold money have an exact type: 0.1 + 0.2 is not 0.3 in binary floating point."""

import json
import re
import sys
from pathlib import Path

TYPES = r"real|float[48]?|double(?:\s+precision)?|numeric|decimal|money|bigint|integer|int[248]?|smallint"
# `price real`, and `ALTER COLUMN price TYPE real`.
COLUMN = re.compile(rf'"?\b(?P<name>[a-z_]\w*)"?\s+(?:(?:SET\s+DATA\s+)?TYPE\s+)?(?P<type>{TYPES})\b', re.I)
INEXACT = re.compile(r"(real|float[48]?|double(\s+precision)?)$", re.I)


def without_comments(sql):
    """The same text with comments as blanks, so that places stay what they are."""
    return re.sub(r"--[^\n]*|/\*.*?\*/", lambda found: re.sub(r"[^\n]", " ", found.group()), sql, flags=re.S)


def columns_of_money(sql, names):
    """Name, type and offset of each column whose name holds one of the words."""
    for found in COLUMN.finditer(without_comments(sql)):
        words = found["name"].lower().split("_")
        if any(name in words for name in names):
            yield found["name"], found["type"], found.start("name")


def look(request):
    tree = Path(request["trees"]["candidate"]["path"])
    inputs = request["inputs"]
    files = sorted((tree / inputs["folder"]).rglob("*.sql"))
    columns, findings = 0, []
    for index, file in enumerate(files):
        note(progress=index / len(files), label=file.name)
        sql = file.read_text(encoding="utf-8")
        path = file.relative_to(tree).as_posix()
        for name, kind, offset in columns_of_money(sql, inputs["names"]):
            columns += 1
            if not INEXACT.match(kind):
                continue
            line = sql.count("\n", 0, offset) + 1
            findings.append(
                {
                    "code": "money-columns/inexact",
                    "severity": "error",
                    "message": f"The column {name} has the type {kind}, which rounds; money needs an exact type.",
                    "subject": f"{path} {name}",
                    "location": {"file": path, "line": line, "column": offset - sql.rfind("\n", 0, offset)},
                    "hint": "Use numeric(12, 2), or bigint and count in cents.",
                }
            )
    return {
        "outputs": {"columns": columns},
        "examined": {"unit": "migrations", "count": len(files), "min": 1},
        "findings": findings,
    }


def prove(request):
    """Changes the candidate so that the gate must turn red."""
    folder = Path(request["trees"]["candidate"]["path"]) / "migrations"
    if not folder.is_dir():
        return {"notApplicable": "there is no folder migrations"}
    (folder / "999_control.sql").write_text("ALTER TABLE orders ADD COLUMN price double precision;\n", encoding="utf-8")
    return {"applied": True}


def note(**facts):
    """Progress and log lines are JSON on standard error; standard output is for the answer alone."""
    print(json.dumps(facts), file=sys.stderr, flush=True)


def main():
    request = json.load(sys.stdin)
    answer = look(request) if request["task"] == "run" else prove(request)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
