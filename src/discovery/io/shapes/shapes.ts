// How each shape of rules.ts is found in one function.
import type { Shape } from '../rules.ts';
import { outboundInTransaction, textInQuery } from './database.ts';
import type { Finder } from './finder.ts';
import { awaitInLoop, queryInLoop } from './loops.ts';
import { blockingCalls, bodyWithoutLimit, heavyWork } from './processor.ts';
import { notAwaited, unheardFailure } from './promises.ts';
import { withoutRetry, withoutTimeout } from './services.ts';

export const finders: Readonly<Record<Shape, Finder>> = {
  blocking: blockingCalls,
  heavy: heavyWork,
  'body-without-limit': bodyWithoutLimit,
  'query-in-loop': queryInLoop,
  'await-in-loop': awaitInLoop,
  'no-timeout': withoutTimeout,
  'no-retry': withoutRetry,
  'outbound-in-transaction': outboundInTransaction,
  'text-in-query': textInQuery,
  'not-awaited': notAwaited,
  'unheard-failure': unheardFailure,
};
