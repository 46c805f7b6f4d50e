// Change logs of Liquibase in XML and in YAML, as one kind of tree.
import { SaxesParser } from 'saxes';
import { parseDocument } from 'yaml';

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
  readonly line: number;
}
interface Open {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: Element[];
  text: string;
  readonly line: number;
}
const open = (name: string, line: number): Open => ({ name, attributes: new Map(), children: [], text: '', line });

/** Undefined: it is not well-formed. */
export function fromXml(text: string): Element | undefined {
  const parser = new SaxesParser({ xmlns: false });
  const root = open('', 1);
  const stack: Open[] = [root];
  let isWell = true;
  parser.on('error', () => {
    isWell = false;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const made = open(name.replace(/^.*:/, ''), parser.line);
    for (const [key, value] of Object.entries(attributes)) made.attributes.set(key, value);
    stack.at(-1)?.children.push(made);
    stack.push(made);
  });
  parser.on('closetag', () => void stack.pop());
  const add = (more: string): void => {
    const at = stack.at(-1);
    if (at !== undefined) at.text += more;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.write(text).close();
  return isWell ? root.children[0] : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `- createTable: { tableName: x, columns: [{ column: … }] }`; lines are those of change sets, found by their ids. */
export function fromYaml(text: string): Element | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    // Aliases of aliases that would fill the memory.
    return undefined;
  }
  const logs = isRecord(value) ? value.databaseChangeLog : undefined;
  if (!Array.isArray(logs)) return undefined;
  const lineOf = (id: string): number =>
    text.slice(0, Math.max(0, text.search(new RegExp(`\\bid:\\s*['"]?${escaped(id)}`)))).split('\n').length;
  const made = (name: string, of: unknown, line: number, depth: number): Element => {
    const element = open(name, line);
    for (const [key, one] of isRecord(of) && depth < 12 ? Object.entries(of) : []) {
      if (Array.isArray(one)) {
        for (const item of one)
          if (isRecord(item))
            for (const [inner, each] of Object.entries(item)) element.children.push(made(inner, each, line, depth + 1));
      } else if (isRecord(one)) element.children.push(made(key, one, line, depth + 1));
      else if (one !== null) element.attributes.set(key, String(one));
    }
    return { ...element, text: element.attributes.get('sql') ?? '' };
  };
  const root = open('databaseChangeLog', 1);
  for (const item of logs)
    if (isRecord(item))
      for (const [name, of] of Object.entries(item))
        root.children.push(made(name, of, isRecord(of) && of.id !== undefined ? lineOf(String(of.id)) : 1, 0));
  return root;
}
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
