import type { StepPlan } from '../model/plan.ts';
import type { ActionResult, ContextResult, Json } from '../plugin-api.ts';
import type { GateBody, Setting } from './step-body.ts';

/** Plays steps in place of their plugins and commands, where what counts is the path that a playbook takes. */
export interface StandIn {
  gate(step: StepPlan): Promise<GateBody>;
  context(setting: Setting): Promise<ContextResult<Json>>;
  action(setting: Setting): Promise<ActionResult<Json>>;
}
