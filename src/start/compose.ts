// bexpert.yml and a playbook as text, each part with what it was concluded from.
import path from 'node:path';
import { type Fact, type Facts, placed } from './detect.ts';
import type { Gate, Proposal } from './proposal.ts';
import { because } from './set-up.ts';
import { block, comment, flow, list, map } from './yaml-words.ts';

/** For the editor, where npm puts the schema; `up`: the way from the file to the folder of bexpert.yml. */
function schemaLine({ ecosystem, one }: Facts, up: string): readonly string[] {
  if (ecosystem !== 'node') return [];
  const lock = one('packages')?.at.file ?? '';
  const root = lock.startsWith('../') ? `${path.posix.dirname(lock)}/` : '';
  const file = path.posix.join(up, root, 'node_modules/bexpert/schema/playbook.schema.json');
  return [`# yaml-language-server: $schema=${file.startsWith('.') ? file : `./${file}`}`];
}
const titles: Readonly<Record<string, string>> = { openapi: 'OpenAPI', graphql: 'GraphQL' };

/** How this code is set up and run. */
export function composeSettings(proposal: Proposal): string {
  const { setUp, database, api, left, facts } = proposal;
  const lines = [
    ...schemaLine(facts, './'),
    '# How this repository is set up and run. Written by `bexpert init` from what it saw; behind each part stands where. Nothing was run:',
    '# `bexpert verify` on the playbook tells whether it holds.',
    'bexpert: 1',
  ];
  if (setUp !== undefined) {
    lines.push(`setup:`, ...comment(setUp.because, '  '), `  - run: ${block(setUp.run)}`);
    if (Object.keys(setUp.env).length > 0) lines.push(`    env: ${map(setUp.env)}`);
    lines.push(`    cache-key: ${list(setUp.key)}`, `    outputs: ${list(setUp.outputs)}`);
  }
  if (database !== undefined || api !== undefined) lines.push('services:');
  if (database !== undefined) {
    lines.push(...comment(database.because, '  '), '  db:', '    uses: postgres');
    if (database.migrate !== undefined) lines.push(`    migrate: ${block(database.migrate.up)} # ${database.migrate.because}`);
    if (database.seed !== undefined) lines.push(`    seed: ${block(database.seed.run)} # ${database.seed.because}`);
  }
  if (api !== undefined) {
    lines.push(...comment(because(api.run.at), '  '), '  api:', `    run: ${block(api.run.value)}`);
    if (database !== undefined) lines.push('    dependencies: [db]');
    lines.push('    env:', `      ${api.port.value}: \${{ service.port }} # ${placed(api.port.at)}`);
    if (database !== undefined) lines.push(`      ${database.variable}: \${{ services.db.url }}`);
    if (facts.ecosystem === 'python') lines.push('      PYTHONUNBUFFERED: "1" # its log would be held back');
    for (const { name, value, because: why } of api.env) lines.push(`      ${name}: ${flow(value)} # ${why}`);
    const within = facts.ecosystem === 'node' || facts.ecosystem === 'python' ? '20s' : '2m';
    if (api.health === undefined)
      lines.push(`    ready: { within: ${within} } # no path such as /healthz was found: something listens on its port`);
    else lines.push(`    ready: { http: ${api.health.value}, within: ${within} } # ${placed(api.health.at)}`);
  }
  const defaults = defaultsOf(proposal);
  if (defaults.length > 0) lines.push('defaults:', ...defaults);
  const described = facts.all('interface');
  if (left.length > 0 || described.length > 0)
    lines.push(
      '',
      '# What was not found, or is left out:',
      ...left.flatMap((text) => comment(`- ${text}`)),
      ...described.flatMap(interfaceNote),
    );
  return `${lines.join('\n')}\n`;
}

function interfaceNote({ is, at }: Fact): readonly string[] {
  const note =
    is === 'openapi'
      ? ': `api-contracts` maps it for an action, and `upstream` can stand in for what it describes.'
      : ': no gate of bexpert reads it yet.';
  return comment(`- ${titles[is] ?? is} (${placed(at)})${note}`);
}

function defaultsOf({ gates, database, api }: Proposal): readonly string[] {
  const uses = new Set(gates.map((gate) => gate.uses));
  const db =
    database === undefined
      ? []
      : ['tests', 'coverage'].filter(
          (name) => uses.has(name) && gates.some((gate) => gate.uses === name && gate.services === undefined),
        );
  return [
    ...db.map((name) => `  ${name}: { services: [db] }`),
    ...gates.flatMap(({ uses: name, with: given, because: why }) =>
      name !== 'migration' || given === undefined
        ? []
        : [
            `  migration: # ${why}`,
            ...Object.entries(given).map(
              ([key, value]) => `    ${key}: ${typeof value === 'string' ? block(value) : list(value)}`,
            ),
          ],
    ),
    ...(uses.has('log-scan') && api?.health !== undefined ? [`  log-scan: { requests: [{ path: ${api.health.value} }] }`] : []),
  ];
}

export function composePlaybook(proposal: Proposal, name: string): string {
  const lines = [
    ...schemaLine(proposal.facts, '../'),
    'bexpert: 1',
    `name: ${name}`,
    'description: What must hold for every change. Written by `bexpert init`; `bexpert plugins` lists more gates.',
    'phases:',
    '  verify:',
    ...proposal.gates.flatMap((gate) => stepLines(gate)),
  ];
  if (proposal.gates.length === 0)
    lines.splice(-1, 1, '  verify: [tests] # No gate was found for what is here; see the end of bexpert.yml.');
  if (proposal.api !== undefined)
    lines.push(
      '    # `load` holds the time and the CPU of requests against base. It takes some time, so name those that matter:',
      '    # - { uses: load, with: { requests: [{ path: /orders }], compare: { tolerance: 20% } } }',
    );
  return `${lines.join('\n')}\n`;
}

function stepLines(gate: Gate): readonly string[] {
  const { id, uses, run, findings, env, with: given, whenChanged, services, note } = gate;
  const lines = [...comment(gate.because, '    '), ...(note === undefined ? [] : comment(note, '    '))];
  const own = uses === 'migration' ? undefined : given;
  const more = own !== undefined || whenChanged !== undefined || services !== undefined;
  if (uses !== undefined && !more) return [...lines, `    - ${uses}`];
  lines.push(...(uses === undefined ? [`    - id: ${id}`, `      run: ${block(run ?? '')}`] : [`    - uses: ${uses}`]));
  if (own !== undefined) lines.push(`      with: ${map(own)}`);
  if (whenChanged !== undefined) lines.push(`      when-changed: ${list(whenChanged)}`);
  if (services !== undefined) lines.push(`      services: ${list(services)}`);
  if (env !== undefined && Object.keys(env).length > 0) lines.push(`      env: ${map(env)}`);
  if (findings !== undefined) lines.push(`      findings: ${findings}`);
  return lines;
}
