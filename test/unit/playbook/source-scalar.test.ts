import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Source } from '../../../src/playbook/source.ts';
import { readWithLibrary } from '../../../src/playbook/source-library.ts';
import { eachNode, type ScalarNode } from '../../../src/playbook/source-nodes.ts';
import { traceScalar } from '../../../src/playbook/source-scalar.ts';
import fc from '../../rig/property.ts';

const runs = process.env.BEXPERT_TEST === 'full' ? 20_000 : 500;

/** Letters that YAML treats alike, and all that it treats otherwise. */
const character = fc.constantFrom(...('aZ9 \t\n\'"\\:#-{}[],&*!|>%@`?é😀\u00a0\u0085\u2028\u0007/$'.match(/./gsu) ?? []));
const value = fc.array(character, { maxLength: 24 }).map((list) => list.join(''));

type Style = 'PLAIN' | 'QUOTE_SINGLE' | 'QUOTE_DOUBLE' | 'BLOCK_LITERAL' | 'BLOCK_FOLDED';
const styles: readonly Style[] = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'];

/** The offset in a text of a line and a column. */
function offsetIn(text: string, { line, column }: { readonly line: number; readonly column: number }): number {
  const before = text.split('\n').slice(0, line - 1);
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
}

/** Does what stands in the file at `offset` write the character `wanted`? */
function writes(file: string, offset: number, wanted: string): boolean {
  const rest = file.slice(offset);
  if (rest.startsWith('\\')) return true;
  if (wanted === "'") return rest.startsWith("'");
  if (wanted === '\n') return /^\r?\n/.test(rest) || /^[ \t]*\r?\n/.test(rest) || offset === file.length;
  if (wanted === ' ') return /^ /.test(rest) || /^[ \t]*\r?\n/.test(rest);
  return rest.startsWith(wanted);
}

function inStyle(style: Style, text: string, ending: string): string {
  const document = { list: [{ key: text, after: 'end' }] };
  const options = {
    defaultStringType: style,
    defaultKeyType: 'PLAIN',
    lineWidth: 24,
    minContentWidth: 8,
    doubleQuotedMinMultiLineLength: 10,
    blockQuote: style === 'BLOCK_FOLDED' ? 'folded' : style === 'BLOCK_LITERAL' ? 'literal' : true,
  } as const;
  return stringify(document, options).replaceAll('\n', ending);
}

describe('every character of a value', () => {
  for (const style of styles) {
    for (const ending of ['\n', '\r\n']) {
      it(`is found in the file: ${style}${ending === '\n' ? '' : ' with CRLF'}`, () => {
        fc.assert(
          fc.property(value, (text) => {
            const file = inStyle(style, text, ending);
            const source = new Source('p.yml', file);
            if (source.value === undefined) return;
            const read = (source.value as { list: { key: string }[] }).list[0]?.key ?? '';
            for (let index = 0; index < read.length; index++) {
              if (/[\udc00-\udfff]/.test(read.charAt(index))) continue;
              const offset = offsetIn(file, source.locateOffset(['list', 0, 'key'], index));
              const wanted = String.fromCodePoint(read.codePointAt(index) ?? 0);
              if (!writes(file, offset, wanted)) {
                expect.fail(
                  `${JSON.stringify(wanted)} at ${index} of ${JSON.stringify(read)} is not at ${offset} of ${JSON.stringify(file)}`,
                );
              }
            }
          }),
          { numRuns: runs, seed: 11 },
        );
      });
    }
  }

  it('is decoded exactly as the parser decodes it, whatever the file looks like', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'b c',
        ' ',
        '  ',
        '\n',
        '\n  ',
        '\n    ',
        '\n\n',
        "'",
        "''",
        '"',
        '\\',
        '\\n',
        '\\\n  ',
        '\\x41',
        '\\u00e9',
        '\\U0001F600',
        '\t',
        '\r\n',
        '\r\n  ',
        ': ',
        ' #c',
        '|',
        '>',
        '-',
        '+',
        '2',
        '\\ ',
        '\\\t',
      ],
    );
    const body = fc.array(piece, { maxLength: 12 }).map((list) => list.join(''));
    const form = fc.constantFrom<(text: string) => string>(
      (text) => `a: ${text}\n`,
      (text) => `a: '${text}'\n`,
      (text) => `a: "${text}"\n`,
      (text) => `a: |${text}\n`,
      (text) => `a: >${text}\n`,
      (text) => `a: |\n  ${text}\n`,
      (text) => `a: >\n  ${text}\n`,
      (text) => `a: >-\n   ${text}`,
      (text) => `a: |+\n  ${text}\n\n  \n`,
      (text) => `a: >2\n   ${text}\n    \n`,
      (text) => `a: [${text}, "${text}"]\n`,
      (text) => `- - >\n    ${text}\n    b\n`,
      (text) => `${text}`,
      (text) => `--- |\n${text}`,
      (text) => `--- >1+\n ${text}\n\n`,
    );
    let seen = 0;
    fc.assert(
      fc.property(form, body, (write, text) => {
        for (const scalar of scalars(write(text))) {
          seen++;
          const trace = traceScalar(scalar, write(text));
          expect({ value: trace?.value, file: write(text) }).toEqual({ value: scalar.value, file: write(text) });
          expect(trace?.starts.length).toBe(scalar.value.length);
          expect(trace?.ends.length).toBe(scalar.value.length);
          const sorted = [...(trace?.starts ?? [])].sort((a, b) => a - b);
          expect(trace?.starts).toEqual(sorted);
        }
      }),
      { numRuns: runs * 6, seed: 7 },
    );
    expect(seen).toBeGreaterThan(runs);
  });
});

/** All texts of a file whose YAML is sound, as the library reads them. */
function scalars(text: string): readonly (ScalarNode & { readonly value: string })[] {
  const found: (ScalarNode & { readonly value: string })[] = [];
  if (new Source('p.yml', text).problems.some(({ code }) => code === 'yaml/missing-quote')) return found;
  let errors = 0;
  const file = readWithLibrary(
    text,
    () => 1,
    () => errors++,
  );
  if (errors > 0) return found;
  eachNode(file?.root, (node) => {
    if (node.kind === 'scalar' && typeof node.value === 'string') found.push({ ...node, value: node.value });
  });
  return found;
}
