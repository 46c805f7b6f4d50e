// One YAML or JSON file, with the lines of what it says.
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Json } from '../../contract/schema.ts';
import { type Document, isDocument } from './operation.ts';

export interface Source {
  readonly file: string;
  readonly root: Json;
  lineAt(path: readonly string[]): number;
}

/** A text: why it cannot be read. */
export function sourceOf(file: string, text: string): Source | string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const broken = document.errors[0];
  if (broken !== undefined) return `it cannot be read: ${broken.message.split('\n')[0]}`;
  const lineAt = (path: readonly string[]): number => {
    const last = path.at(-1);
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1));
    const node = isMap(parent)
      ? parent.items.find((item) => String(item.key) === last)?.key
      : isSeq(parent)
        ? parent.items[Number(last)]
        : document.contents;
    const start = (node as { readonly range?: readonly number[] } | null | undefined)?.range?.[0];
    return start === undefined ? 1 : lines.linePos(start).line;
  };
  return { file, root: toJson(document), lineAt };
}

/** Without what JSON has no word for: dates, and anchors that refer to themselves. */
function toJson(document: ReturnType<typeof parseDocument>): Json {
  try {
    return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 1000 }) ?? null)) as Json;
  } catch {
    return null;
  }
}

/** Which version of OpenAPI a file says that it is; undefined: none. */
export function versionOf({
  root,
}: Source): { readonly version: 2 | 3; readonly root: Document; readonly written: string } | undefined {
  if (!isDocument(root)) return undefined;
  if (typeof root.openapi === 'string' && root.openapi.startsWith('3.')) return { version: 3, root, written: root.openapi };
  // YAML reads `swagger: 2.0` as a number.
  return String(root.swagger) === '2.0' || root.swagger === 2 ? { version: 2, root, written: '2.0' } : undefined;
}
