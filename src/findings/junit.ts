// The XML of JUnit as its many writers write it; no two schemas of it agree, so what is read is what all of them have.
import { fail, succeed } from '../model/result.ts';
import { spanOf } from './fields.ts';
import type { Parsed, ReportedFinding, ReportedTest } from './report.ts';
import { readXml, type XmlElement } from './xml.ts';

interface Count {
  readonly findings: ReportedFinding[];
  readonly tests: ReportedTest[];
  ran: number;
  skipped: number;
  /** Elements that tell of a failure, also those of tests that are expected to fail. */
  told: number;
}
interface Around {
  readonly names: readonly string[];
  readonly file: string | undefined;
}

export function parseJunit(text: string): Parsed {
  const root = readXml(text);
  if (!root.ok) return root;
  const { name } = root.value;
  if (name !== 'testsuites' && name !== 'testsuite') {
    return fail(`its root is <${name}>, and <testsuites> or <testsuite> was expected`);
  }
  const count: Count = { findings: [], tests: [], ran: 0, skipped: 0, told: 0 };
  readSuite(root.value, { names: [], file: undefined }, count);
  // A writer that died may have closed what it had opened: what the root promises must be there.
  const promised = Number(root.value.attributes.tests);
  if (name === 'testsuite' && Number.isInteger(promised) && promised > count.ran + count.skipped) {
    return fail(`it promises ${promised} tests and has ${count.ran + count.skipped}`);
  }
  return succeed({
    findings: count.findings,
    examined: { unit: 'tests', count: count.ran },
    silenced: count.skipped,
    tests: count.tests,
  });
}

function readSuite(suite: XmlElement, around: Around, count: Count): void {
  const { name = '', file } = suite.attributes;
  const own = suite.name === 'testsuite' && name !== '' && !isFile(name);
  const inside: Around = {
    names: own ? [...around.names, name] : around.names,
    file: file ?? (isFile(name) ? name : around.file),
  };
  const before = count.told;
  for (const child of suite.children) {
    if (child.name === 'testsuite') readSuite(child, inside, count);
    else if (child.name === 'testcase') readCase(child, inside, count);
    // pytest and others report what broke outside of any test at the suite.
    else if (isProblem(child)) {
      count.told += 1;
      count.findings.push(problem({ child, test: undefined, around: inside }));
    }
  }
  const { failures, errors } = suite.attributes;
  const promised = (Number(failures) || 0) + (Number(errors) || 0);
  // A suite that could not be loaded has no tests that could tell of it.
  if (promised > 0 && count.told === before) {
    count.told += promised;
    const child: XmlElement = {
      name: 'error',
      attributes: { message: `it counts ${promised} that went wrong, and shows none of them` },
      children: [],
      text: '',
    };
    count.findings.push(problem({ child, test: undefined, around: inside }));
  }
}

const isProblem = ({ name }: XmlElement): boolean => name === 'failure' || name === 'error';
/** GoogleTest and CTest say of a test that was not run that it has this state. */
const notRun = /^(?:notrun|disabled|skipped|ignored|suppressed)$/i;

function readCase(test: XmlElement, around: Around, count: Count): void {
  const name = nameOf(test, around);
  const failed = test.children.filter(isProblem).length;
  count.told += failed;
  const { status = '', result = '' } = test.attributes;
  const left = failed === 0 && [status, result].some((state) => notRun.test(state));
  // One that is expected to fail for now is written as skipped and failed.
  if (left || test.children.some(({ name }) => name === 'skipped')) {
    count.skipped += 1;
    count.tests.push({ name, state: 'skipped' });
    return;
  }
  count.ran += 1;
  const child = test.children.find(({ name }) => name === 'failure') ?? test.children.find(({ name }) => name === 'error');
  count.tests.push({ name, state: child === undefined ? 'passed' : 'failed' });
  if (child !== undefined) count.findings.push(problem({ child, test, around }));
}

const isFile = (name: string): boolean => /^[^\s:*?"<>|]*\/[^\s:*?"<>|]*\.\w{1,6}$/.test(name);

/** Full name of a test, or of the suite where there is none. */
function nameOf(test: XmlElement | undefined, around: Around): string {
  const { classname = '', name = '' } = test?.attributes ?? {};
  const owner = classname === '' || isFile(classname) || around.names.includes(classname) ? [] : [classname];
  return [...around.names, ...owner, ...(name === '' ? [] : [name])].join(' > ');
}

function problem(options: {
  readonly child: XmlElement;
  readonly test: XmlElement | undefined;
  readonly around: Around;
}): ReportedFinding {
  const { child, test, around } = options;
  const { classname = '', file = around.file, line, column } = test?.attributes ?? {};
  const at = file ?? (isFile(classname) ? classname : undefined);
  const full = nameOf(test, around);
  const told = (child.attributes.message ?? child.text.trim().split('\n')[0] ?? '').trim();
  const what = child.name === 'error' ? 'ended with an error' : 'failed';
  const evidence = child.text.trim();
  return {
    rule: child.name === 'error' ? 'broken-test' : 'failed-test',
    severity: 'error',
    message: `${test === undefined ? 'The suite' : 'The test'} "${full}" ${what}${told === '' ? '.' : `: ${told}`}`,
    identity: full,
    ...(at === undefined ? {} : { file: at }),
    ...spanOf({ line, column, endLine: undefined, endColumn: undefined }),
    ...(evidence === '' ? {} : { evidence }),
  };
}
