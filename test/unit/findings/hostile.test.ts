// Whatever a command writes: no report is read as less than it is, and none breaks the runner.

import { expect, it } from 'vitest';
import { parseReport } from '../../../src/findings/parse.ts';
import type { ToolReport } from '../../../src/findings/report.ts';
import type { FindingsPlan } from '../../../src/model/plan.ts';
import fc from '../../rig/property.ts';

const whole: Readonly<Record<Exclude<FindingsPlan['format'], 'regex' | 'tsc'>, string>> = {
  sarif: JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 't' } },
        results: [
          { ruleId: 'A', level: 'error', message: { text: 'é' } },
          { ruleId: 'B', message: { text: 'x' } },
        ],
      },
    ],
  }),
  eslint: JSON.stringify([
    { filePath: '/a.js', messages: [{ ruleId: 'no-var', severity: 2, message: 'm', line: 1 }] },
    { filePath: '/b.js', messages: [] },
  ]),
  junit:
    '<?xml version="1.0"?><testsuites><testsuite name="s"><testcase name="a"><failure message="no">x</failure></testcase><testcase name="b"/></testsuite></testsuites>',
  checkstyle: '<checkstyle><file name="a.js"><error line="1" severity="error" message="m" source="r"/></file></checkstyle>',
  tap: 'TAP version 14\n1..2\nnot ok 1 - a\n  ---\n  message: no\n  ...\nok 2 - b\n',
};
const formats = Object.keys(whole) as (keyof typeof whole)[];
const read = (format: keyof typeof whole, bytes: Uint8Array) => parseReport(bytes, { format, from: 'stdout' });

it.each(formats)('a part of a report of %s is refused, or says all that the whole says', async (format) => {
  const bytes = Buffer.from(whole[format]);
  const all = await read(format, bytes);
  if (!all.ok) throw new Error(all.error);
  expect(all.value.findings.length).toBeGreaterThan(0);
  // A test whose name is cut off is red, since base has another.
  const told = ({ tests, ...rest }: ToolReport) => ({ ...rest, states: tests?.map(({ state }) => state) });
  for (let length = 0; length < bytes.length; length += 1) {
    const part = await read(format, bytes.subarray(0, length));
    if (part.ok) expect(told(part.value), `the first ${length} bytes`).toEqual(told(all.value));
  }
});

it.each(formats)('a report of %s with bytes that are changed never throws', async (format) => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.uint8Array({ maxLength: 6 }), fc.nat({ max: 6 }), async (at, put, gone) => {
      const bytes = Buffer.from(whole[format]);
      const from = at % bytes.length;
      const parsed = await read(format, Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + gone)]));
      expect(typeof parsed.ok).toBe('boolean');
    }),
    { numRuns: 300 },
  );
});

it.each(['sarif', 'eslint'] as const)(
  'JSON of any shape as %s never throws, and clean is only what has the form',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
        const inner =
          format === 'sarif'
            ? { version: '2.1.0', runs: [value, { results: [value, { message: value, locations: [value] }] }] }
            : [value];
        for (const shape of [value, inner]) {
          const parsed = await read(format, Buffer.from(JSON.stringify(shape)));
          if (parsed.ok) expect(parsed.value.examined?.count ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 300 },
    );
  },
);

it('lines of any text as the compiler, a pattern or TAP never throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
      const bytes = Buffer.from(text);
      const tsc = await parseReport(bytes, { format: 'tsc', from: 'stdout' });
      const lines = await parseReport(bytes, {
        format: 'regex',
        from: 'stdout',
        pattern: '^(?<file>.)(?<line>\\d)?(?<message>.*)$',
      });
      expect([tsc.ok, lines.ok]).toEqual([true, true]);
      await read('tap', bytes);
    }),
    { numRuns: 200 },
  );
});
