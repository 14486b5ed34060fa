/** RFC 7617: user name and password in every request, readable for whoever reads the request. */
import { base64 } from '../../base/base64.ts';
import { latin1Bytes } from '../../base/bytes.ts';
import { CallError } from '../../base/errors.ts';
import type { Url } from '../../base/url.ts';
import { utf8Bytes } from '../../base/utf8.ts';

export interface BasicAuth {
  readonly login: string;
  readonly password?: string;
  /** @default 'latin1' */
  readonly encoding?: 'latin1' | 'utf-8';
}

/**
 * The value of an Authorization field.
 * @throws CallError `invalid credentials` for a login with a colon, which would end it (§2).
 */
export function basicAuthorization(auth: BasicAuth): string {
  if (auth.login.includes(':')) {
    throw new CallError('invalid credentials', 'the login contains a colon');
  }
  const text = `${auth.login}:${auth.password ?? ''}`;
  return `Basic ${base64(auth.encoding === 'utf-8' ? utf8Bytes(text) : latin1Bytes(text))}`;
}

/** The credentials that a URL carries before its host, if any. */
export function authOfUrl(url: Url): BasicAuth | undefined {
  if (url.username === undefined) return undefined;
  return { login: url.username, password: url.password ?? '' };
}
