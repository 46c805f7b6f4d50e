// What a step with `run` or `argv` says about what its command leaves: `findings`, `artifacts`, `outputs`.
import { nearest } from '../diagnostics/nearest.ts';
import type { FindingsPlan, OutputType, StepPlan } from '../model/plan.ts';
import { valueWords } from '../registry/type-words.ts';
import type { Complaints } from './complaints.ts';
import { readGlobs, readPath } from './files.ts';
import { field, fieldsOf, type Node, plain, textOf } from './tree.ts';

const reportFormats = ['sarif', 'junit', 'tap', 'checkstyle', 'tsc', 'eslint', 'regex'] as const;
const groups = ['file', 'line', 'column', 'rule', 'severity', 'message'];
const outputTypes = ['string', 'number', 'boolean'] as const;
const isOutputType = (text: string | undefined): text is OutputType => (outputTypes as readonly unknown[]).includes(text);

export function readCommandKeys(node: Node, complaints: Complaints): Pick<StepPlan, 'findings' | 'artifacts' | 'outputs'> {
  const findings = readFindings(field(node, 'findings'), complaints);
  const artifacts = field(node, 'artifacts');
  const outputs = readOutputs(field(node, 'outputs'), complaints);
  return {
    ...(findings === undefined ? {} : { findings }),
    ...(artifacts === undefined ? {} : { artifacts: readGlobs(artifacts, complaints) }),
    ...(outputs === undefined ? {} : { outputs }),
  };
}

function readFindings(node: Node | undefined, complaints: Complaints): FindingsPlan | undefined {
  if (node === undefined || node.kind !== 'map') return undefined;
  const found = reportFormats.filter((format) => node.fields.has(format));
  const [format] = found;
  // An unknown key is said as such.
  if (format === undefined && node.fields.size > 0) return undefined;
  if (format === undefined || found.length > 1) {
    complaints.at('findings/format', { found, formats: reportFormats }, node, format === undefined ? 'key' : 'head');
    return undefined;
  }
  const at = field(node, format);
  if (format === 'regex') return readPattern(at, complaints);
  const from = readPath(at, format, complaints);
  return from === undefined ? undefined : { format, from };
}

function readPattern(node: Node | undefined, complaints: Complaints): FindingsPlan | undefined {
  const short = textOf(node);
  const patternNode = short === undefined ? field(node, 'pattern') : node;
  const pattern = textOf(patternNode);
  if (patternNode === undefined || pattern === undefined) return undefined;
  check(patternNode, pattern, groups, complaints);
  const examinedNode = field(node, 'examined');
  const examined = textOf(examinedNode);
  if (examinedNode !== undefined && examined !== undefined) check(examinedNode, examined, ['count'], complaints);
  return {
    format: 'regex',
    from: readPath(field(node, 'from'), 'from', complaints) ?? 'stdout',
    pattern,
    ...(examined === undefined ? {} : { examined }),
  };
}

function check(node: Node, pattern: string, known: readonly string[], complaints: Complaints): void {
  const why = fault(pattern, known);
  if (why !== undefined) complaints.at('findings/pattern', { pattern, why }, node, 'value');
}

function fault(pattern: string, known: readonly string[]): string | undefined {
  try {
    // An alternative that is empty always matches, and gives the names of all groups.
    const match = new RegExp(`${pattern}|`).exec('');
    const names = Object.keys(match?.groups ?? {});
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      const near = nearest(unknown, known);
      return `there is no group \`${unknown}\`${near === undefined ? '' : `; \`${near}\` is one`}`;
    }
  } catch (error) {
    const words = (error as Error).message.split(': ').at(-1) ?? '';
    return `it is no regular expression: ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  }
  return new RegExp(pattern).test('') ? 'it matches an empty line' : undefined;
}

function readOutputs(node: Node | undefined, complaints: Complaints): StepPlan['outputs'] {
  if (node === undefined || node.kind !== 'map') return undefined;
  const read: Record<string, OutputType> = {};
  for (const [name, item] of fieldsOf(node)) {
    const type = textOf(item);
    if (!/^[A-Za-z_][\w-]*$/.test(name) || name === 'stdout') {
      const expected =
        name === 'stdout'
          ? 'another name than `stdout`, which every context command gives'
          : 'a name of letters, digits, `-` and `_`';
      complaints.at('playbook/form', { key: 'outputs', expected, found: `\`${name}\`` }, item, 'key');
    } else if (isOutputType(type)) read[name] = type;
    else if (type === undefined) {
      complaints.at(
        'playbook/type',
        { key: name, expected: 'the name of a type', found: valueWords(plain(item)) },
        item,
        'value',
      );
    } else {
      const near = nearest(type, outputTypes);
      complaints.at(
        'playbook/choice',
        { key: name, value: type, options: outputTypes, ...(near === undefined ? {} : { near }) },
        item,
        'value',
      );
    }
  }
  return read;
}
