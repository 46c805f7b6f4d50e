// What `bexpert new plugin --language python` writes. NAME is the plugin's name. Only Python's standard library is used.

const inputs = {
  type: 'object',
  properties: {
    pattern: { type: 'string', format: 'glob', default: '**/*.md', description: 'Files to look at.' },
  },
};
const outputs = (name: string, description: string) => ({
  type: 'object',
  properties: { [name]: { type: 'integer', description } },
  required: [name],
});
const json = (kind: string, summary: string, more: object): string =>
  `${JSON.stringify(
    { kind, name: 'NAME', api: 1, summary, command: ['python3', `${kind}.py`], inputs, ...more },
    undefined,
    2,
  )}\n`;

const head = (what: string): string => `"""${what}

One JSON document on standard input is the request, one on standard output is the answer. Lines of JSON on standard error are
progress ({"progress": 0.5, "label": "half"}) and log lines ({"log": "info", "message": "..."}).
"""

import json
import sys
from pathlib import Path


def files_of(tree, pattern):
    """Paths of regular files relative to the tree, sorted; what installs lies in node_modules and is left out."""
    found = (path for path in tree.glob(pattern) if path.is_file())
    relative = (path.relative_to(tree) for path in found)
    return sorted(path.as_posix() for path in relative if "node_modules" not in path.parts)
`;
const main = (answer: string): string => `

def main():
    request = json.load(sys.stdin)
    json.dump(${answer}, sys.stdout)


if __name__ == "__main__":
    main()
`;
const test = (options: {
  readonly module: string;
  readonly tree: string;
  readonly more?: string;
  readonly body: string;
}): string => `import tempfile
import unittest
from pathlib import Path

import ${options.module}


class Test(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        trees = {"${options.tree}": {"path": folder.name}}
        self.request = {"inputs": {"pattern": "**/*.md"}, "trees": trees${options.more ?? ''}}

${options.body}

if __name__ == "__main__":
    unittest.main()
`;

const gate = {
  'plugin.json': json('gate', 'Files hold no line with the word TBD.', {
    outputs: outputs('files', 'How many files were looked at.'),
    runsOnBase: true,
    findings: { 'NAME/word': { means: 'A line holds the word TBD.', baseline: 'subtract' } },
    prove: { command: ['python3', 'gate.py'], controls: [{ name: 'a new file with the word', expects: 'NAME/word' }] },
  }),
  'gate.py': `${head('Files hold no line with the word TBD.')}

def run(request):
    tree = Path(request["trees"]["candidate"]["path"])
    files = files_of(tree, request["inputs"]["pattern"])
    findings = []
    for file in files:
        lines = (tree / file).read_text(encoding="utf-8", errors="replace").splitlines()
        for number, text in enumerate(lines, start=1):
            if "TBD" not in text:
                continue
            findings.append(
                {
                    "code": "NAME/word",
                    "severity": "error",
                    "message": f"{file}:{number} holds the word TBD; none was expected.",
                    "subject": f"{file} {text.strip()}",
                    "location": {"file": file, "line": number, "column": text.index("TBD") + 1},
                    "hint": "Do it now, or make an issue of it.",
                }
            )
    examined = {"unit": "files", "count": len(files), "min": 1}
    return {"outputs": {"files": len(files)}, "examined": examined, "findings": findings}


def prove(request):
    """Changes the candidate so that the gate must turn red: one that was never seen red proves nothing."""
    tree = Path(request["trees"]["candidate"]["path"])
    (tree / "control.md").write_text("TBD\\n", encoding="utf-8")
    return {"applied": True}
${main('{"run": run, "prove": prove}[request["task"]](request)')}`,
  'test_gate.py': test({
    module: 'gate',
    tree: 'candidate',
    body: `    def test_the_word_is_found_at_its_place(self):
        (self.tree / "a.md").write_text("one\\na TBD\\n", encoding="utf-8")
        [finding] = gate.run(self.request)["findings"]
        self.assertEqual(finding["code"], "NAME/word")
        self.assertEqual(finding["location"], {"file": "a.md", "line": 2, "column": 3})

    def test_a_file_without_it_is_fine(self):
        (self.tree / "a.md").write_text("one\\n", encoding="utf-8")
        answer = gate.run(self.request)
        self.assertEqual((answer["findings"], answer["examined"]["count"]), ([], 1))

    def test_it_turns_red_on_its_control(self):
        gate.prove(self.request)
        self.assertEqual(len(gate.run(self.request)["findings"]), 1)
`,
  }),
};

const context = {
  'plugin.json': json('context', 'Tells an action which files there are.', {
    outputs: outputs('files', 'How many files there are.'),
  }),
  'context.py': `${head('Tells an action which files there are.')}

def run(request):
    tree = Path(request["trees"]["base"]["path"])
    files = files_of(tree, request["inputs"]["pattern"])
    # What an action should know; each item costs it a little of its attention.
    return {"outputs": {"files": len(files)}, "brief": [{"title": "Files", "text": "\\n".join(files)}]}
${main('run(request)')}`,
  'test_context.py': test({
    module: 'context',
    tree: 'base',
    body: `    def test_it_tells_which_files_there_are(self):
        (self.tree / "a.md").write_text("", encoding="utf-8")
        answer = context.run(self.request)
        self.assertEqual(answer, {"outputs": {"files": 1}, "brief": [{"title": "Files", "text": "a.md"}]})
`,
  }),
};

const action = {
  'plugin.json': json('action', 'Ends files with a line break.', {
    outputs: outputs('changed', 'How many files were changed.'),
  }),
  'action.py': `${head('Ends files with a line break.')}

def run(request):
    tree = Path(request["trees"]["work"]["path"])
    changed = 0
    for file in files_of(tree, request["inputs"]["pattern"]):
        content = (tree / file).read_bytes()
        if content and not content.endswith(b"\\n"):
            (tree / file).write_bytes(content + b"\\n")
            changed += 1
    return {"outputs": {"changed": changed}, "outcome": "ok", "summary": f"{changed} files were ended with a line break."}
${main('run(request)')}`,
  'test_action.py': test({
    module: 'action',
    tree: 'work',
    body: `    def test_a_file_is_ended_with_a_line_break(self):
        (self.tree / "a.md").write_bytes(b"one")
        self.assertEqual(action.run(self.request)["outputs"], {"changed": 1})
        self.assertEqual((self.tree / "a.md").read_bytes(), b"one\\n")
`,
  }),
};

export const pythonTemplates = { gate, context, action };
