// Facts of one file: all that is needed is its name and its text, so that it may be done by another process.
import { createHash } from 'node:crypto';
import type { NotUnderstood } from '../contract/place.ts';
import type { EcmaUnit, FileFacts } from '../contract/reading.ts';
import { factsOf } from '../ecma/facts.ts';
import { ParsedUnit, parse } from '../ecma/node.ts';
import { blanked, type Range, recovered } from '../ecma/recover.ts';
import { textFacts } from '../grammar/marks.ts';
import { grammarLanguages } from '../grammar/parse.ts';
import { SourceText } from '../grammar/plain.ts';
import { languageOf } from './list.ts';
import { deepestBrackets, isTooDeep } from './nesting.ts';

export interface Indexed {
  readonly facts: FileFacts;
  /** Where there was no other trouble than that it had to be parsed. */
  readonly unit: EcmaUnit | undefined;
}

const hashOf = (text: string): string => createHash('sha1').update(text).digest('base64');

export const unread = (file: string, why: string): NotUnderstood => ({
  file,
  line: null,
  what: file.split('/').at(-1) ?? file,
  why,
  about: 'file',
  stack: null,
});

const emptyFacts = (file: string, text: string): FileFacts => ({
  hash: hashOf(text),
  language: languageOf(file),
  lines: text.split('\n').length,
  imports: [],
  exports: [],
  marks: [],
  leftOut: [],
  trouble: [],
});

/** Facts of a file that is not parsed, for this reason. */
export const unparsed = (file: string, text: string, why: string): FileFacts => ({
  ...emptyFacts(file, text),
  leftOut: [[0, text.length]],
  trouble: [unread(file, why)],
});

export function indexed(file: string, text: string): Indexed {
  const empty = emptyFacts(file, text);
  const grammar = grammarLanguages.find((one) => one === empty.language);
  if (isTooDeep(text))
    return { facts: unparsed(file, text, `brackets are more than ${deepestBrackets} deep in each other`), unit: undefined };
  if (grammar !== undefined) return { facts: { ...empty, ...textFacts(grammar, text) }, unit: undefined };
  const parsed = parse(file, text);
  const { program, leftOut } =
    parsed.faults.length === 0 ? { program: parsed.program, leftOut: [] } : recovered(file, text, parsed);
  const unit = new ParsedUnit({
    file,
    text,
    facts: { ...empty, leftOut, trouble: troubleOf(file, text, leftOut) },
    tree: program,
  });
  unit.facts = { ...unit.facts, ...factsOf(unit) };
  return { facts: unit.facts, unit };
}

function troubleOf(file: string, text: string, leftOut: readonly Range[]): readonly NotUnderstood[] {
  const lines = new SourceText(text);
  return leftOut.map(([start, end]) => {
    const [first, last] = [lines.lineAt(start), lines.lineAt(Math.max(start, end - 1))];
    const what =
      text
        .slice(start, Math.min(end, start + 400))
        .trim()
        .split('\n')[0]
        ?.slice(0, 80) ?? '';
    const where = first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
    return { ...unread(file, `a syntax error; what surrounds it may be missing: ${where} left out`), line: first, what };
  });
}

/** The syntax tree of a file that was indexed before: the same one. */
export function reparsed(file: string, text: string, facts: FileFacts): EcmaUnit | undefined {
  if (facts.language !== 'ecma' || facts.leftOut.some(([start, end]) => start === 0 && end === text.length)) return undefined;
  return new ParsedUnit({ file, text, facts, tree: parse(file, blanked(text, facts.leftOut)).program });
}
