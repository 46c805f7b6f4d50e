// Where a project's own schema usually is not.
const elsewhere =
  /(^|\/)(node_modules|test|tests|__tests__|spec|specs|e2e|fixtures|__fixtures__|__mocks__|mocks|dist|build|vendor|\.next|\.nuxt)\//;
export const isElsewhere = (file: string): boolean => elsewhere.test(file);
