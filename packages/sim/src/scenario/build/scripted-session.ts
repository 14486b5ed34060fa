import { fetchOnce, namedSession, type SessionSettings } from '../apps/index.ts';
import type { SimHost } from '../../host/index.ts';
import type { Action, Scenario } from '../schema/index.ts';

export type SessionAction = Extract<Action, { do: 'fetch' | 'session.close' }>;

/** Asks through a client session of the host, or closes it. A host that is down does neither. */
export function useSession(host: SimHost, scenario: Scenario, action: SessionAction): void {
  if (!host.isUp) return;
  const name = action.session ?? action.on;
  const session = namedSession(host, name, settingsOf(scenario, action.on, name));
  if (action.do === 'session.close') session.close();
  else host.spawn(fetchOnce(host, session, action), `fetch ${action.url}`);
}

/** How the app of this name describes the session; with defaults where there is none. */
function settingsOf(scenario: Scenario, on: string, name: string): SessionSettings {
  for (const app of scenario.apps) {
    const settings = app.settings as SessionSettings;
    if (app.on === on && app.kind.key === 'session' && settings.name === name) return settings;
  }
  return {};
}
