import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../../src/main.ts';
import { graphLines } from '../../../src/report/graph-lines.ts';
import { graphMermaid } from '../../../src/report/graph-mermaid.ts';
import { createInk } from '../../../src/report/ink.ts';
import { root } from '../../contract/sources.ts';
import { here } from '../../rig/here.ts';
import { planOf } from '../playbook/prepare-files.ts';

/** Ids and texts that the language of the drawing has for itself. */
const odd = {
  's.yml': 'script: 1\n',
  'playbook.yml': `bexpert: 1
name: "odd [name]"
services:
  end: { run: 'node "x" | tee ]) {} # & <b> \`y\` \\ z', ready: { http: / } }
phases:
  context: [{ id: graph, run: 'echo "a" | cat; [ 1 ] && {}' }]
  action: [{ id: style, uses: script, with: { script: s.yml } }, { id: class, uses: script, with: { script: s.yml } }]
  end:
    kind: verify
    if: "run.mode == 'run' || true"
    steps:
      - { id: default, run: "true", when-changed: ["src/[a-z]*.js"] }
      - { id: subgraph, run: 'echo "$URL"', needs: [default], level: warn, env: { URL: "\${{ services.end.url }}" } }
    on-failure: { retry-from: action, attempts: 2 }
  second:
    kind: action
    steps: [{ id: linkStyle, uses: script, with: { script: s.yml } }]
  checks:
    kind: verify
    parallel: 1
    steps: [{ id: click, run: "true", needs: [default] }, tests]
    on-failure: { retry-from: action, attempts: 3 }
  approve: { on-failure: { retry-from: second, attempts: 2 } }
finally: [{ id: tell, run: "echo done" }]
`,
};

/** The part of Mermaid's language that is used, https://mermaid.js.org/syntax/flowchart.html; in quotes no sign of its own. */
const id = '[a-z]+\\d*(?:_\\d+)?';
const text = '"(?:[^"#<>&`\\\\[\\]{}|]|#\\d+;)+"';
const statements = [
  'flowchart TD',
  `subgraph ${id}\\[${text}\\]`,
  'end',
  `${id}(?:\\[${text}\\]|\\[\\(${text}\\)\\]|\\(\\[${text}\\]\\)|\\{\\{${text}\\}\\})`,
  `${id} (?:-->|-\\.->|-\\.-) ${id}`,
  `${id} -\\. ${text} \\.-> ${id}`,
].map((form) => new RegExp(`^\\s*${form}$`));

function checked(drawing: string): { readonly nodes: readonly string[]; readonly edges: readonly string[] } {
  const lines = drawing.trimEnd().split('\n');
  expect(lines.filter((line) => !statements.some((form) => form.test(line)))).toEqual([]);
  const starts = lines.filter((line) => /^\s*subgraph /.test(line)).length;
  expect(lines.filter((line) => line.trim() === 'end')).toHaveLength(starts);
  const nodes = lines.flatMap((line) => /^\s*(?:subgraph )?([a-z]+\d*(?:_\d+)?)[[({]/.exec(line)?.[1] ?? []);
  expect(new Set(nodes).size, 'each is declared once').toBe(nodes.length);
  const edges = lines.flatMap((line) => {
    const [, from, to] = new RegExp(`^\\s*(${id}) -.* (${id})$`).exec(line) ?? [];
    return from === undefined || to === undefined ? [] : [`${from} ${to}`];
  });
  expect(
    edges.flatMap((edge) => edge.split(' ')).filter((end) => !nodes.includes(end)),
    'edges have ends',
  ).toEqual([]);
  return { nodes, edges };
}

describe('a drawing in Mermaid', () => {
  it('keeps to the language, whatever names and commands hold', async () => {
    const { nodes, edges } = checked(graphMermaid(await planOf(odd)));
    expect(nodes).toHaveLength(6 + 9 + 1 + 2 + 2);
    // In order, the ways back, what waits for what, `finally`, and the service.
    expect(edges).toEqual(
      expect.arrayContaining([
        'phase1 phase2',
        'phase6 done',
        'phase3 phase2',
        'phase5 phase2',
        'phase6 phase4',
        'step3_1 step3_2',
      ]),
    );
    expect(edges).toEqual(expect.arrayContaining(['step2_1 step2_2', 'step5_1 step5_2', 'done finally', 'step3_2 service1']));
  });
  it('is what the command prints', async () => {
    const world = here(path.join(root, 'examples/orders-api'));
    expect(await main(['graph', 'migration', '--format', 'mermaid'], world.io)).toBe(0);
    checked(world.printed());
    expect(world.printed()).toContain('"red: 4 attempts in all"');
    expect(world.printed()).toContain('service1[("db: postgres")]');
  });
});

describe('a drawing on a terminal', () => {
  it('shows phases, what waits for what, services, and the way back', async () => {
    const world = here(path.join(root, 'examples/orders-api'));
    expect(await main(['graph', 'migration'], world.io)).toBe(0);
    expect(world.said()).toBe(`migration

 1. context  (side by side)
    ├ schema-map
    ├ api-contracts
    └ io-trace
     │
 2. action ◄────────────────────────────────┐
    └ implement: agent  ── db               │
     │                                      │
 3. verify  (side by side)                  │
    ├ tests  ── db                          │
    ├ coverage  ── db                       │
    ├ migration  ── db                      │
    ├ load  after tests; alone  ── api      │
    └ log-scan  ── api ─────────────────────┘  red: 4 attempts in all
     │
    deliver: a branch bexpert/<run>

services
  db: postgres
  payments: upstream
  api: node src/server.js ── db, payments
`);
  });
  it('gives each way back a column of its own, and lets them cross', async () => {
    const lines = graphLines(await planOf(odd), createInk(false));
    expect(lines.filter((line) => /[◄┘┼┬]/.test(line)).map((line) => line.replace(/ +/g, ' ').replace(/─+/g, '─'))).toEqual([
      ' 2. action (one after the other) ◄─┬─┐',
      ' └ subgraph: echo "$URL" after default; only warns ─ end ─┘ │ red: 2 attempts in all',
      ' 4. second (action) ◄─┼─┐',
      ' └ tests ─┘ │ red: 3 attempts in all',
      ' └ approve: a person ─┘ rejected: 2 attempts in all',
    ]);
    expect(lines).toContain('    finally, whatever the verdict is');
  });
});

it('a playbook with a mistake is not drawn', async () => {
  const world = here(path.join(root, 'test/playbooks/bad/step-cycle'));
  expect(await main(['graph', 'playbook.yml'], world.io)).toBe(2);
  expect(world.said()).toContain('[step/cycle]');
  expect(world.printed()).toBe('');
});
