// The inputs of a playbook: what it declares, and the values that a call, a file and defaults give them.
import { nearest } from '../diagnostics/nearest.ts';
import type { Place } from '../model/location.ts';
import { fail, type Result, succeed } from '../model/result.ts';
import type { Json } from '../plugin-api.ts';
import { parseQuantity, quantityForms } from '../registry/quantity.ts';
import { valueWords } from '../registry/type-words.ts';
import type { Complaints } from './complaints.ts';
import { pathFault } from './files.ts';
import { type InputType, inputTypes } from './grammar.ts';
import { Source } from './source.ts';
import { field, fieldsOf, type Node, nodeOf, placeOf, plain, textOf, textsOf } from './tree.ts';

export interface Input {
  readonly name: string;
  readonly node: Node;
  readonly type: InputType;
  readonly options?: readonly string[];
  /** A playbook declares it, rather than bexpert.yml: then something should use it. */
  readonly declared: boolean;
  /** Where it is declared; a default may stand elsewhere. */
  readonly place: Place;
}
export interface Inputs {
  readonly all: ReadonlyMap<string, Input>;
  readonly values: Readonly<Record<string, Json>>;
  /** Required ones without a value. */
  readonly missing: ReadonlySet<string>;
  /** Those that the call gives, with how. */
  readonly given: ReadonlyMap<string, Pick<Given, 'from' | 'place'>>;
  /** What a default would be as a value. */
  ofDefault(name: string, value: Json): Json | undefined;
  /** The file of `--inputs-file`, for its frames. */
  readonly source?: Source;
}

export const expected = (input: Pick<Input, 'type' | 'options'>): string => {
  switch (input.type) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'boolean':
      return '`true` or `false`';
    case 'choice':
      return `one of ${(input.options ?? []).map((option) => `\`${option}\``).join(', ')}`;
    case 'list':
      return 'a list of texts, or texts separated by commas';
    case 'file':
      return 'the path of a file in the scope';
    case 'duration':
    case 'size':
    case 'percent':
      return quantityForms[input.type];
  }
};

/** For a call. */
const example = ({ type, options }: Pick<Input, 'type' | 'options'>): string =>
  ({
    string: '"some text"',
    number: '5',
    boolean: 'true',
    choice: options?.[0] ?? '...',
    list: 'one,two',
    file: 'path/to/file',
    duration: '30s',
    size: '64KiB',
    percent: '10%',
  })[type];

const textOnly = (value: Json): Result<Json, undefined> => (typeof value === 'string' ? succeed(value) : fail(undefined));

/** The value of an input. Texts of the command line are converted; amounts become numbers: milliseconds, bytes, percent. */
export function convert(input: Pick<Input, 'type' | 'options'>, value: Json): Result<Json, undefined> {
  switch (input.type) {
    case 'string':
      return textOnly(value);
    case 'file':
      return typeof value === 'string' && pathFault(value) === undefined ? succeed(value) : fail(undefined);
    case 'choice':
      // Without options anything may be chosen; that they are missing is said elsewhere.
      if (input.options === undefined) return textOnly(value);
      return typeof value === 'string' && input.options?.includes(value) === true ? succeed(value) : fail(undefined);
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? succeed(number) : fail(undefined);
    }
    case 'boolean':
      if (typeof value === 'boolean') return succeed(value);
      return value === 'true' ? succeed(true) : value === 'false' ? succeed(false) : fail(undefined);
    case 'list':
      if (typeof value === 'string')
        return succeed(
          value
            .split(',')
            .map((item) => item.trim())
            .filter((item) => item !== ''),
        );
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? succeed(value) : fail(undefined);
    case 'duration':
    case 'size':
    case 'percent': {
      if (typeof value === 'number') return input.type === 'percent' ? succeed(value) : fail(undefined);
      const amount = typeof value === 'string' ? parseQuantity(input.type, value.trim()) : undefined;
      return amount === undefined ? fail(undefined) : succeed(amount);
    }
  }
}

export interface GivenInputs {
  /** From `--input`. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly inputsFile?: { readonly name: string; readonly text: string };
}

interface Given {
  readonly value: Json;
  readonly from: string;
  readonly place?: Place;
}

/**
 * An input of which bexpert.yml only says the default belongs to other playbooks when neither this one nor a file below declares
 * it.
 */
export function readInputs(options: {
  readonly root: Node;
  readonly playbook: Source;
  /** Files that the playbook builds on. */
  readonly templates: readonly Source[];
  readonly given: GivenInputs;
  readonly complaints: Complaints;
}): Inputs {
  const { root, playbook, given, complaints } = options;
  const all = new Map<string, Input>();
  const inputsOf = (source: Source) => [...fieldsOf(field(nodeOf(source.value, { source, path: [] }), 'inputs')).keys()];
  const declaredByPlaybook = new Set(inputsOf(playbook));
  const declaredBelow = new Set(options.templates.flatMap(inputsOf));
  for (const [name, node] of fieldsOf(field(root, 'inputs'))) {
    const declared = declaredByPlaybook.has(name);
    // Its template declares it, or it is for other playbooks of the repository.
    if (!declared && !declaredBelow.has(name) && field(node, 'type') === undefined) continue;
    const place = declaredByPlaybook.has(name) ? playbook.place(['inputs', name], 'key') : placeOf(node, 'key');
    all.set(name, { ...readInput({ name, node, complaints }), declared, place });
  }
  const file = given.inputsFile === undefined ? undefined : new Source(given.inputsFile.name, given.inputsFile.text);
  const values: Record<string, Json> = {};
  const missing = new Set<string>();
  const secrets = [...fieldsOf(field(root, 'secrets')).keys()];
  const chosen = chosenValues({ given, file, all, secrets, complaints });
  for (const [name, input] of all) {
    const value = chosen.get(name) ?? defaultOf(input);
    if (value === undefined) {
      if (textFlag(field(input.node, 'required'))) missing.add(name);
      else values[name] = null;
      continue;
    }
    const converted = convert(input, value.value);
    if (converted.ok) {
      values[name] = converted.value;
      continue;
    }
    const facts = {
      name,
      expected: expected(input),
      found: valueWords(value.value),
      from: value.from,
      ...(value.place === undefined ? { example: example(input) } : {}),
    };
    complaints.add('input/value', facts, value.place === undefined ? {} : { place: value.place });
  }
  // What a file that cannot be read would have given is not missing.
  const unread = file !== undefined && nodeOf(file.value, { source: file, path: [] }).kind !== 'map';
  return {
    all,
    values,
    missing: unread ? new Set() : missing,
    given: chosen,
    ofDefault: (name, value) => {
      const input = all.get(name);
      const converted = input === undefined ? undefined : convert(input, value);
      return converted?.ok === true ? converted.value : undefined;
    },
    ...(file === undefined ? {} : { source: file }),
  };
}

const textFlag = (node: Node | undefined): boolean => node?.kind === 'scalar' && node.value === true;

export function readInput(options: {
  readonly name: string;
  readonly node: Node;
  readonly complaints: Complaints;
}): Omit<Input, 'declared' | 'place'> {
  const { name, node, complaints } = options;
  const written = textOf(field(node, 'type'));
  const type = inputTypes.find((known) => known === written) ?? 'string';
  const optionsNode = field(node, 'options');
  if ((type === 'choice') !== (optionsNode !== undefined)) {
    complaints.at('input/options', { name, type }, optionsNode ?? node, 'key');
  }
  return { name, node, type, ...(optionsNode === undefined ? {} : { options: textsOf(optionsNode) }) };
}

function defaultOf({ node }: Input): Given | undefined {
  const value = field(node, 'default');
  return value === undefined ? undefined : { value: plain(value), from: 'by default', place: placeOf(value, 'value') };
}

/** What the call gives; an input that the playbook does not have is a problem. */
function chosenValues(options: {
  readonly given: GivenInputs;
  readonly file: Source | undefined;
  readonly all: ReadonlyMap<string, Input>;
  readonly secrets: readonly string[];
  readonly complaints: Complaints;
}): ReadonlyMap<string, Given> {
  const { given, file, all, complaints } = options;
  const chosen = new Map<string, Given>();
  const known = [...all.keys()];
  const unknown = (name: string, place?: Place): void => {
    if (options.secrets.includes(name)) {
      complaints.add('secret/input', { name }, place === undefined ? {} : { place });
      return;
    }
    const near = nearest(name, known);
    complaints.add(
      'input/unknown',
      { name, known, ...(near === undefined ? {} : { near }) },
      place === undefined ? {} : { place },
    );
  };
  if (file !== undefined) {
    complaints.also(file.problems);
    const root = nodeOf(file.value ?? {}, { source: file, path: [] });
    if (root.kind !== 'map')
      complaints.at(
        'playbook/type',
        { key: file.file, expected: 'a map of inputs', found: valueWords(plain(root)) },
        root,
        'value',
      );
    for (const [name, node] of fieldsOf(root)) {
      if (all.has(name)) chosen.set(name, { value: plain(node), from: `in ${file.file}`, place: placeOf(node, 'value') });
      else unknown(name, placeOf(node, 'key'));
    }
  }
  for (const [name, text] of Object.entries(given.inputs)) {
    if (all.has(name)) chosen.set(name, { value: text, from: 'with --input' });
    else unknown(name);
  }
  return chosen;
}

export function complainMissing(inputs: Inputs, used: ReadonlySet<string>, complaints: Complaints): void {
  for (const name of inputs.missing) {
    if (!used.has(name)) continue;
    const input = inputs.all.get(name);
    const description = textOf(field(input?.node, 'description'));
    const facts = { name, ...(description === undefined ? {} : { description }) };
    complaints.add('input/missing', facts, input === undefined ? {} : { place: input.place });
  }
}

/** Inputs that name a file name one that is there. */
export async function checkFiles(
  inputs: Inputs,
  readScope: (file: string) => Promise<string | undefined>,
  complaints: Complaints,
): Promise<void> {
  for (const [name, { type, place }] of inputs.all) {
    const file = inputs.values[name];
    if (type !== 'file' || typeof file !== 'string' || (await readScope(file)) !== undefined) continue;
    const found = `\`${file}\`, which does not exist`;
    complaints.add('input/value', { name, expected: 'the path of a file in the scope', found, from: 'here' }, { place });
  }
}
