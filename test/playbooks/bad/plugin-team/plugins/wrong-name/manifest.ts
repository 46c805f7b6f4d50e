export const manifest = { kind: 'gate', name: 'right-name', api: 1 };
