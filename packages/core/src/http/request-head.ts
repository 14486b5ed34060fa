import { violation, type HttpRequest, type HttpViolation } from './events.ts';
import type { HttpHeaders } from './headers.ts';
import { HTTP_RULES } from './rules.ts';
import { hostFieldProblem, readTarget } from './target.ts';
import { isToken, shown } from './tokens.ts';

export type RequestLine = Pick<HttpRequest, 'method' | 'target' | 'version'>;

/** RFC 9112 §3: `method SP request-target SP HTTP-version`, with nothing to spare. */
export function readRequestLine(line: string): RequestLine | HttpViolation {
  const parts = line.split(' ');
  const [method = '', target = '', version = ''] = parts;
  if (!isToken(method)) {
    return violation(HTTP_RULES.method, 400, `expected a token as method, got ${shown(method)}`);
  }
  if (parts.length !== 3 || target === '') {
    const text = `expected method, target and version with single spaces, got ${shown(line)}`;
    return violation(HTTP_RULES.requestLine, 400, text);
  }
  const number = /^HTTP\/(\d)\.(\d)$/.exec(version);
  if (number === null) {
    return violation(
      HTTP_RULES.version,
      400,
      `expected a version like HTTP/1.1, got ${shown(version)}`,
    );
  }
  if (number[1] !== '1') {
    return violation(HTTP_RULES.versionMajor, 505, `expected major version 1, got ${version}`);
  }
  const problem = targetProblem(method, target);
  if (problem !== undefined) return problem;
  return { method, target, version: number[2] === '0' ? '1.0' : '1.1' };
}

/** Checks what request line and fields say together; framing is `framing.ts`'s. */
export function readRequestHead(
  line: RequestLine,
  headers: HttpHeaders,
): HttpRequest | HttpViolation {
  const hosts = headers.getAll('host');
  if (hosts.length > 1) {
    return violation(HTTP_RULES.hostRepeated, 400, `expected one Host, got ${hosts.length}`);
  }
  const host = hosts[0];
  if (host === undefined) {
    if (line.version === '1.1') {
      return violation(
        HTTP_RULES.hostMissing,
        400,
        'expected a Host field in a request of HTTP/1.1',
      );
    }
  } else {
    const problem = hostFieldProblem(host);
    if (problem !== undefined) {
      return violation(HTTP_RULES.hostInvalid, 400, `Host ${shown(host)}: ${problem}`);
    }
  }
  return { kind: 'request', ...line, headers } satisfies HttpRequest;
}

function targetProblem(method: string, target: string): HttpViolation | undefined {
  const read = readTarget(method, target);
  if (read !== undefined) return undefined;
  if (/^[\u0021-\u007e]+$/.test(target) && !/["#<>\\]/.test(target)) {
    const text = `${method} does not take a target of the form ${shown(target)}`;
    return violation(HTTP_RULES.targetForm, 400, text);
  }
  return violation(HTTP_RULES.target, 400, `invalid characters in the target ${shown(target)}`);
}
