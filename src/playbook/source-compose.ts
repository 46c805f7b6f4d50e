import { Composer, type CST, Document, Parser } from 'yaml';
import { unquoted } from './source-flow.ts';
import { limits, type Report } from './source-nodes.ts';

/** Above this size a file is composed once; below, again after each mistake that can be seen past. */
const repairable = 64 * 1024;

/**
 * Composes the document. Text without quotes that ends a `{ }` or `[ ]` too early is reported and taken as a word, so that what
 * stands behind it is still checked.
 */
export function compose(options: { readonly tokens: readonly CST.Token[]; readonly text: string; readonly report: Report }): {
  readonly document: Document;
  /** As it was composed; every character is where it was. */
  readonly text: string;
} {
  const { report } = options;
  let { tokens, text } = options;
  for (let count = 0; ; count++) {
    const document = documentOf(tokens, text);
    const first = [...document.errors]
      .sort((a, b) => a.pos[0] - b.pos[0])
      .find(({ code }) => !code.startsWith('BAD_') && !code.startsWith('TAG_'));
    const found =
      first === undefined || text.length > repairable || count >= limits.problems ? undefined : unquoted(text, first.pos[0]);
    if (found === undefined) return { document, text };
    const [start, end] = found.range;
    const written = options.text.slice(start, end);
    if (found.code === 'yaml/unquoted-expression') report(found.code, { text: written }, found.range);
    else report(found.code, { text: written, reads: 'text and a map in `{ }`' }, found.range);
    text = text.slice(0, start) + 'x'.repeat(end - start) + text.slice(end);
    tokens = [...new Parser().parse(text)];
  }
}

function documentOf(tokens: readonly CST.Token[], text: string): Document {
  // Duplicate keys are found by our own check: the one of the library takes time that grows with the square of the keys.
  const composer = new Composer({ keepSourceTokens: true, uniqueKeys: false, stringKeys: true, resolveKnownTags: false });
  const [first] = composer.compose(tokens, true, text.length);
  return (first ?? new Document(null)) as Document;
}
