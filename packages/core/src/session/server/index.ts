/** The server's side of `session`: see `../index.ts`. */
export { CSRF_COOKIE, CSRF_FORM_FIELD, CSRF_HEADER_FIELD } from './csrf.ts';
export { MAX_FORM_FIELDS, MAX_FORM_OCTETS, parseForm, type FormFieldMap } from './form.ts';
export { SESSION_RULES } from './rules.ts';
export * from './server-sessions.ts';
export { MIN_ID_BITS, type ServerSessionOptions, type SessionPolicy } from './session-options.ts';
export * from './session-store.ts';
export { VisitorSession } from './visitor-session.ts';
export * from './examples/cart-routes.ts';
export { loginRoutes, type LoginExample } from './examples/login-routes.ts';
export { escapeHtml } from './examples/page.ts';
export { preferenceRoutes } from './examples/preference-routes.ts';
