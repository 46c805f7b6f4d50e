/** Exit codes of the command line, by name. docs/exit-codes.md explains each. */
export const exitCodes = {
  proven: 0,
  gateFailed: 1,
  badPlaybook: 2,
  environment: 3,
  budget: 4,
  integrity: 5,
  blocked: 6,
  internal: 70,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** When several apply, the first of these wins: our own bug hides everything, a proof hides nothing. */
const precedence: readonly ExitCode[] = [70, 130, 2, 5, 6, 4, 1, 3, 0];

/** The one exit code of a run to which several apply. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return precedence.find((code) => codes.includes(code)) ?? exitCodes.internal;
}
