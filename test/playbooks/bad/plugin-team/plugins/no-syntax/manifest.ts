export const manifest = { kind: 'gate', ;
