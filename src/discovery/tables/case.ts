// The ways in which ORMs turn names of code into names of databases.

/** TypeORM's `snakeCase` (src/util/StringUtils.ts). */
export const snakeCase = (name: string): string =>
  name
    .replace(/([A-Z])([A-Z])([a-z])/g, '$1_$2$3')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
/** TypeORM's `camelCase`. */
export const camelCase = (name: string): string =>
  name.replace(/^([A-Z])|[\s-_](\w)/g, (_, first: string | undefined, after: string | undefined) =>
    after === undefined ? (first ?? '').toLowerCase() : after.toUpperCase(),
  );
/** TypeORM's: what follows the first letter of a word is lower case. */
export const titleCase = (name: string): string =>
  name.replace(/\w\S*/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
