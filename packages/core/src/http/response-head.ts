import { violation, type HttpVersion, type HttpViolation } from './events.ts';
import { HTTP_RULES } from './rules.ts';
import { isFieldValue, shown } from './tokens.ts';

export interface StatusLine {
  readonly status: number;
  readonly reason: string;
  readonly version: HttpVersion;
}

/**
 * RFC 9112 §4: `HTTP-version SP status-code SP [reason-phrase]`.
 * Deviation: the second space may be missing where there is no reason; many servers leave it out.
 */
export function readStatusLine(line: string): StatusLine | HttpViolation {
  const parts = /^HTTP\/(\d)\.(\d) ([1-9]\d\d)(?: (.*))?$/.exec(line);
  if (parts === null) {
    return violation(HTTP_RULES.statusLine, 0, `expected a status line, got ${shown(line)}`);
  }
  const [, major, minor, status, reason = ''] = parts;
  if (major !== '1') {
    return violation(HTTP_RULES.versionMajor, 0, `expected major version 1, got ${shown(line)}`);
  }
  if (!isFieldValue(reason)) {
    return violation(HTTP_RULES.statusLine, 0, `control character in the reason ${shown(reason)}`);
  }
  return { status: Number(status), reason, version: minor === '0' ? '1.0' : '1.1' };
}
