import { describe, expect, it } from 'vitest';
import { code, imports, type SourceFile, sources } from './sources.ts';

const core = sources('src');
const plugins = sources('plugins').filter(({ file }) => !file.endsWith('.test.ts'));
const layerOf = (file: string): string =>
  file.startsWith('src/') ? (file.split('/').length > 2 ? (file.split('/')[1] ?? '') : file) : '';

/** Which folders of src a layer may import from, besides itself and model. */
const may: Readonly<Record<string, readonly string[]>> = {
  model: [],
  diagnostics: [],
  expression: ['diagnostics'],
  registry: ['diagnostics', 'generated'],
  discovery: ['contract', 'host'],
  findings: [],
  start: [],
  playbook: ['expression', 'diagnostics', 'registry', 'generated'],
  schema: ['playbook', 'registry', 'playtest'],
  explain: ['playbook', 'registry', 'diagnostics', 'workspace'],
  workspace: ['diagnostics', 'host'],
  host: ['diagnostics', 'workspace', 'expression', 'registry'],
  engine: ['findings', 'registry', 'host', 'workspace', 'playbook', 'expression', 'diagnostics', 'report'],
  report: ['diagnostics', 'engine'],
  playtest: ['diagnostics', 'playbook', 'registry', 'engine', 'workspace', 'host'],
  commands: [
    'explain',
    'schema',
    'report',
    'engine',
    'playbook',
    'registry',
    'diagnostics',
    'workspace',
    'host',
    'expression',
    'generated',
    'start',
    'playtest',
    'discovery',
  ],
};
const whys: Readonly<Record<string, string>> = {
  model: 'types know nobody',
  report: 'reporters draw events and cannot change an outcome',
  engine: 'the engine never prints and names no plugin',
};

const offences = (files: readonly SourceFile[], check: (file: SourceFile) => readonly string[]) =>
  files.flatMap((file) => check(file).map((what) => `${file.file}: ${what}`));

describe('the layers', () => {
  it('import only what lies below them', () => {
    expect(
      offences(core, (source) => {
        const layer = layerOf(source.file);
        const allowed = may[layer];
        if (allowed === undefined) return [];
        return imports(source)
          .filter((target) => target.startsWith('src/'))
          .map(layerOf)
          .filter((target) => target !== layer && target !== 'model' && !target.endsWith('.ts') && !allowed.includes(target))
          .map((target) => `imports from ${target} (${whys[layer] ?? `allowed are ${allowed.join(', ')}`})`);
      }),
    ).toEqual([]);
  });
  it('keep plugins out of the core, but for the generated table', () => {
    expect(offences(core, (source) => imports(source).filter((target) => target.startsWith('plugins/')))).toEqual([]);
  });
  it('keep the process at the edge', () => {
    const edge = ['src/cli.ts', 'src/host/machine.ts'];
    expect(
      offences(
        core.filter(({ file }) => !edge.includes(file) && !file.includes('/assets/')),
        ({ text }) => code(text).match(/\bprocess\.\w+/g) ?? [],
      ),
    ).toEqual([]);
  });
  it('print nowhere but through the streams of the edge', () => {
    expect(
      offences(
        [...core, ...plugins].filter(({ file }) => !file.includes('/assets/')),
        ({ text }) => code(text).match(/\bconsole\.\w+/g) ?? [],
      ),
    ).toEqual([]);
  });
  it('know no language model outside the plugin that calls one', () => {
    expect(offences(core, ({ text }) => (/anthropic|claude|openai/i.test(text) ? ['names a vendor of models'] : []))).toEqual([]);
  });
});

describe('plugins', () => {
  it('import the contract, their own files and packages, and nothing else', () => {
    expect(
      offences(
        plugins.filter(({ file }) => !file.includes('/assets/')),
        (source) => {
          const own = source.file.split('/').slice(0, 2).join('/');
          return imports(source).filter((target) => {
            if (target === 'src/plugin-api.ts' || target.startsWith(`${own}/`)) return false;
            // Reading source is one thing for all built-in plugins that map code.
            if (target === 'src/discovery/index.ts') return false;
            if (target.startsWith('src/') || target.startsWith('plugins/')) return true;
            return [
              'node:fs',
              'node:fs/promises',
              'node:child_process',
              'node:net',
              'node:http',
              'node:https',
              'node:process',
              'node:worker_threads',
            ].includes(target);
          });
        },
      ),
    ).toEqual([]);
  });
  it('do not reach for the process', () => {
    expect(
      offences(
        plugins.filter(({ file }) => !file.includes('/assets/')),
        ({ text }) => code(text).match(/\bprocess\.\w+/g) ?? [],
      ),
    ).toEqual([]);
  });
});

describe('every source file', () => {
  const all = [...core, ...plugins];
  it('has at most 400 lines, but for tables of data', () => {
    const tables = /\/(codes[\w-]*|grammar[\w-]*|manifest|prices|rules[\w-]*|defaults[\w-]*)\.ts$/;
    expect(all.filter(({ file, text }) => !tables.test(file) && text.split('\n').length > 401).map(({ file }) => file)).toEqual(
      [],
    );
  });
  it('has a name that says what is inside', () => {
    expect(
      all.filter(({ file }) => /(^|\/)(utils?|helpers?|common|misc|shared|lib)(\/|\.ts$)/.test(file)).map(({ file }) => file),
    ).toEqual([]);
  });
  it('does not escape from the type system', () => {
    expect(offences(all, ({ text }) => code(text).match(/: any\b|\bas any\b|<any>/g) ?? [])).toEqual([]);
    expect(offences(all, ({ text }) => text.match(/@ts-(ignore|expect-error|nocheck)/g) ?? [])).toEqual([]);
  });
  it('has one default export at most, a plugin', () => {
    expect(
      all
        .filter(({ file, text }) => /^export default/m.test(text) && !/^plugins\/[^/]+\/index\.ts$/.test(file))
        .map(({ file }) => file),
    ).toEqual([]);
  });
  it('leaves nothing for later in its comments', () => {
    expect(offences(all, ({ text }) => text.match(/\b(TODO|FIXME|XXX)\b/g) ?? [])).toEqual([]);
  });
  it('is short on average', () => {
    const lines = all.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThanOrEqual(90);
  });
});
