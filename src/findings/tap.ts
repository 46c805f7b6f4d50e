// The Test Anything Protocol, versions 12 to 14: https://testanything.org/tap-version-14-specification.html
import { fail, succeed } from '../model/result.ts';
import { spanOf } from './fields.ts';
import type { Parsed, ReportedFinding } from './report.ts';

interface Test {
  name: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  children: readonly Test[];
  readonly diagnostics: string[];
}
/** Tests of one depth, until the line of the test that they belong to closes it. */
interface Level {
  tests: Test[];
  plan: number | undefined;
}

const testLine = /^(not )?ok\b\s*(\d+)?\s*(?:-\s+)?(.*)$/;
/** node-tap and Vitest say behind each test how long it took, and begin the tests below it with a brace. */
const duration = /\s+#\s*time=\S+$/;
const directive = /(?:^|\s)#\s*(skip|todo)\S*(?:\s+(.*))?$/i;

export function parseTap(text: string): Parsed {
  const levels: Level[] = [{ tests: [], plan: undefined }];
  const blocks: Block[] = [];
  /** Ends blocks of this depth and below that no brace ended: the brace belongs to the name of the test. */
  const unblock = (depth: number): void => {
    while ((blocks.at(-1)?.depth ?? -1) >= depth) {
      const block = blocks.pop();
      if (block !== undefined) block.test.name += ' {';
    }
  };
  let last: Test | undefined;
  let reading: { readonly indent: string } | undefined;
  let bail: string | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const [, indent = '', line = ''] = /^(\s*)(.*?)\s*$/.exec(raw) ?? [];
    if (reading !== undefined) {
      if (line === '...' && indent === reading.indent) reading = undefined;
      else last?.diagnostics.push(raw.slice(reading.indent.length));
      continue;
    }
    if (line === '---' && last !== undefined) {
      reading = { indent };
      continue;
    }
    const depth = Math.floor(indent.length / 4);
    const plan = /^1\.\.(\d{1,9})/.exec(line);
    const found = testLine.exec(line);
    const open = blocks.at(-1);
    if (/^Bail out!/i.test(line)) bail = line;
    else if (line === '}' && open?.depth === depth) {
      const below = levels.splice(depth + 1)[0];
      const wrong = below === undefined ? undefined : planFault(below);
      if (wrong !== undefined) return fail(wrong);
      open.test.children = below?.tests ?? [];
      blocks.pop();
    } else if (plan !== null) {
      unblock(depth);
      const level = levelAt(levels, depth);
      if (level.plan !== undefined) return fail(`it has two plans at one depth: \`${line}\` is the second`);
      level.plan = Number(plan[1]);
    } else if (found !== null) {
      unblock(depth);
      const below = levels.splice(depth + 1)[0];
      const wrong = below === undefined ? undefined : planFault(below);
      if (wrong !== undefined) return fail(wrong);
      last = testOf(found, below?.tests ?? []);
      levelAt(levels, depth).tests.push(last);
      if (line.endsWith(' {')) blocks.push({ test: last, depth });
    }
  }
  const [top] = levels;
  if (bail === undefined) {
    if (top === undefined || top.plan === undefined)
      return fail('it has no plan such as `1..5`, so nobody knows whether it is whole');
    const wrong = planFault(top);
    if (wrong !== undefined || reading !== undefined) return fail(wrong ?? 'it ends within the details of a test');
    const orphans = levels.slice(1).flatMap(({ tests }) => tests);
    // Indented lines of other programs may look like tests; one that failed is not passed over.
    if (blocks.some(({ depth }) => levels.length > depth + 1) || orphans.some(({ state }) => state === 'failed'))
      return fail('it ends before the test that its last subtests belong to');
    unblock(0);
  }
  const leaves = (top?.tests ?? []).flatMap((test) => leavesOf(test, []));
  const findings = leaves.flatMap(({ test, name }) => (test.state === 'failed' ? [findingOf(test, name)] : []));
  const skipped = leaves.filter(({ test }) => test.state === 'skipped').length;
  return succeed({
    findings:
      bail === undefined ? findings : [...findings, { rule: 'bail-out', severity: 'error', message: bail, identity: 'bail-out' }],
    examined: { unit: 'tests', count: leaves.length - skipped },
    silenced: skipped,
    // One that holds others has its name here only while it fails by itself.
    tests: leaves.flatMap(({ test: { state, children }, name }) =>
      children.length > 0 && state === 'failed' ? [] : [{ name, state: state === 'ok' ? 'passed' : state }],
    ),
  });
}

/** A test that ended with `{`, until the `}` of its depth. */
interface Block {
  readonly test: Test;
  readonly depth: number;
}

function levelAt(levels: Level[], depth: number): Level {
  for (let at = levels.length; at <= depth; at += 1) levels.push({ tests: [], plan: undefined });
  return levels[depth] ?? { tests: [], plan: undefined };
}

function planFault({ plan, tests }: Level): string | undefined {
  if (plan === undefined || plan === tests.length) return undefined;
  return `its plan names ${plan} tests, and it has ${tests.length}`;
}

function testOf([, not, , words = '']: RegExpExecArray, children: readonly Test[]): Test {
  // A # that belongs to the name is escaped.
  const plain = words
    .replaceAll('\\#', '\u0000')
    .replace(/\s+\{$/, '')
    .replace(duration, '');
  const said = directive.exec(plain);
  const name = plain.replace(directive, '').replaceAll('\u0000', '#').trim();
  // A test that is marked as to be done may fail.
  const state = said !== null ? 'skipped' : not === undefined ? 'ok' : 'failed';
  return { name, state, children, diagnostics: [] };
}

/** Tests without tests below them; a parent that failed by itself counts too. */
function leavesOf(test: Test, above: readonly string[]): readonly { readonly test: Test; readonly name: string }[] {
  const names = [...above, test.name];
  const below = test.state === 'skipped' ? [] : test.children.flatMap((child) => leavesOf(child, names));
  const failedBelow = below.some((leaf) => leaf.test.state === 'failed');
  if (below.length > 0 && (test.state === 'ok' || failedBelow)) return below;
  return [...below, { test, name: names.join(' > ') }];
}

function findingOf(test: Test, name: string): ReportedFinding {
  const said = (key: string) =>
    test.diagnostics
      .map((line) =>
        new RegExp(`^\\s*${key}:\\s*(.+)$`)
          .exec(line)?.[1]
          ?.replace(/^(['"])(.*)\1$/, '$2')
          .replaceAll("''", "'"),
      )
      .find((value) => value !== undefined && !/^[|>]/.test(value));
  const told = said('error') ?? said('message');
  const at = /^(?:file:\/\/)?(.+?):(\d+)(?::(\d+))?$/.exec(said('location') ?? said('at') ?? '');
  return {
    rule: 'failed-test',
    severity: 'error',
    message: `The test "${name}" failed${told === undefined ? '.' : `: ${told}`}`,
    identity: name,
    ...(at?.[1] === undefined ? {} : { file: at[1] }),
    ...spanOf({ line: at?.[2], column: at?.[3], endLine: undefined, endColumn: undefined }),
    ...(test.diagnostics.length === 0 ? {} : { evidence: test.diagnostics.join('\n') }),
  };
}
