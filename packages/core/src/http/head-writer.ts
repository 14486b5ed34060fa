import { latin1Bytes } from '../base/bytes.ts';
import { CallError } from '../base/errors.ts';
import { checkField, type HttpHeaders } from './headers.ts';
import { isFieldValue, isToken, shown } from './tokens.ts';
import { readTarget } from './target.ts';

/**
 * A request's start line and fields (RFC 9112 §2.1).
 * @throws CallError `invalid method`, `invalid target`, `invalid header field`
 */
export function encodeRequestHead(
  line: { readonly method: string; readonly target: string; readonly version: string },
  headers: HttpHeaders,
): Uint8Array {
  if (!isToken(line.method)) throw new CallError('invalid method', shown(line.method));
  if (readTarget(line.method, line.target) === undefined) {
    throw new CallError('invalid target', `${shown(line.target)} for ${line.method}`);
  }
  return encodeHead(`${line.method} ${line.target} HTTP/${line.version}`, headers);
}

/**
 * A response's status line and fields; servers name their own highest version (RFC 9110 §2.5).
 * @throws CallError `invalid status`, `invalid reason`, `invalid header field`
 */
export function encodeResponseHead(
  status: number,
  reason: string,
  headers: HttpHeaders,
): Uint8Array {
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new CallError('invalid status', String(status));
  }
  if (!isFieldValue(reason)) throw new CallError('invalid reason', shown(reason));
  return encodeHead(`HTTP/1.1 ${status} ${reason}`, headers);
}

/** Field lines and the empty line that ends them. @throws CallError `invalid header field` */
export function encodeFields(headers: HttpHeaders): Uint8Array {
  return latin1Bytes(`${fieldLines(headers)}\r\n`);
}

function encodeHead(startLine: string, headers: HttpHeaders): Uint8Array {
  return latin1Bytes(`${startLine}\r\n${fieldLines(headers)}\r\n`);
}

/** Checked once more here: a line break in a value would be a field, or a message, of its own. */
function fieldLines(headers: HttpHeaders): string {
  let text = '';
  for (const [name, value] of headers.entries) {
    const field = checkField(name, value);
    text += `${field[0]}: ${field[1]}\r\n`;
  }
  return text;
}
