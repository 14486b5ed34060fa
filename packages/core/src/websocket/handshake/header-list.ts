/**
 * Headers as pairs in the order of the message: what any HTTP layer can give. The checks of the
 * opening handshake need no more, so this folder knows no HTTP implementation.
 */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** All values of a header; names are compared without regard to case. */
export function headerValues(headers: HeaderList, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([one]) => one.toLowerCase() === wanted).map(([, value]) => value.trim());
}

/** The elements of a comma-separated header, over all its lines; empty elements are ignored. */
export function headerTokens(headers: HeaderList, name: string): readonly string[] {
  return headerValues(headers, name)
    .flatMap((value) => value.split(','))
    .map((token) => token.trim())
    .filter((token) => token !== '');
}

/** Whether a comma-separated header has this element, without regard to case. */
export function hasToken(headers: HeaderList, name: string, token: string): boolean {
  return headerTokens(headers, name).some((one) => one.toLowerCase() === token);
}

/** RFC 9110 §5.6.2: `token`. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}
