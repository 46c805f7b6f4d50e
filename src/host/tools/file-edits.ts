// Edits of files: read before write, asked for before written, atomic.
import { fail, type Result, succeed } from '../../model/result.ts';
import type { Access } from '../../workspace/contract.ts';
import { alreadyApplied, applyChunks, type Edited, type Unedited } from './edit.ts';
import { around, linesOf, numbered } from './excerpt.ts';
import type { Chunk } from './input.ts';
import type { Place } from './place.ts';
import { placeholders } from './placeholder.ts';
import { syntaxWarning } from './syntax.ts';
import { encode, hashMark, hashOf, readText, type TextFile, writeText } from './text-file.ts';

const wayOut = 'If the goal cannot be met without it, call report_blocked and say why.';

export const refusal = (name: string, rule: string): string => `Refused: ${name} is ${rule}. ${wayOut}`;

export class FileEdits {
  readonly #access: Access;
  /** Mark of what whoever fills the step saw last, by real path. */
  readonly #seen = new Map<string, string>();

  constructor(access: Access) {
    this.#access = access;
  }

  static #key(place: Place): string {
    return [place.root, ...place.segments].join('/');
  }

  saw(place: Place, mark: string): void {
    this.#seen.set(FileEdits.#key(place), mark);
  }

  /** Why a place must not be written at all. */
  #closed(place: Place): string | undefined {
    if (!this.#access.mayRead(place.name)) return refusal(place.name, 'not to be read');
    if (place.tracked === undefined) return refusal(place.name, 'an output of set-up, which is read-only');
    if (place.segments.includes('.git')) return refusal(place.name, "part of the tree's own git folder");
    const { class: pathClass, rule } = this.#access.decide(place.name);
    if (pathClass === 'denied') return refusal(place.name, rule);
    return undefined;
  }

  /** The answer to the call; the file is changed exactly when it is ok. */
  async edit(place: Place, chunks: readonly Chunk[]): Promise<Result<string, string>> {
    const closed = this.#closed(place);
    if (closed !== undefined) return fail(closed);
    const [first] = chunks;
    if (first === undefined) return fail('ReplacementChunks is empty: there is nothing to change.');
    const read = await readText(place);
    if (!read.ok) return read;
    const file = read.value;
    const creates = chunks.length === 1 && first.TargetContent === '';
    if (file === undefined || (creates && file.bytes.length === 0)) return this.#create(place, chunks, file);
    const edited = creates ? existing(place, file, first) : applyChunks(file.text, chunks);
    if (edited.ok) {
      const judged = this.#judge(place, file, encode(edited.value.text, file.bom));
      if (judged !== undefined) return fail(judged);
    }
    const unread = this.#unread(place, file, edited);
    if (unread !== undefined) return fail(unread);
    if (!edited.ok) return fail(edited.error.reason);
    return this.#write(place, file, edited.value);
  }

  #judge(place: Place, file: TextFile | undefined, after: Uint8Array): string | undefined {
    const verdict = this.#access.judge({ path: place.name, before: file?.bytes, after });
    return verdict.allowed ? undefined : refusal(place.name, verdict.rule);
  }

  /** An edit of what was not seen is refused once, with the passage that it is about, so that the next call can be right. */
  #unread(place: Place, file: TextFile, edited: Result<Edited, Unedited>): string | undefined {
    const seen = this.#seen.get(FileEdits.#key(place));
    const mark = hashMark(file.hash);
    if (seen === mark) return undefined;
    if (!edited.ok && edited.error.reason.startsWith(alreadyApplied)) return undefined;
    this.saw(place, mark);
    const lines = linesOf(file.text);
    const near = edited.ok ? edited.value.ranges[0] : edited.error.near;
    const part =
      near === undefined ? numbered(lines, { first: 1, last: Math.min(80, lines.length) }, 12_000) : around(lines, near, 20);
    const why = seen === undefined ? 'was not viewed yet' : 'has changed since it was viewed';
    const also = edited.ok ? 'The edit fits it as it is; send it again if it is still right.' : edited.error.reason;
    return `Not written: ${place.name} ${why}. ${also}\nIt now reads (${lines.length} lines, ${mark}):\n${part}`;
  }

  async #create(place: Place, chunks: readonly Chunk[], empty: TextFile | undefined): Promise<Result<string, string>> {
    const [chunk] = chunks;
    if (chunk === undefined || chunks.length > 1 || chunk.TargetContent !== '') {
      return fail(`There is no file ${place.name}. To create it, call replace_file_content with an empty TargetContent.`);
    }
    const [omitted] = placeholders(chunk.ReplacementContent, '');
    if (omitted !== undefined)
      return fail(`ReplacementContent has a placeholder instead of code: "${omitted}". Give the complete text.`);
    const bytes = encode(chunk.ReplacementContent, empty?.bom ?? false);
    const judged = this.#judge(place, empty, bytes);
    if (judged !== undefined) return fail(judged);
    const written = await writeText(place, bytes, empty?.mode);
    if (!written.ok) return written;
    const mark = hashMark(hashOf(bytes));
    this.saw(place, mark);
    const warning = await syntaxWarning(place.name, undefined, chunk.ReplacementContent);
    return succeed(`Created ${place.name}, ${linesOf(chunk.ReplacementContent).length} lines, ${mark}.${warning}`);
  }

  async #write(place: Place, file: TextFile, edited: Edited): Promise<Result<string, string>> {
    const bytes = encode(edited.text, file.bom);
    const written = await writeText(place, bytes, file.mode);
    if (!written.ok) return written;
    const mark = hashMark(hashOf(bytes));
    this.saw(place, mark);
    const relaxed = [...new Set(edited.strategies)].filter((strategy) => strategy !== 'exact');
    const how = relaxed.length === 0 ? '' : ` The target was found after allowing for: ${relaxed.join(', ')}.`;
    const lines = linesOf(edited.text);
    const parts = edited.ranges.slice(0, 8).map((range) => around(lines, range));
    const count = edited.ranges.length === 1 ? '1 passage' : `${edited.ranges.length} passages`;
    const warning = await syntaxWarning(place.name, file.text, edited.text);
    return succeed(`Changed ${count} of ${place.name}, ${mark}.${how}\n${parts.join('\n---\n')}${warning}`);
  }
}

function existing(place: Place, file: TextFile, chunk: Chunk): Result<never, Unedited> {
  const same = Buffer.from(encode(chunk.ReplacementContent, file.bom)).equals(Buffer.from(file.bytes));
  const reason = same
    ? `${alreadyApplied}: ${place.name} exists with exactly this content.`
    : `${place.name} exists already. Give the TargetContent to replace.`;
  return fail({ reason, near: undefined });
}
