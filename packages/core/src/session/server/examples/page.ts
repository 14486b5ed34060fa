/** Small pages: what came from a visitor is text in them and never markup. */
import type { HttpAnswer } from '../../../http/index.ts';
import { CSRF_FORM_FIELD } from '../csrf.ts';
import type { VisitorSession } from '../visitor-session.ts';

/** A text for HTML: the five characters that could end it are written as references. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

export function page(title: string, body: string, status = 200): HttpAnswer {
  const heading = escapeHtml(title);
  return {
    status,
    // What belongs to one visitor must not be kept by a cache and shown to another.
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
    body: `<!doctype html>\n<title>${heading}</title>\n<h1>${heading}</h1>\n${body}\n`,
  };
}

/** RFC 9110 §15.4.4: after a POST the answer is at another place, and reloading it sends nothing again. */
export function seeOther(location: string): HttpAnswer {
  return { status: 303, headers: { Location: location } };
}

/** The field that shows the server that a form is its own. */
export function csrfField(session: VisitorSession): string {
  return `<input type="hidden" name="${CSRF_FORM_FIELD}" value="${session.csrfToken}">`;
}
