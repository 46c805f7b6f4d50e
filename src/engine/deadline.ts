import { StepTimeout } from './failure.ts';

/** How long work that was told to stop may take to do so before the run goes on without it. */
const grace = 15_000;

/**
 * Runs `work` with a signal that aborts when `signal` does or the time is over. Rejects with the reason once the work has stopped, or
 * after 15 s when it does not listen.
 */
export async function withinTime<T>(
  options: { readonly milliseconds: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new StepTimeout(options.milliseconds)), options.milliseconds);
  const signal = AbortSignal.any([options.signal, timeout.signal]);
  let late: NodeJS.Timeout | undefined;
  const given = new Promise<never>((_, reject) => {
    const abandon = () => {
      late = setTimeout(() => reject(signal.reason), grace);
    };
    if (signal.aborted) abandon();
    else signal.addEventListener('abort', abandon, { once: true });
  });
  try {
    const value = await Promise.race([work(signal), given]);
    if (signal.aborted) throw signal.reason;
    return value;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(timer);
    clearTimeout(late);
  }
}

/** The value, or the signal's reason as soon as it aborts; the work itself goes on. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
