// schema/event.schema.json, made from the types of src/model: the lines of `--reporter json` and of events.jsonl cannot differ from it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Lang, parse, type SgNode } from '@ast-grep/napi';
import { exitCodes } from '../src/model/exit.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type ObjectForm = { readonly properties: Record<string, JsonSchema>; readonly required: readonly string[] };

const files = ['event', 'plan', 'step-result', 'verdict', 'location', 'diagnostic'].map((name) => `src/model/${name}.ts`);
const contract = ['src/contract/values.ts', 'src/contract/result.ts'];

/** Types that are not spelled out: any JSON, what plugins declare of themselves (docs/plugins.md), numbers that stand in a table. */
const given: Readonly<Record<string, JsonSchema>> = {
  Json: {},
  Manifest: { type: 'object', description: 'The manifest of a plugin; docs/plugins.md describes it.' },
  ExitCode: { enum: Object.values(exitCodes) },
  // Parameters of generic types.
  Code: { type: 'string' },
  O: {},
};

class Types {
  readonly #declared = new Map<string, SgNode>();
  readonly #defs = new Map<string, JsonSchema>();

  constructor(root: string) {
    for (const file of [...files, ...contract]) {
      const tree = parse(Lang.TypeScript, readFileSync(path.join(root, file), 'utf8')).root();
      const found = tree.findAll({ rule: { any: [{ kind: 'type_alias_declaration' }, { kind: 'interface_declaration' }] } });
      for (const node of found) {
        const name = node.field('name')?.text() ?? '';
        if (this.#declared.has(name)) throw new Error(`two types are called ${name}`);
        this.#declared.set(name, node);
      }
    }
  }

  get defs(): JsonSchema {
    return Object.fromEntries([...this.#defs].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #declaration(name: string): SgNode {
    const node = this.#declared.get(name);
    if (node === undefined) throw new Error(`no type ${name} in ${[...files, ...contract].join(', ')}`);
    return node;
  }

  ref(name: string): JsonSchema {
    const known = given[name];
    if (known !== undefined) return known;
    if (!this.#defs.has(name)) {
      this.#defs.set(name, {});
      const node = this.#declaration(name);
      this.#defs.set(name, described(this.#body(node), node.parent() ?? node));
    }
    return { $ref: `#/$defs/${name}` };
  }

  #body(node: SgNode): JsonSchema {
    return node.kind() === 'interface_declaration'
      ? openObject(this.objectOf(node))
      : this.#convert(required(node.field('value')));
  }

  named(name: string): ObjectForm {
    return this.objectOf(this.#declaration(name));
  }

  /** The members of an object, of an interface with all that it extends, and of an intersection of those. */
  objectOf(node: SgNode): ObjectForm {
    switch (node.kind()) {
      case 'interface_declaration': {
        const parents = node.children().filter((child) => child.kind() === 'extends_type_clause');
        const above = parents.flatMap((clause) => clause.children().filter(isType)).map((one) => this.objectOf(one));
        return merged([...above, this.#members(required(node.field('body')))]);
      }
      case 'object_type':
        return this.#members(node);
      case 'intersection_type':
        return merged(
          node
            .children()
            .filter(isType)
            .map((part) => this.objectOf(part)),
        );
      case 'parenthesized_type':
        return this.objectOf(required(node.children().find(isType)));
      case 'type_identifier': {
        const declared = this.#declaration(node.text());
        return this.objectOf(declared.kind() === 'interface_declaration' ? declared : required(declared.field('value')));
      }
      default:
        throw new Error(`no object: ${node.text()}`);
    }
  }

  #members(body: SgNode): ObjectForm {
    const properties: Record<string, JsonSchema> = {};
    const needed: string[] = [];
    for (const member of body.children().filter((child) => child.kind() === 'property_signature')) {
      const name = (member.field('name')?.text() ?? '').replaceAll("'", '');
      const type = required(member.field('type')?.children().find(isType));
      properties[name] = described(this.#convert(type), member);
      if (!member.children().some((child) => child.kind() === '?')) needed.push(name);
    }
    return { properties, required: needed };
  }

  #convert(node: SgNode): JsonSchema {
    const inner = () => required(node.children().find(isType));
    switch (node.kind()) {
      case 'parenthesized_type':
      case 'readonly_type':
        return this.#convert(inner());
      case 'predefined_type':
        return { type: node.text() };
      case 'literal_type':
        return { const: JSON.parse(node.text().replaceAll("'", '"')) };
      case 'array_type':
        return { type: 'array', items: this.#convert(inner()) };
      case 'object_type':
      case 'intersection_type':
        return openObject(this.objectOf(node));
      case 'type_identifier':
        return this.ref(node.text());
      case 'union_type': {
        const parts = unionParts(node).map((part) => this.#convert(part));
        return parts.every((part) => 'const' in part) ? { enum: parts.map((part) => part.const) } : { anyOf: parts };
      }
      case 'lookup_type': {
        const [of, key] = node.children().filter(isType);
        const property = this.objectOf(required(of)).properties[required(key).text().replaceAll("'", '')];
        if (property === undefined) throw new Error(`no such property: ${node.text()}`);
        return property;
      }
      case 'generic_type': {
        const name = node.field('name')?.text();
        const types = node.field('type_arguments')?.children().filter(isType) ?? [];
        if (name === 'Readonly') return this.#convert(required(types[0]));
        if (name === 'Record') return { type: 'object', additionalProperties: this.#convert(required(types[1])) };
        return this.ref(name ?? '');
      }
      default:
        throw new Error(`not known: ${String(node.kind())} ${node.text()}`);
    }
  }
}

const typeKinds = new Set([
  ...['parenthesized_type', 'readonly_type', 'predefined_type', 'literal_type', 'array_type', 'object_type', 'intersection_type'],
  ...['type_identifier', 'union_type', 'lookup_type', 'generic_type'],
]);
const isType = (node: SgNode): boolean => typeKinds.has(String(node.kind()));
const required = (node: SgNode | null | undefined): SgNode => {
  if (node === null || node === undefined) throw new Error('a type has no such part');
  return node;
};

/** The parser nests unions to the left. */
const unionParts = (node: SgNode): readonly SgNode[] =>
  node.kind() === 'union_type' ? node.children().filter(isType).flatMap(unionParts) : [node];

const merged = (parts: readonly ObjectForm[]): ObjectForm => ({
  properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
  required: parts.flatMap((part) => part.required),
});
/** Fields may be added within a format, so others than these are allowed. */
const openObject = ({ properties, required: needed }: ObjectForm): JsonSchema => ({
  type: 'object',
  ...(needed.length === 0 ? {} : { required: needed }),
  properties,
});

/** With the comment that stands before it in the source. */
function described(schema: JsonSchema, node: SgNode): JsonSchema {
  const before = node.prev();
  if (before?.kind() !== 'comment' || !before.text().startsWith('/**')) return schema;
  const text = before
    .text()
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/\n\s*\*/g, '\n')
    .replace(/\s+/g, ' ')
    .trim();
  return { description: text, ...schema };
}

/** Text of the schema: a line of `--reporter json` (an event or a diagnostic), or a record of a journal. */
export function eventSchema(root: string): string {
  const types = new Types(root);
  const { properties, required: needed } = types.named('Diagnostic');
  const line = openObject({ properties: { type: { const: 'diagnostic' }, ...properties }, required: ['type', ...needed] });
  const anyOf = [types.ref('RunEvent'), { $ref: '#/$defs/DiagnosticLine' }, types.ref('JournalRecord')];
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Events of bexpert',
    description: 'One line of `--reporter json`, or one record of events.jsonl. Made from src/model by `npm run generate`.',
    anyOf,
    $defs: {
      ...types.defs,
      DiagnosticLine: { description: 'A problem that ends a call before or beside a run.', ...line },
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
