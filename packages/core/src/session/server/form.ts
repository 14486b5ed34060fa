/** The fields of a form that a browser sent as `application/x-www-form-urlencoded`. */
import { concatBytes, latin1Text } from '../../base/bytes.ts';
import { percentDecode } from '../../base/percent.ts';
import type { Process } from '../../base/process.ts';
import type { IncomingRequest } from '../../http/index.ts';

/** A form with more octets is refused. */
export const MAX_FORM_OCTETS = 1_048_576;
/** Fields beyond these are not read. */
export const MAX_FORM_FIELDS = 1_000;

export type FormFieldMap = ReadonlyMap<string, string>;

export function isForm(request: IncomingRequest): boolean {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded';
}

/** Reads the form. @returns undefined when it is larger than MAX_FORM_OCTETS */
export function* readForm(request: IncomingRequest): Process<FormFieldMap | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const part = yield* request.receive();
    if (part.length === 0) return parseForm(latin1Text(concatBytes(parts)));
    length += part.length;
    if (length > MAX_FORM_OCTETS) return undefined;
    parts.push(part);
  }
}

/** The last value of a name wins. */
export function parseForm(text: string): FormFieldMap {
  const fields = new Map<string, string>();
  for (const pair of text.split('&', MAX_FORM_FIELDS)) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== '') fields.set(name, decode(equals < 0 ? '' : pair.slice(equals + 1)));
  }
  return fields;
}

function decode(text: string): string {
  return percentDecode(text.replaceAll('+', ' '));
}
