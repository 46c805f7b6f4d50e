import { parse as parseYaml } from 'yaml';

/** A setting with where it is written. */
export interface Setting {
  readonly value: string;
  readonly file: string;
  readonly line: number | null;
}
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What application.properties and application.yml of Spring Boot say; those of profiles do not count. */
export function settingsOf(files: readonly string[], text: (file: string) => string | undefined): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  const add = (key: string, setting: Setting): void => {
    // `contextPath` and `context-path` are one.
    const name = key.replace(/[A-Z]/g, (one) => `-${one.toLowerCase()}`);
    if (!found.has(name)) found.set(name, setting);
  };
  for (const file of files.filter((one) => /(^|\/)(application|bootstrap)\.(properties|ya?ml)$/.test(one))) {
    const content = text(file) ?? '';
    if (file.endsWith('.properties')) {
      for (const [n, line] of content.split('\n').entries()) {
        const [, key, value] = /^\s*([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
        if (key !== undefined) add(key, { value: value ?? '', file, line: n + 1 });
      }
      continue;
    }
    const flat = (value: unknown, key: string, depth: number): void => {
      if (isRecord(value) && depth < 20)
        for (const [name, one] of Object.entries(value)) flat(one, key === '' ? name : `${key}.${name}`, depth + 1);
      else if (typeof value === 'string' || typeof value === 'number') add(key, { value: String(value), file, line: null });
    };
    try {
      // Of several documents in one file the first is for all profiles.
      flat(parseYaml(content.split(/^---\s*$/m).find((one) => one.trim() !== '') ?? ''), '', 0);
    } catch {
      // Templates of build tools, as `@project.version@`, need not be YAML.
    }
  }
  return found;
}

/** `${api.prefix:/api}` as the settings say; undefined: they do not. */
export function withSettings(text: string, settings: ReadonlyMap<string, Setting>): string | undefined {
  let isKnown = true;
  const filled = text.replace(/\$\{([\w.-]+)(?::([^{}]*))?\}/g, (_, key: string, otherwise: string | undefined) => {
    const value = settings.get(key)?.value ?? otherwise;
    if (value === undefined) isKnown = false;
    return value ?? '';
  });
  return isKnown ? filled : undefined;
}
