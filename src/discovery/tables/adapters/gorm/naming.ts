// GORM's names: schema/naming.go of gorm.io/gorm v1.30 and naming.go of github.com/jinzhu/gorm v1.9, which agree on these.
const initialisms =
  'API ASCII CPU CSS DNS EOF GUID HTML HTTPS HTTP ID IP JSON LHS QPS RAM RHS RPC SLA SMTP SSH TLS TTL UID UI UUID URI URL UTF8 VM XML XSRF XSS';
const known = new RegExp(initialisms.split(' ').join('|'), 'g');

/** `UserID` is `user_id`. */
export const gormName = (name: string): string =>
  name
    .replace(known, (one) => one.charAt(0) + one.slice(1).toLowerCase())
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z])(?=[a-z])/g, '$1_$2')
    .toLowerCase();

/** Options of a tag: `column:name;size:20;not null`. Names are in lower case and without `_`. */
export function optionsOf(tag: string): ReadonlyMap<string, string> {
  return new Map(
    tag
      .split(';')
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .map((one) => {
        const at = one.indexOf(':');
        const name = (at === -1 ? one : one.slice(0, at)).trim().toLowerCase().replaceAll('_', '').replace(/\s+/g, ' ');
        return [name, at === -1 ? '' : one.slice(at + 1).trim()] as const;
      }),
  );
}
