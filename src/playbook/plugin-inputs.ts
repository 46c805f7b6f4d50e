// The `with:` of a plugin, checked against its manifest before anything runs, as far as its values are known.
import type { BoundExpression } from '../expression/bind.ts';
import type { Reference } from '../expression/references.ts';
import { describeType, mayFit, type ObjectType } from '../expression/type.ts';
import type { Path } from '../model/location.ts';
import type { Template } from '../model/plan.ts';
import type { Json, Manifest, ObjectSchema, Schema } from '../plugin-api.ts';
import { quantityForms } from '../registry/quantity.ts';
import type { Registry } from '../registry/registry.ts';
import { visitScalars } from '../registry/scalars.ts';
import { typeWords, valueWords } from '../registry/type-words.ts';
import { pathWords, schemaAt, type ValueProblem } from '../registry/value-problem.ts';
import type { Complaints } from './complaints.ts';
import type { Expressions } from './expressions.ts';
import { globFault, pathFault } from './files.ts';
import { type Node, plain, reach } from './tree.ts';

export interface BoundInputs {
  readonly template: Template;
  readonly references: readonly Reference[];
  /** Services that inputs name, also by default. */
  readonly services: readonly NamedInput[];
  /** Entries of `auth` that they name. */
  readonly tokens: readonly NamedInput[];
}
interface NamedInput {
  readonly name: string;
  readonly input: string;
  readonly at: Node;
  readonly written: boolean;
}

export async function bindInputs(options: {
  /** As after `uses:`. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly given: Node | undefined;
  /** The step or service, for what is missing. */
  readonly node: Node;
  readonly scope: ObjectType;
  readonly registry: Registry;
  readonly expressions: Expressions;
  readonly complaints: Complaints;
}): Promise<BoundInputs> {
  const { manifest, given, node, complaints } = options;
  const at = given ?? node;
  const bound =
    given === undefined
      ? { template: { kind: 'literal', value: {} } satisfies Template, references: [], open: [] }
      : await options.expressions.value(given, options.scope);
  if (given !== undefined && given.kind !== 'map') return { ...bound, services: [], tokens: [] };
  const sample = sampleOf(bound.template);
  const { value, problems } = await options.registry.examine(options.name, sample);
  const place = placedIn(bound.open);
  complaints.values(problems.filter(place.matters), at);
  complaints.values(openTypes(manifest.inputs, bound.open), at);
  const named: Record<'service' | 'auth', NamedInput[]> = { service: [], auth: [] };
  visitScalars(manifest.inputs, value, (path, schema, found) => {
    if (place.isOpen(path)) return;
    const raw = reach(at, path);
    const isWritten = given !== undefined && raw.rest.length === 0;
    if (schema.type === 'string' && (schema.format === 'service' || schema.format === 'auth') && found !== '') {
      named[schema.format].push({
        name: String(found),
        input: pathWords(path),
        at: isWritten ? raw.node : node,
        written: isWritten,
      });
    } else if (schema.type === 'string' && (schema.format === 'glob' || schema.format === 'path')) {
      complaints.values(fileProblems({ format: schema.format, text: String(found), path }), at);
    } else if (
      (schema.type === 'number' || schema.type === 'integer') &&
      (schema.format === 'duration' || schema.format === 'size')
    ) {
      if (isWritten && typeof plain(raw.node) === 'number' && found !== 0) {
        const facts = { key: pathWords(path), expected: quantityForms[schema.format], found: valueWords(plain(raw.node)) };
        complaints.values([{ code: 'playbook/form', facts, path, at: 'value' }], at);
      }
    }
  });
  return { template: bound.template, references: bound.references, services: named.service, tokens: named.auth };
}

/** A value to check: what is known as it is, and something of no consequence for what is not. */
function sampleOf(template: Template): Json {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return null;
    case 'text':
      return '';
    case 'list':
      return template.items.map(sampleOf);
    case 'map':
      return Object.fromEntries(Object.entries(template.entries).map(([key, entry]) => [key, sampleOf(entry)]));
  }
}

/** Problems of values that are not known yet are none, but for text where something else must be. */
function placedIn(open: readonly BoundExpression[]): { isOpen(path: Path): boolean; matters(problem: ValueProblem): boolean } {
  const whole = new Set(open.filter((expression) => expression.whole).map(({ path }) => pathWords(path)));
  const mixed = new Set(open.filter((expression) => !expression.whole).map(({ path }) => pathWords(path)));
  return {
    isOpen: (path) => whole.has(pathWords(path)) || mixed.has(pathWords(path)),
    matters: (problem) => {
      const at = pathWords(problem.path);
      if (whole.has(at) && problem.at === 'value') return false;
      return !mixed.has(at) || problem.code === 'playbook/type';
    },
  };
}

function openTypes(schema: ObjectSchema, open: readonly BoundExpression[]): readonly ValueProblem[] {
  return open.flatMap(({ path, whole, type }) => {
    const wanted = schemaAt(schema, path);
    if (!whole || wanted === undefined || wanted.description === undefined || mayFit(type, wanted as Schema)) return [];
    const facts = { key: pathWords(path), expected: typeWords(wanted), found: describeType(type) };
    return [{ code: 'playbook/expression-type', facts, path, at: 'value' } satisfies ValueProblem];
  });
}

function fileProblems(given: {
  readonly format: 'glob' | 'path';
  readonly text: string;
  readonly path: Path;
}): readonly ValueProblem[] {
  const { format, text, path } = given;
  if (text === '' && format === 'path') return [];
  const why = format === 'glob' ? globFault(text) : pathFault(text);
  if (why === undefined) return [];
  return format === 'glob'
    ? [{ code: 'playbook/glob', facts: { glob: text, why }, path, at: 'value' }]
    : [{ code: 'playbook/path', facts: { key: pathWords(path), path: text, why }, path, at: 'value' }];
}

/** The plugin's own defaults of the playbook below what a step says; the step wins by key. */
export function withDefaults(defaults: Node | undefined, given: Node | undefined): Node | undefined {
  if (defaults?.kind !== 'map') return given;
  if (given === undefined) return defaults;
  if (given.kind !== 'map') return given;
  return { ...given, fields: new Map([...defaults.fields, ...given.fields]) };
}
