/** Protocol versions (RFC 8446 §4.2.1). TLS 1.1 and older are never negotiated (RFC 8996). */
export type TlsVersion = 'TLS 1.3' | 'TLS 1.2';

export const VERSION_CODES = { 'TLS 1.3': 0x0304, 'TLS 1.2': 0x0303 } as const;
export const TLS13 = 0x0304;
export const TLS12 = 0x0303;
export const TLS11 = 0x0302;
export const TLS10 = 0x0301;
export const SSL30 = 0x0300;

/** A version number for people: `TLS 1.1`, `0x7f1c`. */
export function versionText(code: number): string {
  if (code >= TLS10 && code <= TLS13) return `TLS 1.${code - TLS10}`;
  return code === SSL30 ? 'SSL 3.0' : `0x${code.toString(16).padStart(4, '0')}`;
}
