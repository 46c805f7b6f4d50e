import type { DefaultRenderer, ListrTaskWrapper, SimpleRenderer } from 'listr2';
import { formatDuration } from './quantity.ts';

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;
export type RowEnd = { readonly kind: 'good' | 'bad' | 'quiet'; readonly title: string };

/**
 * One line of a live list. The list may be drawn later than the step runs, or earlier: a row holds what is known and is drawn when
 * its task is attached.
 */
export class StepRow {
  readonly name: string;
  readonly #now: () => number;
  readonly #end: Promise<RowEnd>;
  #finish: (end: RowEnd) => void = () => {};
  #task: Task | undefined;
  #startedAt: number | undefined;
  #output = '';

  constructor(name: string, now: () => number) {
    this.name = name;
    this.#now = now;
    this.#end = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get title(): string {
    if (this.#startedAt === undefined) return `${this.name}  waits`;
    return `${this.name}  ${formatDuration(this.#now() - this.#startedAt)}`;
  }

  start(): void {
    this.#startedAt = this.#now();
    this.redraw();
  }

  say(text: string): void {
    this.#output = text;
    this.redraw();
  }

  redraw(): void {
    if (this.#task === undefined) return;
    this.#task.title = this.title;
    if (this.#output !== '') this.#task.output = this.#output;
  }

  finish(end: RowEnd): void {
    this.#finish(end);
  }

  /** The body of the list's task: it does nothing but wait for the engine's word. */
  async show(task: Task): Promise<void> {
    this.#task = task;
    this.redraw();
    const end = await this.#end;
    this.#task = undefined;
    task.title = end.title;
    if (end.kind === 'bad') throw new Error(end.title);
    if (end.kind === 'quiet') task.skip(end.title);
  }
}
