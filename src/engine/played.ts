// Which phases a mode plays.
import type { PhasePlan, Plan } from '../model/plan.ts';

/**
 * Ids of the phases that are played. `verify` acts not at all, has nothing that a person could approve, and looks at context only where a gate needs it, or what a gate needs
 * needs it.
 */
export function playedPhases(plan: Plan, mode: 'run' | 'verify'): ReadonlySet<string> {
  const played = new Set(plan.phases.filter(({ kind }) => kind === 'verify').map(({ id }) => id));
  if (mode === 'run') return new Set(plan.phases.map(({ id }) => id));
  const wants = (phase: PhasePlan): readonly string[] => phase.steps.flatMap(({ needs }) => needs);
  // A phase is only ever needed by later ones.
  for (const phase of [...plan.phases].reverse()) {
    if (phase.kind !== 'context') continue;
    const wanted = new Set(plan.phases.filter(({ id }) => played.has(id)).flatMap(wants));
    if (phase.steps.some(({ id }) => wanted.has(id))) played.add(phase.id);
  }
  return played;
}
