// What a question about meaning is asked with.
import type { Node } from 'oxc-parser';
import type { Element, Question, Round, Spot, Value } from '../contract/meaning.ts';
import type { EcmaUnit } from '../contract/reading.ts';

/** Where other files come from. */
export interface Sources {
  unit(file: string): EcmaUnit | undefined;
  resolve(from: string, specifier: string): string | undefined;
  /** Files that import a file, also through files that pass it on. */
  importers(file: string): readonly string[];
  /** Files with a mark. */
  marked(mark: string): readonly string[];
}
type Known = WeakMap<Node, Value | undefined>;
interface Memory {
  readonly through: Known;
  readonly direct: Known;
}
/** What was answered before. A file's answers hold trees of other files, so all of it is forgotten when trees are let go. */
export class Answers {
  plain: Memory = freshMemory();
  rounds = new WeakMap<Round, Memory>();
  forget(): void {
    this.plain = freshMemory();
    this.rounds = new WeakMap();
  }
}
const freshMemory = (): Memory => ({ through: new WeakMap(), direct: new WeakMap() });

/** Longer ways than this are cycles, or nothing that a reader could follow either. */
export const furthest = 40;
/** Steps that one question may take. */
const most = 20_000;

export class Asking {
  readonly sources: Sources;
  readonly throughCalls: boolean;
  readonly round: Round | undefined;
  readonly #answers: Answers;
  readonly #steps: { left: number };

  private constructor(of: {
    readonly sources: Sources;
    readonly question: Question;
    readonly answers: Answers;
    readonly steps: { left: number };
  }) {
    this.sources = of.sources;
    this.throughCalls = of.question.throughCalls ?? false;
    this.round = of.question.round?.size === 0 ? undefined : of.question.round;
    this.#answers = of.answers;
    this.#steps = of.steps;
  }
  static of(sources: Sources, answers: Answers): (question?: Question) => Asking {
    return (question = {}) => new Asking({ sources, question, answers, steps: { left: most } });
  }
  /** The same question asked otherwise; its steps count together. */
  with(question: Question): Asking {
    return new Asking({
      sources: this.sources,
      question: { throughCalls: this.throughCalls, ...(this.round === undefined ? {} : { round: this.round }), ...question },
      answers: this.#answers,
      steps: this.#steps,
    });
  }
  /** Another question, whose answer holds whoever asks: no rounds, no callers. */
  fresh(): Asking {
    return new Asking({ sources: this.sources, question: {}, answers: this.#answers, steps: { left: most } });
  }
  get known(): Known {
    let memory = this.#answers.plain;
    if (this.round !== undefined) {
      memory = this.#answers.rounds.get(this.round) ?? freshMemory();
      this.#answers.rounds.set(this.round, memory);
    }
    return this.throughCalls ? memory.through : memory.direct;
  }
  /** The same question asked inside of what was made with a round. */
  inside(round: Round | undefined): Asking {
    if (round === undefined || round === this.round) return this;
    const outer = [...(this.round ?? [])].filter(([key]) => !round.has(key));
    return this.with({ round: outer.length === 0 ? round : new Map([...outer, ...round]) });
  }
  /** A node as a value that remembers the round. */
  spot<N extends Node>(node: N, unit: EcmaUnit): Spot<N> {
    return this.round === undefined ? { node, unit } : { node, unit, round: this.round };
  }
  /** One step further; false: enough. */
  step(): boolean {
    this.#steps.left -= 1;
    return this.#steps.left > 0;
  }
}

export const keyOf = (unit: EcmaUnit, { start, end, type }: Node): string => `${unit.file}:${start}:${end}:${type}`;
export const textValue = (text: string): Value => ({ kind: 'text', text });
export const element = (value: Value | undefined, key: string | number): Element => ({ value, key: String(key) });
