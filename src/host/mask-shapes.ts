/** Shapes that are a key wherever they stand; each is long and specific enough never to hit ordinary code. */
const shapes = [
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, // Amazon access key id
  /\bgh[pousr]_[A-Za-z0-9]{36,251}\b/, // GitHub tokens
  /\bgithub_pat_[A-Za-z0-9_]{82}\b/,
  /\bglpat-[A-Za-z0-9_-]{20,}/, // GitLab
  /\bxox[abeprs]-[A-Za-z0-9-]{20,}/, // Slack
  /\bAIza[0-9A-Za-z_-]{35}/, // Google
  /\bsk-[A-Za-z0-9][A-Za-z0-9_-]{30,}/, // several model providers
  /\b[rs]k_live_[0-9A-Za-z]{20,}/, // Stripe
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )*PRIVATE KEY-----/,
] as const;

export const keyShapes = new RegExp(shapes.map(({ source }) => source).join('|'), 'g');
