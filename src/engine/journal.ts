import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { JournalEvent, JournalRecord } from '../model/event.ts';
import { fail, type Result, succeed } from '../model/result.ts';

const origin = '0'.repeat(64);

/** Events whose loss in a power cut would lose work, money or a delivery; a killed process needs no sync at all. */
const durable: ReadonlySet<JournalEvent['type']> = new Set([
  'run-started',
  'budget-reserved',
  'budget-settled',
  'step-finished',
  'attempt-finished',
  'delivered',
  'run-finished',
]);

function digest(previous: string, line: { readonly seq: number; readonly time: string; readonly event: JournalEvent }): string {
  return createHash('sha256').update(previous).update(JSON.stringify(line)).digest('hex');
}

/** The records of a run, one JSON document a line, each bound to the one before it by its hash. Appends are in call order. */
export class Journal implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #clock: () => Date;
  readonly #sync: boolean;
  #seq: number;
  #previous: string;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(options: { file: FileHandle; clock: () => Date; sync: boolean; last: JournalRecord | undefined }) {
    this.#file = options.file;
    this.#clock = options.clock;
    this.#sync = options.sync;
    this.#seq = options.last === undefined ? 0 : options.last.seq + 1;
    this.#previous = options.last?.hash ?? origin;
  }

  /** Opens a journal for appending after `last` (undefined: a new file, which must not exist yet). */
  static async open(options: {
    readonly path: string;
    readonly last?: JournalRecord;
    readonly clock?: () => Date;
    /** False leaves out `fdatasync`, for measurements. */
    readonly sync?: boolean;
  }): Promise<Journal> {
    const file = await open(options.path, options.last === undefined ? 'ax' : 'a', 0o600);
    return new Journal({ file, clock: options.clock ?? (() => new Date()), sync: options.sync ?? true, last: options.last });
  }

  /** Written when it resolves; synced to the disk where the event's loss would hurt. */
  append(event: JournalEvent): Promise<JournalRecord> {
    const written = this.#queue.then(() => this.#write(event));
    this.#queue = written.catch(() => undefined);
    return written;
  }

  async #write(event: JournalEvent): Promise<JournalRecord> {
    const line = { seq: this.#seq, time: this.#clock().toISOString(), event };
    const record: JournalRecord = { ...line, previous: this.#previous, hash: digest(this.#previous, line) };
    // At once: a trip through Node's pool of threads takes several times as long as a line, and the caller waits for it in any case.
    appendFileSync(this.#file.fd, `${JSON.stringify(record)}\n`);
    if (this.#sync && durable.has(event.type)) await this.#file.datasync();
    this.#seq += 1;
    this.#previous = record.hash;
    return record;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    await this.#file.close();
  }
}

/** Undefined where a line holds no JSON object. */
function recordOf(line: string): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}

function broken(path: string, line: number, what: string): Diagnostic {
  return {
    code: 'journal/broken',
    severity: 'error',
    message: `The journal ${path} is broken at line ${line}: ${what}.`,
    hint: 'A journal that was changed proves nothing, so the run is neither shown nor gone on with. Put the file back from a copy if there is one, or start a new run, which does not depend on it.',
  };
}

/**
 * All records of a journal, its hash chain checked. A torn last line (the runner was killed while it wrote) is cut off, also in the
 * file when `repair` is set; anything else that does not fit is an error.
 */
export async function readJournal(
  path: string,
  options: { readonly repair?: boolean } = {},
): Promise<Result<readonly JournalRecord[], Diagnostic>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return fail({
      code: 'journal/missing',
      severity: 'error',
      message: `There is no journal at ${path}.`,
      hint: '`bexpert report` lists the runs of this repository.',
    });
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (options.repair === true && whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
  const records: JournalRecord[] = [];
  let previous = origin;
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    const record = recordOf(line);
    if (record === undefined) return fail(broken(path, index + 1, 'it is not JSON'));
    const { seq, time, event } = record;
    if (seq !== index || record.previous !== previous) return fail(broken(path, index + 1, 'a record is missing before it'));
    if (record.hash !== digest(previous, { seq, time, event }))
      return fail(broken(path, index + 1, 'its hash does not fit its content'));
    previous = record.hash;
    records.push(record);
  }
  return succeed(records);
}
