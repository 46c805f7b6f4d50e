// Discovery: reads the source of a project, whatever its frameworks, and runs none of it. Not versioned with the contract of plugins.
export type * from './contract/io.ts';
export type * from './contract/meaning.ts';
export type * from './contract/place.ts';
export type * from './contract/reading.ts';
export type * from './contract/route.ts';
export type * from './contract/tables.ts';
export { filesIn } from './files/folder.ts';
export type * from './graphql/model.ts';
export { rules as ioRules } from './io/rules.ts';
export { traceIn } from './io/trace.ts';
export { operationsIn } from './openapi/files.ts';
export { isDocument, type Operation } from './openapi/operation.ts';
export { openReading } from './reading.ts';
export { graphqlOf, sharedReading, sharedRoutes } from './reading-once.ts';
export { byGoal } from './render/rank.ts';
export { routesIn } from './routes/join.ts';

export { routeStacks, tableStacks } from './stacks.ts';
export { mapTables, type TableMap } from './tables/map.ts';
