import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/main.ts';
import { exitCodes } from '../../src/model/exit.ts';
import { here } from '../rig/here.ts';
import { root } from './sources.ts';

const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const below = (folder: string, name: RegExp): readonly string[] =>
  readdirSync(path.join(root, folder))
    .filter((file) => name.test(file))
    .map((file) => path.posix.join(folder, file));
const pages = [
  ...below('.', /\.md$/),
  ...below('docs', /\.md$/),
  ...below('plugins', /^[a-z-]+$/).map((folder) => `${folder}/README.md`),
  'examples/orders-api/README.md',
  'examples/custom-plugin/README.md',
];
const withoutCode = (page: string): string => page.replace(/```[\s\S]*?```/g, '');
/** As GitHub makes them. */
const anchors = (page: string): readonly string[] =>
  [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

describe('every page', () => {
  it.each(pages)('%s has links that lead somewhere', (page) => {
    const links = [...withoutCode(text(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
        if (!existsSync(path.join(root, target))) return true;
        return anchor !== undefined && !anchors(text(target)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });
  it('of docs can be reached from the README', () => {
    const readme = text('README.md');
    expect(below('docs', /\.md$/).filter((page) => !readme.includes(`(${page})`))).toEqual([]);
  });
});

/** `bexpert <command> …` in blocks of shell code and in code within lines. */
function calls(page: string): readonly string[] {
  const blocks = [...page.matchAll(/```(?:sh|console|yaml)\n([\s\S]*?)```/g)].flatMap(([, code = '']) => code.split('\n'));
  const inline = [...withoutCode(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline].flatMap(
    (line) => /^\s*(?:.*(?:\$|npx|&&|- run:)\s)?bexpert ([a-z]+\b(?!\/).*)$/.exec(line.replace(/\s#.*/, ''))?.[1] ?? [],
  );
}

/** What the program says to a call, in this process. */
async function called(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const { io, said } = here(root, { env: {} });
  return { code: await main(args, io), said: said() };
}

describe('the commands that pages name', () => {
  const help = new Map<string, string>();
  beforeAll(async () => {
    const names = [...(await called('--help')).said.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
    for (const name of names) help.set(name, (await called(name, '--help')).said);
  });
  it('are in the help of the program', () => {
    expect([...help.keys()]).toEqual(expect.arrayContaining(['run', 'verify', 'doctor']));
  });
  /** Commands of the design that a page names to say that they are not there yet. */
  const missing = new Set(['prove']);
  it.each(pages)('exist, with their options, in %s', (page) => {
    const wrong = calls(text(page)).flatMap((call) => {
      const [command = '', ...words] = call.split(/[\s|&;)]+/);
      const known = help.get(command);
      if (known === undefined) return missing.has(command) ? [] : [call];
      return words
        .filter((word) => word.startsWith('--') && !known.includes(word.split('=')[0] ?? ''))
        .map((word) => `${call}: ${word}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('the files that the README shows', () => {
  it('are valid together', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bexpert-readme-'));
    try {
      const blocks = [...text('README.md').matchAll(/```yaml\n(bexpert: 1\n[\s\S]*?)```/g)].map(([, code = '']) => code);
      const [settings = '', playbook = ''] = blocks;
      expect(blocks).toHaveLength(2);
      writeFileSync(path.join(folder, 'bexpert.yml'), settings);
      mkdirSync(path.join(folder, 'playbooks'));
      writeFileSync(path.join(folder, 'playbooks/quality.yml'), playbook);
      const { said } = await called('validate', path.join(folder, 'playbooks/quality.yml'), '--repo', folder);
      expect(said).toMatch(/^valid /m);
      expect(said).not.toMatch(/error|warning/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the reference pages', () => {
  const literals = (file: string, pattern: RegExp): readonly string[] => [
    ...new Set([...text(file).matchAll(pattern)].map(([, name = '']) => name)),
  ];
  it('name every event', () => {
    const events = literals('src/model/event.ts', /\btype: '([a-z-]+)'/g);
    expect(events.length).toBeGreaterThan(15);
    expect(events.filter((name) => !text('docs/events.md').includes(`\`${name}\``))).toEqual([]);
  });
  it('name every field of the report and of what a step ends with', () => {
    const fields = [
      ...literals('src/report/run-report.ts', /\breadonly (\w+)\??:/g),
      ...literals('src/model/step-result.ts', /\breadonly (\w+)\??:/g),
    ];
    expect(fields.length).toBeGreaterThan(40);
    const page = text('docs/reports.md');
    const named = new Set([...page.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.match(/\w+/g) ?? []));
    // Fields of an attempt's summary, which is an event and no part of the report.
    const events = new Set(['gates', 'errors', 'blocking']);
    expect(fields.filter((name) => !named.has(name) && !events.has(name))).toEqual([]);
  });
  it('explain every exit code', () => {
    const page = text('docs/exit-codes.md');
    expect(Object.values(exitCodes).filter((code) => !page.includes(`| ${code} |`))).toEqual([]);
  });
  it('name every class of paths that is closed by default', () => {
    const page = text('docs/integrity.md');
    for (const word of ['protected', 'append-only', 'review', 'free']) expect(page).toContain(`| ${word}`);
  });
});
