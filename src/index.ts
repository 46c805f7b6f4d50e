// The package's main module: what programs that start runs themselves need.
export { startRun } from './engine/run.ts';
export type { RunEnd, RunRequest } from './engine/run-request.ts';
export type { JournalEvent, RunEvent } from './model/event.ts';
export { exitCodes } from './model/exit.ts';
