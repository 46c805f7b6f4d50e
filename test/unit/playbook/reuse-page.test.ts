import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { plain } from '../../../src/playbook/tree.ts';
import { root } from '../../contract/sources.ts';
import { preparedOf } from './prepare-files.ts';
import { shown } from './prepare-folder.ts';

const page = readFileSync(path.join(root, 'docs/reuse.md'), 'utf8');
const sections = page.split(/^(?=##+ )/m).map((text) => {
  const blocks = [...text.matchAll(/```(yaml|text)\n([\s\S]*?)```/g)].map(([, form = '', code = '']) => ({ form, code }));
  const title = (code: string): string => /^# (.*)\n/.exec(code)?.[1] ?? '';
  const yaml = blocks.filter(({ form }) => form === 'yaml').map(({ code }) => ({ title: title(code), code }));
  return {
    name: /^##+ (.*)/.exec(text)?.[1] ?? '',
    files: Object.fromEntries(yaml.filter((block) => block.title !== 'together').map((block) => [block.title, block.code])),
    together: yaml.find((block) => block.title === 'together')?.code,
    said: blocks.find(({ form }) => form === 'text')?.code,
  };
});
/** `- tests` and `- { id: tests, uses: tests }` say the same, and so do a phase that is a list and one with `steps`. */
const alike = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, inner) =>
    key === 'steps' && Array.isArray(inner)
      ? inner.map((step) => (typeof step === 'string' ? { id: step, uses: step } : { ...step, id: step.id ?? step.uses }))
      : inner,
  );

describe('an example of the page', () => {
  const examples = sections.filter(({ files }) => Object.hasOwn(files, 'playbook.yml'));
  it('stands for each rule', () => {
    expect(examples.map(({ name }) => name)).toEqual([
      'Maps merge by key',
      'Steps merge by id',
      'Lists replace, and append adds',
      'Protect always unites',
      'Null removes',
      'Include',
      'Foreach',
      'A template is a policy',
    ]);
  });
  it.each(examples)('is what the program makes of it: $name', async ({ files, together, said }) => {
    const prepared = await preparedOf(files);
    expect(shown(prepared)).toBe(said ?? '');
    if (together === undefined || prepared.merged === undefined) return;
    expect(alike(plain(prepared.merged.root))).toMatchObject(alike(parse(together)) as object);
    const steps = (parse(together) as { phases?: { verify?: { steps?: readonly unknown[] } } }).phases?.verify?.steps;
    if (steps !== undefined) expect(prepared.plan?.phases[0]?.steps).toHaveLength(steps.length);
  });
  it('of foreach makes the steps that the page names', async () => {
    const { plan } = await preparedOf(sections.find(({ name }) => name === 'Foreach')?.files ?? {});
    expect(plan?.phases[0]?.steps.map(({ id }) => id)).toEqual(['tests', 'health-orders', 'health-payments']);
    expect(page).toContain('These are the steps `health-orders` and `health-payments`.');
  });
});
