// Steps that answer as a case says, each time the next answer.

import { inputsOf } from '../engine/inputs.ts';
import type { StandIn } from '../engine/stand-in.ts';
import type { GateBody, Setting } from '../engine/step-body.ts';
import type { ApprovalAnswer, ApprovalQuestion } from '../model/approval.ts';
import type { Plan, StepPlan } from '../model/plan.ts';
import { pluginError } from '../plugin-api.ts';
import { type Answer, manifestOf, type Script } from './answers.ts';
import type { World } from './world.ts';

type Of<K extends Answer['kind']> = Extract<Answer, { readonly kind: K }>;
/** A person is asked once. */
type Tried = Of<'context' | 'action' | 'gate'>;

interface Cast {
  readonly plan: Plan;
  readonly scripts: ReadonlyMap<string, Script>;
  readonly world: World;
  /** Time goes by. */
  readonly wait: (milliseconds: number) => void;
}

const failedFirst = () => pluginError({ code: 'playtest/fails', message: 'The environment failed it, as the test says.' });

export class ScriptedSteps implements StandIn {
  /** How often each step was asked. */
  readonly asked = new Map<string, number>();
  /** What each step was asked last, so that a look at base is the other half of the same answer. */
  readonly #last = new Map<string, Of<'gate'>>();
  /** Answers that have not come yet: the environment fails the step first. */
  readonly #late = new Map<string, { readonly turn: string; readonly answer: Answer; readonly left: number }>();
  readonly #cast: Cast;
  constructor(cast: Cast) {
    this.#cast = cast;
  }

  /** The answer of this turn, once the environment has failed the step as often as the case says. */
  #tried<K extends Tried['kind']>({ step, ref }: Setting, kind: K): Of<K> {
    const turn = `${ref.attempt} ${ref.again ?? false}`;
    const late = this.#late.get(step.id);
    const going = late?.turn === turn && late.answer.kind === kind ? late : undefined;
    const answer = (going?.answer as Of<K> | undefined) ?? this.#next(step.id, kind);
    const left = going?.left ?? (answer as Tried).failsFirst;
    if (left > 0) {
      this.#late.set(step.id, { turn, answer, left: left - 1 });
      throw failedFirst();
    }
    this.#late.delete(step.id);
    return answer;
  }

  #next<K extends Answer['kind']>(id: string, kind: K): Of<K> {
    const count = (this.asked.get(id) ?? 0) + 1;
    this.asked.set(id, count);
    const script = this.#cast.scripts.get(id);
    const answers = script?.answers ?? [];
    const answer = script?.always === true ? answers[0] : (answers[count - 1] ?? answers.at(-1));
    if (answer?.kind !== kind) throw new Error(`no answer of kind ${kind} for ${id}`);
    return answer as Of<K>;
  }

  async context(setting: Setting) {
    await this.#inputs(setting);
    const { outputs, fails, takesMs } = this.#tried(setting, 'context');
    this.#cast.wait(takesMs);
    if (fails !== undefined) throw pluginError({ code: 'playtest/fails', message: fails });
    return { outputs, brief: [] };
  }

  async action(setting: Setting) {
    await this.#inputs(setting);
    const { id } = setting.step;
    const { outputs, edit, outcome, says, takesMs } = this.#tried(setting, 'action');
    const own = `changed-by/${id}`;
    this.#cast.world.edit(edit ?? { changes: new Map([[own, undefined]]), adds: [], removes: [] });
    this.#cast.wait(takesMs);
    return { outputs, outcome, summary: says };
  }

  async gate(step: StepPlan): Promise<GateBody> {
    const manifest = manifestOf(this.#cast.plan, step);
    if (manifest === undefined) throw new Error(`${step.id} is no gate`);
    const evidence = step.body.kind === 'plugin' || step.findings !== undefined ? 'examined' : 'exit-code';
    return { manifest, evidence, trees: 'one', run: (setting) => this.#look(setting) };
  }

  async #look(setting: Setting): ReturnType<GateBody['run']> {
    const { step, as } = setting;
    await this.#inputs(setting);
    if (as === 'base') {
      // What fails a gate fails it on both trees, or it would be a fault of the work.
      if (this.#late.has(step.id)) throw failedFirst();
      const answer = this.#last.get(step.id);
      if (answer?.invalid !== undefined) throw pluginError({ code: 'playtest/invalid', message: answer.invalid });
      return { outputs: {}, examined: { unit: 'things', count: 1, min: 1 }, findings: answer?.onBase ?? [] };
    }
    const answer = this.#tried(setting, 'gate');
    this.#last.set(step.id, answer);
    this.#cast.wait(answer.takesMs);
    if (answer.invalid !== undefined) throw pluginError({ code: 'playtest/invalid', message: answer.invalid });
    return {
      outputs: answer.outputs,
      examined: { unit: 'things', count: answer.examined, min: 1 },
      findings: answer.finds,
      ...(answer.inconclusive === undefined ? {} : { inconclusive: answer.inconclusive }),
    };
  }

  async answer(question: ApprovalQuestion): Promise<ApprovalAnswer | undefined> {
    const { answer } = this.#next(question.phase, 'approval');
    if (answer === 'unanswered') return undefined;
    const { digest } = question;
    if (answer === 'approved') return { digest, approved: true, by: 'the test' };
    return { digest, approved: false, by: 'the test', reason: answer.rejected };
  }

  /** What the plugin would get: expressions have their values, and these fit its manifest. */
  async #inputs(setting: Setting): Promise<void> {
    const { body } = setting.step;
    if (body.kind !== 'plugin') return;
    const manifest = this.#cast.plan.plugins[body.plugin]?.manifest;
    if (manifest !== undefined) await inputsOf(setting, manifest);
  }
}
