/** Is a request that changes something from the site's own page? (RFC 6265 §8.2) */
import type { Cause } from '../../base/cause.ts';
import { cookieValue, isSafeMethod } from '../../cookies/index.ts';
import type { IncomingRequest } from '../../http/index.ts';
import type { FormFieldMap } from './form.ts';
import { SESSION_RULES } from './rules.ts';
import { equalSecrets } from './secret.ts';
import type { SessionPolicy } from './session-options.ts';

/** The form field and the header field that carry the secret. */
export const CSRF_FORM_FIELD = '_csrf';
export const CSRF_HEADER_FIELD = 'X-CSRF-Token';
/** The cookie that a page's script repeats, for the double submit. */
export const CSRF_COOKIE = 'csrf';

/** Why the request is refused as forged; undefined when it is not. */
export function forgery(
  request: IncomingRequest,
  form: FormFieldMap,
  secret: { readonly policy: SessionPolicy; readonly csrfToken: string },
): Cause | undefined {
  const { csrf } = secret.policy;
  if (csrf === 'off' || isSafeMethod(request.method)) return undefined;
  const shown = request.headers.get(CSRF_HEADER_FIELD) ?? form.get(CSRF_FORM_FIELD) ?? '';
  const what = `${request.method} ${request.path}`;
  if (csrf === 'synchroniser') {
    if (equalSecrets(shown, secret.csrfToken)) return undefined;
    const why = `${what} shows ${shown === '' ? 'no' : 'a wrong'} token`;
    return { rule: SESSION_RULES.csrfToken, why };
  }
  const cookie = cookieValue(request.headers.get('cookie'), CSRF_COOKIE) ?? '';
  if (cookie !== '' && equalSecrets(shown, cookie)) return undefined;
  const why = `${what} does not repeat its ${CSRF_COOKIE} cookie`;
  return { rule: SESSION_RULES.csrfDouble, why };
}
