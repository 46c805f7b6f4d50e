import type { StepFailure } from '../model/step-result.ts';
import { isPluginError } from '../plugin-api.ts';

export type Failed = StepFailure;

/** The step took longer than its time-out. */
export class StepTimeout extends Error {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    super(
      `The step took longer than ${milliseconds < 1000 ? `${milliseconds} ms` : `${Math.round(milliseconds / 100) / 10} s`}.`,
    );
    this.milliseconds = milliseconds;
  }
}

/** What a person reads of an error of the environment. Anything that is neither a PluginError nor a time-out is our bug: thrown on. */
export function asFailure(error: unknown): Failed {
  if (error instanceof StepTimeout) {
    return {
      code: 'step/timed-out',
      message: error.message,
      hint: 'Raise `timeout:` of the step, or find out what it waits for.',
    };
  }
  if (isPluginError(error)) {
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  throw error;
}
