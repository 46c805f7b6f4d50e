/** What names of the code are in the database. */
export interface Naming {
  readonly name: (written: string) => string;
}
const bare = (name: string): string => name.replace(/^[`"[]|[`"\]]$/g, '');

/** Hibernate's CamelCaseToUnderscoresNamingStrategy, which Spring Boot takes: of names that are written too. */
export const underscored: Naming = {
  name: (written) => {
    const name = bare(written).replaceAll('.', '_');
    let made = '';
    for (let n = 0; n < name.length; n += 1) {
      const [before = '', at = '', after = ''] = [name[n - 1], name[n], name[n + 1]];
      made += /[a-z0-9]/.test(before) && /[A-Z]/.test(at) && /[a-z0-9]/.test(after) ? `_${at}` : at;
    }
    return made.toLowerCase();
  },
};
/** Hibernate's own: as they are written. */
export const asWritten: Naming = { name: bare };
