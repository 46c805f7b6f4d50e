// What tells the findings of a tool apart, and stays the same while lines above them come and go.
import { createHash } from 'node:crypto';
import type { ReportedFinding } from '../findings/report.ts';
import type { Tree } from '../plugin-api.ts';
import { normalise } from './fingerprint.ts';

const longestFile = 2 * 1024 * 1024;

/**
 * The subject of a finding is its message and the line that it stands on, as in the `primaryLocationLineHash` of SARIF's users: a
 * problem that moves stays what it was, one on a line that was written anew is new. Of equal ones each gets a letter, so that three where
 * there were two are one new finding.
 */
export class Subjects {
  readonly #tree: Tree;
  readonly #lines = new Map<string, readonly string[]>();
  readonly #seen = new Map<string, number>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  async of(finding: {
    readonly code: string;
    readonly message: string;
    readonly reported: ReportedFinding;
    readonly file: string | undefined;
  }): Promise<{ readonly subject: string; readonly text: string | undefined }> {
    const { code, message, reported, file } = finding;
    const text =
      file === undefined || reported.line === undefined ? undefined : (await this.#linesOf(file))[reported.line - 1]?.trim();
    const subject =
      reported.identity === undefined ? `${message}${text === undefined ? '' : ` | ${text}`}` : exact(reported.identity);
    const key = JSON.stringify([code, normalise(subject), file]);
    const before = this.#seen.get(key) ?? 0;
    this.#seen.set(key, before + 1);
    return { subject: before === 0 ? subject : `${subject} #${letters(before)}`, text };
  }

  async #linesOf(file: string): Promise<readonly string[]> {
    const known = this.#lines.get(file);
    if (known !== undefined) return known;
    // A file that a report names need not exist.
    const text = await this.#tree.read(file).catch(() => '');
    const lines = text.length > longestFile ? [] : text.split(/\r?\n/);
    this.#lines.set(file, lines);
    return lines;
  }
}

/** Names of tests are exact: "case 1" and "case 2" are two, and a fingerprint would take their numbers for the same. */
function exact(name: string): string {
  if (normalise(name) === name) return name;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${name} ~${mark.replace(/[0-9a-f]/g, (digit) => 'ghijklmnopqrstuv'[Number.parseInt(digit, 16)] ?? 'g')}`;
}

/** b, c, …, z, ba, …: a fingerprint takes numbers for the same. */
function letters(count: number): string {
  let [rest, text] = [count, ''];
  do {
    text = String.fromCharCode(97 + (rest % 26)) + text;
    rest = Math.floor(rest / 26);
  } while (rest > 0);
  return text;
}
