import {
  concatBytes,
  EMPTY_BYTES,
  readU16,
  utf8Bytes,
  utf8TextStrict,
  writeU16,
} from '../base/index.ts';
import { CLOSE_CODE, mayBeSent } from './close-code.ts';
import { WS_RULES } from './rules.ts';
import { violation, type Violation } from './violation.ts';

/** RFC 6455 §5.5.1: the body of a Close. */
export interface CloseBody {
  /** undefined for an empty body. */
  readonly code: number | undefined;
  readonly reason: string;
}

export function encodeCloseBody(code: number | undefined, reason: string): Uint8Array {
  if (code === undefined) return EMPTY_BYTES;
  const head = new Uint8Array(2);
  writeU16(head, 0, code);
  return concatBytes([head, utf8Bytes(reason)]);
}

export function decodeCloseBody(body: Uint8Array): CloseBody | Violation {
  const error = CLOSE_CODE.protocolError;
  if (body.length === 0) return { code: undefined, reason: '' };
  if (body.length === 1) {
    return violation(error, WS_RULES.closeBody, 'a Close has a body of one octet');
  }
  const code = readU16(body, 0);
  if (!mayBeSent(code)) {
    return violation(error, WS_RULES.closeCode, `a Close has the code ${code}`);
  }
  const reason = utf8TextStrict(body.subarray(2));
  if (reason === undefined) {
    return violation(CLOSE_CODE.invalidPayload, WS_RULES.utf8, 'the reason of a Close is no UTF-8');
  }
  return { code, reason };
}
