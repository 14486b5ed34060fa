/** Example: what a visitor likes, remembered from visit to visit without knowing who he is. */
import { route, type Route } from '../../../http/index.ts';
import type { ServerSessions } from '../server-sessions.ts';
import type { VisitorSession } from '../visitor-session.ts';
import { csrfField, escapeHtml, page, seeOther } from './page.ts';

const CHOICES: { readonly [name: string]: readonly string[] } = {
  theme: ['light', 'dark'],
  language: ['en', 'de', 'ko', 'ru'],
};

/** `GET|POST /preferences`. */
export function preferenceRoutes(sessions: ServerSessions): readonly Route[] {
  return [
    route(
      'GET /preferences',
      sessions.handler(({ session }) => page('Preferences', preferenceForm(session))),
    ),
    route(
      'POST /preferences',
      sessions.handler(({ session, form }) => {
        for (const [name, allowed] of Object.entries(CHOICES)) {
          const value = form.get(name);
          if (value === undefined) continue;
          if (!allowed.includes(value)) return { status: 422, body: `${name} cannot be that\n` };
          session.set(name, value);
        }
        return seeOther('/preferences');
      }),
    ),
  ];
}

function preferenceForm(session: VisitorSession): string {
  const selects = Object.entries(CHOICES).map(([name, allowed]) => {
    const chosen = session.get(name) ?? allowed[0]!;
    const options = allowed.map((value) => {
      const mark = value === chosen ? ' selected' : '';
      return `<option${mark}>${escapeHtml(value)}</option>`;
    });
    return `<select name="${name}">${options.join('')}</select>`;
  });
  return `<form method="post" action="/preferences">${csrfField(session)}${selects.join('')}</form>`;
}
