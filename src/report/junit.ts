// A finished run as JUnit XML: a suite for each verify phase, a case for each gate.
import { type LastWord, lastWords } from './outcome.ts';
import { placeWords } from './passages.ts';
import { printable } from './printable.ts';
import type { RunView } from './run-view.ts';
import { failureWords, stepWords } from './step-words.ts';

const escaped = (words: string): string =>
  printable(words)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // What no XML document may hold: lone surrogates and the two last code points of a plane.
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g, '\ufffd');
const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

function outcomeOf({ view, plan }: LastWord): Outcome {
  const { result } = view;
  if (result === undefined || result.kind === 'failed') return 'error';
  if (result.kind !== 'gate') return 'skipped';
  switch (result.verdict) {
    case 'pass':
    case 'waived':
      return 'passed';
    case 'fail':
      // A gate that only warns turns nothing red, here neither.
      return plan?.level === 'warn' ? 'skipped' : 'failure';
    case 'inconclusive':
    case 'invalid':
      return plan?.level === 'warn' ? 'skipped' : 'error';
    case 'skipped':
      return 'skipped';
  }
}

function caseLines(word: LastWord): string[] {
  const { view, plan } = word;
  const { result } = view;
  const outcome = outcomeOf(word);
  const head = `    <testcase${attributes({ classname: view.phase, name: view.step, time: seconds(view.durationMs) })}`;
  if (outcome === 'passed') return [`${head}/>`];
  const words = result === undefined ? { mark: 'not finished', detail: '' } : stepWords(result, plan?.level ?? 'block');
  const findings = result?.kind === 'gate' ? result.findings.filter(({ standing }) => standing === 'counts') : [];
  const told = [
    ...(result?.kind === 'failed' ? [failureWords(result.failure)] : []),
    ...findings.map(
      ({ severity, code, location, message }) =>
        `${severity} ${code}${location === undefined ? '' : ` at ${placeWords(location)}`}: ${message}`,
    ),
  ];
  const message = attributes({ message: `${words.mark}${words.detail === '' ? '' : `: ${words.detail}`}` });
  const inner = outcome === 'skipped' ? `<skipped${message}/>` : `<${outcome}${message}>${escaped(told.join('\n'))}</${outcome}>`;
  return [`${head}>`, `      ${inner}`, '    </testcase>'];
}

export function junitOfRun(run: RunView): string {
  const words = lastWords(run);
  const count = (list: readonly LastWord[]) => ({
    tests: list.length,
    failures: list.filter((word) => outcomeOf(word) === 'failure').length,
    errors: list.filter((word) => outcomeOf(word) === 'error').length,
    skipped: list.filter((word) => outcomeOf(word) === 'skipped').length,
    time: seconds(list.reduce((sum, { view }) => sum + view.durationMs, 0)),
  });
  const phases = [...new Set(words.map(({ view }) => view.phase))];
  const suites = phases.flatMap((phase) => {
    const own = words.filter(({ view }) => view.phase === phase);
    return [`  <testsuite${attributes({ name: phase, ...count(own) })}>`, ...own.flatMap(caseLines), '  </testsuite>'];
  });
  const name = `bexpert ${run.started.plan.name}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...count(words) })}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}
