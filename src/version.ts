export { packageVersion as version } from './package-root.ts';
