import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { grammar, nested, type Part } from '../../../src/playbook/grammar.ts';
import { root } from '../../contract/sources.ts';
import { callOf, prepareFolder, shown } from './prepare-folder.ts';

const good = path.join(root, 'test/playbooks/good');

it.each(readdirSync(good).sort())('%s is valid', async (name) => {
  const prepared = await prepareFolder(path.join(good, name), callOf(path.join(good, name)));
  expect(shown(prepared)).toBe('');
  expect(prepared.plan?.phases.length).toBeGreaterThan(0);
});

describe('the migration of the language page', () => {
  const folder = path.join(good, 'migration');
  it('becomes a plan in which bexpert.yml fills the roles', async () => {
    const { plan } = await prepareFolder(folder, callOf(folder));
    expect(plan?.sources.map(({ file }) => file)).toEqual(['playbook.yml', 'bexpert.yml']);
    expect(plan?.inputs).toEqual({ goal: 'Add a status column', 'max-slowdown': 10 });
    expect(plan?.phases.map(({ id, kind }) => `${id}:${kind}`)).toEqual(['context:context', 'action:action', 'verify:verify']);
    expect(plan?.phases[2]?.onFailure).toEqual({ retryFrom: 'action', attempts: 4 });
    expect(plan?.budget).toEqual({ usd: 5, tokens: 2_000_000, timeMs: 2_700_000, reserve: 0.2 });
    expect(plan?.deliver).toEqual({ to: 'branch' });
    expect(plan?.model).toEqual({ use: 'auto', script: 'bexpert.script.yml' });
    expect(Object.keys(plan?.services ?? {})).toEqual(['db', 'payments', 'api']);
    expect(plan?.services.api?.ready).toEqual({ http: '/healthz', withinMs: 20_000 });
    expect(Object.keys(plan?.plugins ?? {})).toEqual([
      'agent',
      'api-contracts',
      'coverage',
      'io-trace',
      'load',
      'log-scan',
      'migration',
      'oidc-token',
      'postgres',
      'schema-map',
      'script',
      'tests',
      'upstream',
    ]);
  });
  it('knows the values of inputs before the run', async () => {
    const { plan } = await prepareFolder(folder, callOf(folder));
    const load = plan?.phases[2]?.steps.find(({ id }) => id === 'load');
    expect(load?.body).toEqual({
      kind: 'plugin',
      plugin: 'load',
      with: {
        kind: 'map',
        entries: {
          requests: { kind: 'literal', value: [{ method: 'GET', path: '/orders', auth: 'user' }] },
          compare: { kind: 'map', entries: { tolerance: { kind: 'literal', value: 10 } } },
        },
      },
    });
    expect(load).toMatchObject({ needs: ['tests'], requires: ['tests'], exclusive: true, timeoutMs: 600_000 });
  });
  it('gives a gate the services that its inputs name by default', async () => {
    const { plan } = await prepareFolder(folder, callOf(folder));
    expect(plan?.phases[2]?.steps.find(({ id }) => id === 'migration')?.services).toEqual(['db']);
  });
  it('needs no goal to be verified, since only the action uses it', async () => {
    const verified = await prepareFolder(folder, { mode: 'verify' });
    expect(shown(verified)).toBe('');
    const run = await prepareFolder(folder, { mode: 'run' });
    expect(run.diagnostics.map(({ code }) => code)).toEqual(['input/missing']);
  });
});

describe('every-key', () => {
  const folder = path.join(good, 'every-key');
  it('uses every key of the grammar', async () => {
    const { sources } = await prepareFolder(folder, callOf(folder));
    const used = new Map<Part, Set<string>>();
    const note = (part: Part, value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, item] of Object.entries(value)) {
        used.set(part, (used.get(part) ?? new Set()).add(key));
        visit(nested[part]?.[key], item);
      }
    };
    const visit = (
      form: (typeof nested)[Part] extends Readonly<Record<string, infer F>> | undefined ? F | undefined : never,
      value: unknown,
    ): void => {
      if (form === undefined) return;
      if (Array.isArray(value)) for (const item of value) visit(form.list, item);
      else if (form.part !== undefined) note(form.part, value);
      else if (form.map !== undefined && typeof value === 'object' && value !== null) {
        for (const item of Object.values(value)) visit(form.map, item);
      }
    };
    for (const { file, value } of sources) note(file === 'steps.yml' ? 'included' : 'playbook', value);
    const missing = Object.entries(grammar).flatMap(([part, schema]) =>
      Object.keys(schema.properties)
        .filter((key) => used.get(part as Part)?.has(key) !== true)
        .map((key) => `${part}.${key}`),
    );
    // `ready` asks one thing only.
    expect(missing).toEqual(['ready.tcp']);
  });
  it('says the same in the plan', async () => {
    const { plan } = await prepareFolder(folder, callOf(folder));
    const [context, action, proof] = plan?.phases ?? [];
    expect(plan).toMatchObject({
      name: 'every-key',
      inputs: { goal: 'Add a column', tier: 'quick', hosts: ['localhost'], wait: 90_000 },
      env: {
        FROM_BASE: { kind: 'literal', value: 'yes' },
        TIER: { kind: 'literal', value: 'quick' },
        LANG: { kind: 'literal', value: 'C' },
      },
      setup: [
        {
          run: 'npm ci',
          cacheKey: ['package-lock.json'],
          outputs: ['node_modules'],
          network: ['packages.example.com'],
          workingDirectory: 'packages/api',
          env: { TIER: { kind: 'literal', value: 'quick' } },
        },
      ],
      model: { use: 'auto', name: 'some-model', script: 'stand-in.yml' },
      sandbox: 'preferred',
      protect: ['test/golden/**'],
    });
    expect(plan?.services.db).toMatchObject({
      body: { kind: 'plugin', plugin: 'postgres' },
      migrate: 'npm run migrate',
      seed: 'npm run seed',
    });
    expect(plan?.services.api).toMatchObject({
      body: { kind: 'argv', argv: ['node', 'server.js'] },
      dependencies: ['db'],
      workingDirectory: 'packages/api',
    });
    expect(plan?.services.worker).toMatchObject({
      body: { kind: 'shell', command: 'node worker.js' },
      ready: { log: 'ready', withinMs: 30_000 },
    });
    expect(plan?.services.cache).toMatchObject({
      body: { kind: 'image', port: 6379, argv: ['redis-server', '--save', ''] },
      prepare: [{ run: 'node fill.mjs' }],
      ready: { command: 'redis-cli ping' },
    });
    expect(context?.steps[1]).toMatchObject({
      id: 'history',
      name: 'What changed lately',
      whenChanged: ['src/**'],
      timeoutMs: 300_000,
      body: { kind: 'shell', command: 'git log -20 --oneline' },
    });
    expect(action?.if?.text).toBe("run.mode == 'run'");
    expect(action?.steps[0]).toMatchObject({
      services: ['db', 'cache'],
      needs: ['map'],
      requires: [],
      network: ['packages.example.com'],
      budget: { usd: 1, tokens: 500_000, timeMs: 600_000, reserve: 0 },
      access: {
        edit: ['src/**'],
        open: [{ paths: ['test/golden/**'], as: 'append', reason: 'The new column shows up there.' }],
        deny: ['src/legacy/**'],
        noRead: ['secrets/**'],
      },
    });
    expect(proof).toMatchObject({ id: 'proof', kind: 'verify', parallel: 2 });
    const [tests, coverage, lint, types, style, words, security] = proof?.steps ?? [];
    expect(types).toMatchObject({
      findings: { format: 'tsc', from: 'stdout' },
      artifacts: ['reports/*.html', '!reports/draft.html'],
      outputs: { errors: 'number', newest: 'string', clean: 'boolean' },
    });
    expect(style).toMatchObject({ findings: { format: 'regex', from: 'stderr', examined: 'Checked (?<count>\\d+) files' } });
    expect(style).not.toHaveProperty('report');
    expect(style?.needs).toEqual(['types']);
    expect(words?.findings).toEqual({ format: 'regex', from: 'stdout', pattern: '^(?<message>bad word .+)$' });
    expect(security).toMatchObject({ findings: { format: 'sarif', from: 'reports/*.sarif' }, report: 'all' });
    expect(tests).toMatchObject({
      services: ['api', 'worker'],
      inconclusive: 'warn',
      report: 'all',
      allowEmpty: 'No tests yet.',
      waive: [{ findings: ['tests/*'], in: ['test/legacy/**'], until: '2030-01-31', by: 'Ann', reason: 'Upstream is broken.' }],
    });
    expect(coverage).toMatchObject({ needs: ['tests'], requires: ['tests'], timeoutMs: 5_400_000 });
    expect(coverage?.body).toEqual({
      kind: 'plugin',
      plugin: 'coverage',
      with: {
        kind: 'map',
        entries: {
          lines: { kind: 'literal', value: '90%' },
          report: { kind: 'literal', value: 'full' },
          label: { kind: 'literal', value: 'quick run' },
        },
      },
    });
    expect(lint).toMatchObject({
      evidence: 'exit-code',
      services: ['api'],
      env: { WAIT: { kind: 'literal', value: 90_000 }, HOSTS: { kind: 'literal', value: 'localhost' } },
    });
  });
});
