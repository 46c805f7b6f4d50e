// Schemas that are written out, in files and in templates of the code: https://spec.graphql.org/October2021/#sec-Type-System
import { type DocumentNode, GraphQLError, parse, Source } from 'graphql';
import type { Node } from 'oxc-parser';
import type { NotUnderstood } from '../contract/place.ts';
import type { EcmaUnit, Reading } from '../contract/reading.ts';
import { bare, nameOf } from '../ecma/node.ts';

export interface Written {
  readonly file: string;
  readonly document: DocumentNode;
  /** Lines before it in its file. */
  readonly above: number;
}
type Say = (what: NotUnderstood) => void;
const declares = /(^|\n)\s*(extend\s+)?(type|input|interface|enum|union|scalar|schema|directive)\b\s*[@\w{]/;
const most = 1024 * 1024;

export function documentsIn(reading: Reading, say: Say): readonly Written[] {
  const files = reading.files.filter((file) => /\.(graphqls?|gql)$/.test(file));
  return [
    ...files.flatMap((file) => ofFile(reading, file, say)),
    ...[...reading.facts.keys()].flatMap((file) => inCode(reading, file, say)),
  ];
}

function ofFile(reading: Reading, file: string, say: Say): readonly Written[] {
  const text = reading.text(file);
  // Operations of clients are no schema.
  if (text === undefined || !declares.test(text)) return [];
  return parsed({ file, text, above: 0 }, say);
}

function parsed(o: { readonly file: string; readonly text: string; readonly above: number }, say: Say): readonly Written[] {
  const why = (text: string, line: number | null): readonly Written[] => {
    const what =
      line === null ? (o.file.split('/').at(-1) ?? o.file) : (o.text.split('\n')[line - o.above - 1]?.trim().slice(0, 80) ?? '');
    say({ file: o.file, line, what, why: text, about: 'contract', stack: 'graphql' });
    return [];
  };
  if (o.text.length > most) return why('a schema of over 1 MiB is not read', null);
  try {
    return [{ file: o.file, document: parse(new Source(o.text), { maxTokens: 200_000 }), above: o.above }];
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return why(`this schema cannot be read: ${error.message}`, o.above + (error.locations?.[0]?.line ?? 1));
  }
}

function inCode(reading: Reading, file: string, say: Say): readonly Written[] {
  const text = reading.text(file);
  if (
    text === undefined ||
    reading.facts.get(file)?.language !== 'ecma' ||
    !declares.test(text) ||
    !/gql|graphql|typedefs|buildSchema/i.test(text)
  )
    return [];
  const unit = reading.ecma(file);
  if (unit === undefined) return [];
  return unit.nodes('TemplateLiteral').flatMap((node) => {
    const inner = textOf(unit, node);
    if (!declares.test(inner) || !isSchema(unit, node)) return [];
    return parsed({ file, text: inner, above: unit.lineOf(node) - 1 }, say);
  });
}

/** `gql`…``, `/* GraphQL *\/ `…``, `buildSchema(`…`)`, and what is named typeDefs or schema. */
function isSchema(unit: EcmaUnit, node: Node): boolean {
  const parent = node.parent;
  if (parent?.type === 'TaggedTemplateExpression') return /gql|graphql/i.test(unit.excerpt(parent.tag));
  if (/\/\*\s*GraphQL\s*\*\/\s*$/i.test(unit.text.slice(Math.max(0, node.start - 40), node.start))) return true;
  if (parent?.type === 'CallExpression')
    return /^(buildSchema|gql|parse|makeExecutableSchema)$/.test(nameOf(bare(parent.callee)) ?? '');
  const named = /typedefs?|schema|sdl/i;
  if (parent?.type === 'VariableDeclarator') return named.test(nameOf(parent.id) ?? '');
  return (parent?.type === 'Property' || parent?.type === 'AssignmentExpression') && named.test(unit.excerpt(parent));
}

/** What is put into a template is left out, lines kept: fragments of other files are read where they are written. */
function textOf(unit: EcmaUnit, node: Node & { readonly type: 'TemplateLiteral' }): string {
  return node.quasis
    .map((quasi, n) => {
      const next = node.quasis[n + 1];
      const gap = next === undefined ? '' : unit.text.slice(quasi.end, next.start).replace(/[^\n]/g, ' ');
      return `${quasi.value.cooked ?? ''}${gap}`;
    })
    .join('');
}
