/** Numbers as people read them. */
const digits = (value: number): string => {
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(places).replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
};

export const milliseconds = (microseconds: number): string => `${digits(microseconds / 1000)} ms`;
export const limitMs = (value: number): string => `${digits(value)} ms`;
export const percent = (value: number): string => `${digits(value)} %`;
export const perSecond = (value: number): string => `${digits(value)} per second`;
/** Of a natural logarithm of a ratio: 0.0953 is "10 %". */
export const change = (logRatio: number): string => percent((Math.exp(logRatio) - 1) * 100);

/** `{"status 500": 3}` as "3 × status 500". */
export function counted(names: Readonly<Record<string, number>>): string {
  return Object.entries(names)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');
}
