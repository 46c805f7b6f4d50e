// Where YAML reads something else than the person who wrote it (LANGUAGE rule 2), although the file is valid.
import { eachNode, type Node, type Report, rangeOf, type ScalarNode } from './source-nodes.ts';

/** Words that YAML 1.1, and so many other tools, read as booleans. */
const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['yes', true],
  ['off', false],
  ['no', false],
]);

/** Looks at plain scalars, which are the only ones that YAML gives a meaning. */
export function trapProblems({
  text,
  root,
  report,
}: {
  readonly text: string;
  readonly root: Node | undefined;
  readonly report: Report;
}): void {
  eachNode(root, (node, role) => {
    if (node.kind !== 'scalar') return;
    const range = rangeOf(node);
    const written = text.slice(...range);
    // At the end of a file the library takes an escaped quote for the closing one.
    if (node.style === 'double' && /(?<!\\)(?:\\\\)*\\"$/.test(written)) {
      report('yaml/missing-quote', { quote: '"' }, [range[0], range[0] + 1]);
    }
    if (node.style !== 'plain') return;
    const other = written.length <= 3 ? booleanWords.get(written.toLowerCase()) : undefined;
    if (other !== undefined) report('yaml/boolean-word', { word: written, other }, range);
    if (typeof node.value === 'number')
      checkNumber(node.value, written, (read) => report('yaml/number', { written, read }, range));
    if (role === 'key') checkKey({ text, written, range, report });
    else {
      checkComment({ text, node, written, report });
      checkLines({ written, range, report });
    }
  });
}

const space = 32;
const tab = 9;

function checkNumber(value: number, written: string, report: (read: string) => void): void {
  if (Number.isNaN(value)) report('something that is no number');
  else if (!Number.isFinite(value)) report('infinity');
  else if (/^[-+]?\d+$/.test(written) && !Number.isSafeInteger(value)) report(BigInt(value).toString());
}

interface Plain {
  readonly written: string;
  readonly range: readonly [number, number];
  readonly report: Report;
}

/** `{path:/orders}` is a key without a value. */
function checkKey({ text, written, range, report }: Plain & { readonly text: string }): void {
  if (!written.includes(':')) return;
  const joined = /^([\w-]+):(\S+)$/.exec(written);
  if (joined === null || /^\s*:\s/.test(text.slice(range[1], range[1] + 100))) return;
  report('yaml/syntax', { what: 'a space is missing behind the colon', instead: `Write \`${joined[1]}: ${joined[2]}\`.` }, range);
}

/** A line that looks like a list item and continues the text above, because it is indented more than the item there. */
function checkLines({ written, range, report }: Plain): void {
  if (!written.includes('\n')) return;
  const item = /\n[ \t]*(-[ \t][^\r\n]*)/.exec(written);
  if (item === null) return;
  const end = range[0] + item.index + item[0].length;
  const what = 'this item is indented more than the text above it, and so becomes part of that text';
  report('yaml/indentation', { what }, [end - (item[1]?.length ?? 0), end]);
}

/** A comment right behind a value: was it meant as part of it? */
function checkComment(options: {
  readonly text: string;
  readonly node: ScalarNode;
  readonly written: string;
  readonly report: Report;
}): void {
  const { text, node, written, report } = options;
  const [start, end] = rangeOf(node);
  if (text.charCodeAt(end) !== space && text.charCodeAt(end) !== tab) return;
  const comment = /[ \t]+(#[^\r\n]*)/y;
  comment.lastIndex = end;
  const found = comment.exec(text);
  if (found === null || typeof node.value !== 'string') return;
  const lost = found[1]?.trimEnd() ?? '';
  const whole = text.slice(start, end) + found[0].trimEnd();
  const range: readonly [number, number] = [
    comment.lastIndex - (found[1]?.length ?? 0),
    comment.lastIndex - (found[1]?.length ?? 0) + lost.length,
  ];
  const openExpression = written.lastIndexOf('${{') > written.lastIndexOf('}}') && lost.includes('}}');
  const openQuote = odd(written) && odd(lost);
  if (openExpression || openQuote) report('yaml/cut-expression', { lost, whole }, range);
  else if (/^#[^\s#!]/.test(lost)) report('yaml/cut-text', { lost, whole }, range);
}

const odd = (text: string): boolean => (text.match(/'/g)?.length ?? 0) % 2 === 1;
