const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML and SVG take it, between tags and within attributes. */
export const textOf = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
