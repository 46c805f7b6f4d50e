/** Codes of PluginErrors, with what they mean. */
export const environmentCodes: Readonly<Record<string, string>> = {};
