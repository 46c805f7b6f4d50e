// Playbooks as no person means them: bytes, characters and lines of valid ones, changed by chance.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../contract/sources.ts';
import fc from '../../rig/property.ts';

/** All valid playbooks of this repository, by their path. */
export const valid: ReadonlyMap<string, string> = new Map(
  ['playbooks', 'examples', 'test/playbooks/good', 'src/commands/templates'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ya?ml$/.test(file) && !file.includes('node_modules'))
      .map((file) => [`${folder}/${file}`, readFileSync(path.join(root, folder, file), 'utf8')] as const)
      .filter(([, text]) => /^bexpert: 1$/m.test(text)),
  ),
);

/** What YAML, JavaScript, or an expression reads otherwise than text. */
const pieces: readonly string[] = [
  ...[
    '__proto__: { a: 1 }',
    'constructor: x',
    'prototype: {}',
    '"__proto__": 1',
    'toString: x',
    'hasOwnProperty: 1',
    '? __proto__\n: 1',
  ],
  ...[
    '\u0000',
    '\ufeff',
    '\r\n',
    '\r',
    '\t',
    '\u0085',
    '\u2028',
    '\u202e',
    '\ud800',
    '\udc00',
    '😀',
    'é',
    '\u007f',
    '\u001b[31m',
  ],
  ...[
    '<<: *a',
    '<<: [*a, *b]',
    '&a',
    '*a',
    '&a *a',
    '*',
    '&',
    '&a &b',
    '!!js/function "x"',
    '!!binary aGk=',
    '!!set {a}',
    '!',
    '!<x>',
    '!!int "x"',
  ],
  ...[
    '---',
    '--- x',
    '...',
    '%YAML 1.2',
    '%YAML 9.9',
    '%TAG ! tag:x,2000:',
    '|',
    '>-',
    '|9',
    '>+1',
    '|\n\t',
    '? ',
    '? [a]: b',
    ': ',
    '- ',
    '-',
    '- - - -',
  ],
  ...['{', '}', '[', ']', '{{', '}}', '[{', '{a: {', '"', "'", "''", '"\\x', '"\\ud800"', '`', '@', '#', ' #', ',', '{,}', '[,]'],
  ...[
    '${{',
    '}}',
    '${{ }}',
    "${{ '",
    '${{ inputs',
    '${{ inputs. }}',
    '${{ inputs.goal }}',
    '${{ inputs["__proto__"] }}',
    '${{ steps.* }}',
    '${{ steps.constructor.outputs }}',
    "${{ format('{0}') }}",
    "${{ fromJSON('{') }}",
    '${{ (((( }}',
    '${{ env.toString }}',
    '${{ item }}',
    '${{ secrets.A }}',
  ],
  ...[
    'null',
    '~',
    '.nan',
    '.inf',
    '-.inf',
    '0x1F',
    '0o17',
    '1e999',
    '1_000',
    '12345678901234567890',
    '2026-01-01',
    'yes',
    'on',
    'true',
    '10%',
    '3m',
    '2M',
    '-0',
    '+1',
    '.5',
    '1.',
  ],
  ...[
    'foreach: [a]',
    'foreach: ${{ inputs.hosts }}',
    'extends: ./base.yml',
    'extends: playbook.yml',
    'include: { from: playbook.yml }',
    'append: [x]',
    'final: ["*"]',
    'bounds: { "*": { max: 1 } }',
    'needs: [constructor]',
    'id: __proto__',
    'id: toString',
    'uses: constructor',
    'uses: __proto__',
    'uses: ./',
    'uses: npm:x',
    'waive: [{}]',
    'if: always()',
  ],
  ...['', ' ', '  ', '\n', '\n\n', 'x'.repeat(300), '[]', '{}', '""', '../x', '/x', '\\'],
];

export type Change =
  | { readonly kind: 'insert'; readonly at: number; readonly piece: string }
  | { readonly kind: 'replace'; readonly at: number; readonly length: number; readonly piece: string }
  | { readonly kind: 'line'; readonly at: number; readonly piece: string; readonly indent: number }
  | { readonly kind: 'value'; readonly at: number; readonly piece: string }
  | { readonly kind: 'copy'; readonly at: number; readonly to: number; readonly length: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'line ends'; readonly by: '\r\n' | '\r' };

const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...pieces) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
);
const at = fc.nat(1_000_000);
export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), at, piece }),
  fc.record({ kind: fc.constant('replace' as const), at, length: fc.nat(30), piece }),
  fc.record({ kind: fc.constant('line' as const), at, piece, indent: fc.nat(12) }),
  fc.record({ kind: fc.constant('value' as const), at, piece }),
  fc.record({ kind: fc.constant('copy' as const), at, to: at, length: fc.nat(80) }),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('line ends' as const), by: fc.constantFrom('\r\n' as const, '\r' as const) }),
  },
);

/** One change; places are taken modulo the length of the text. */
export function changed(text: string, one: Change): string {
  const inside = (place: number): number => (text.length === 0 ? 0 : place % (text.length + 1));
  const lines = text.split('\n');
  switch (one.kind) {
    case 'insert':
      return text.slice(0, inside(one.at)) + one.piece + text.slice(inside(one.at));
    case 'replace':
      return text.slice(0, inside(one.at)) + one.piece + text.slice(inside(one.at) + one.length);
    case 'line':
      return lines.toSpliced(one.at % (lines.length + 1), 0, ' '.repeat(one.indent) + one.piece).join('\n');
    case 'value': {
      const line = one.at % lines.length;
      return lines
        .with(
          line,
          (lines[line] ?? '').replace(/(?<=[:-] ).*$/, () => one.piece),
        )
        .join('\n');
    }
    case 'copy': {
      const from = inside(one.at);
      const to = inside(one.to);
      return text.slice(0, to) + text.slice(from, from + one.length) + text.slice(to);
    }
    case 'cut':
      return text.slice(0, inside(one.at));
    case 'line ends':
      return text.replaceAll('\n', one.by);
  }
}
