/** Example: logging in and out, and a page for which one must be logged in. */
import { route, type HttpAnswer, type Route } from '../../../http/index.ts';
import type { ServerSessions, Visit } from '../server-sessions.ts';
import type { VisitorSession } from '../visitor-session.ts';
import { csrfField, escapeHtml, page, seeOther } from './page.ts';

export interface LoginExample {
  /** Whether the password is that user's. */
  readonly verify: (user: string, password: string) => boolean;
  /** What users have told about themselves; changed by `POST /account/email`. */
  readonly emails?: Map<string, string>;
}

/** `GET|POST /login`, `GET /account`, `POST /account/email`, `POST /logout`. */
export function loginRoutes(sessions: ServerSessions, example: LoginExample): readonly Route[] {
  const emails = example.emails ?? new Map<string, string>();
  return [
    route(
      'GET /login',
      sessions.handler(({ session }) => loginForm(session, 200, '')),
    ),
    route(
      'POST /login',
      sessions.handler((visit) => logIn(visit, example)),
    ),
    route(
      'GET /account',
      sessions.handler(({ session }) => account(session, emails)),
    ),
    route(
      'POST /account/email',
      sessions.handler(({ session, form }) =>
        changeEmail(session, form.get('email') ?? '', emails),
      ),
    ),
    route(
      'POST /logout',
      sessions.handler(({ session }) => {
        session.logout();
        return seeOther('/login');
      }),
    ),
  ];
}

function loginForm(session: VisitorSession, status: number, problem: string): HttpAnswer {
  const fields =
    '<input name="user"><input name="password" type="password"><button>Log in</button>';
  const form = `<form method="post" action="/login">${csrfField(session)}${fields}</form>`;
  return page('Log in', `${problem === '' ? '' : `<p>${problem}</p>`}${form}`, status);
}

function logIn({ session, form }: Visit, { verify }: LoginExample): HttpAnswer {
  const user = form.get('user') ?? '';
  if (!verify(user, form.get('password') ?? '')) {
    // The same words whether the name or the password was wrong.
    return loginForm(session, 403, 'Wrong name or password.');
  }
  session.login(user);
  session.flash('welcome', `Welcome, ${user}!`);
  return seeOther('/account');
}

function account(session: VisitorSession, emails: ReadonlyMap<string, string>): HttpAnswer {
  if (session.user === null) return seeOther('/login');
  const welcome = session.takeFlash().get('welcome');
  const greeting = typeof welcome === 'string' ? `<p>${escapeHtml(welcome)}</p>` : '';
  const email = `<p>E-mail: ${escapeHtml(emails.get(session.user) ?? 'none')}</p>`;
  const form = `<form method="post" action="/account/email">${csrfField(session)}<input name="email"></form>`;
  return page(`Account of ${session.user}`, `${greeting}${email}${form}`);
}

function changeEmail(
  session: VisitorSession,
  email: string,
  emails: Map<string, string>,
): HttpAnswer {
  if (session.user === null) return seeOther('/login');
  emails.set(session.user, email);
  return seeOther('/account');
}
