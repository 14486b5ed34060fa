/** The script of a scenario: timed actions of hosts and links. */
import { us } from '@tcplab/core';
import type { LinkDirection, DirectionOptions } from '../../network/index.ts';
import type { Simulation } from '../../simulation.ts';
import { usesConnection } from '../script-checks.ts';
import type { Action, Scenario } from '../schema/index.ts';
import { startApps } from './build-apps.ts';
import { directionBetween, release } from './build-faults.ts';
import { lossStageOf } from './loss-stage.ts';
import { useSession } from './scripted-session.ts';
import { ScriptedConnection, type ConnectionAction } from './scripted-connection.ts';

/** Schedules everything the script says. */
export function buildScript(simulation: Simulation, scenario: Scenario): void {
  for (const actions of connectionsOf(scenario.script)) {
    scheduleConnection(simulation, actions);
  }
  for (const action of scenario.script) {
    if (!isOfConnection(action)) scheduleAction(simulation, scenario, action);
  }
}

function isOfConnection(action: Action): action is ConnectionAction {
  return action.do === 'connect' || action.do === 'listen' || usesConnection(action);
}

/** The actions of each connection in the order of their times; equal times keep the file's order. */
function connectionsOf(script: readonly Action[]): readonly (readonly ConnectionAction[])[] {
  const byName = new Map<string, ConnectionAction[]>();
  for (const action of script) {
    if (!isOfConnection(action)) continue;
    const opens = action.do === 'connect' || action.do === 'listen';
    const name = `${action.on} ${(opens ? action.as : action.connection) ?? action.on}`;
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [action]);
    else known.push(action);
  }
  const lists = [...byName.values()];
  for (const list of lists) list.sort((a, b) => a.at - b.at);
  return lists;
}

/** A crash ends programs, so the program of a connection begins with its first action, not before. */
function scheduleConnection(simulation: Simulation, actions: readonly ConnectionAction[]): void {
  const first = actions[0]!;
  const host = simulation.host(first.on);
  const connection = new ScriptedConnection(host, actions);
  simulation.at(us(first.at), () => {
    if (host.isUp) host.spawn(connection.run(), `script of ${first.on}`);
  });
  for (const action of actions) {
    if (action.do === 'abort') simulation.at(us(action.at), () => connection.abort());
  }
}

function scheduleAction(simulation: Simulation, scenario: Scenario, action: Action): void {
  const told = { target: targetOf(action), action: wordsOf(action), why: 'The script says so.' };
  simulation.at(us(action.at), () => perform(simulation, scenario, action), told);
}

function targetOf(action: Action): string {
  if ('on' in action) return action.on;
  return 'between' in action ? action.between.join('↔') : 'network';
}

function wordsOf(action: Action): string {
  if (action.do === 'remark') return action.text;
  if (action.do === 'fetch') return `${action.do} ${action.url}`;
  return action.do === 'release' ? `release ${action.hold}` : action.do;
}

function perform(simulation: Simulation, scenario: Scenario, action: Action): void {
  switch (action.do) {
    case 'crash':
      simulation.host(action.on).crash();
      break;
    case 'restart':
      simulation.host(action.on).restart();
      startApps(simulation, scenario, { servicesOf: action.on });
      break;
    case 'pause':
      simulation.host(action.on).pause();
      break;
    case 'resume':
      simulation.host(action.on).resume();
      break;
    case 'cut':
      for (const direction of directionsOf(simulation, action)) direction.cut();
      break;
    case 'heal':
      for (const direction of directionsOf(simulation, action)) direction.heal();
      break;
    case 'set':
      for (const direction of directionsOf(simulation, action)) change(direction, action);
      break;
    case 'release':
      release(simulation, action.hold);
      break;
    case 'fetch':
    case 'session.close':
      useSession(simulation.host(action.on), scenario, action);
      break;
    default:
  }
}

type LinkAction = Extract<Action, { between: unknown }>;

function directionsOf(simulation: Simulation, action: LinkAction): readonly LinkDirection[] {
  const [a, b] = action.between;
  const forward = directionBetween(simulation, a, b);
  const backward = directionBetween(simulation, b, a);
  if (action.direction === 'forward') return [forward];
  return action.direction === 'backward' ? [backward] : [forward, backward];
}

function change(direction: LinkDirection, action: Extract<Action, { do: 'set' }>): void {
  const { delay, rate, queue, loss } = action;
  direction.change({
    ...(delay === undefined ? {} : { delay: delay as DirectionOptions['delay'] }),
    ...(rate === undefined ? {} : { rate }),
    ...(queue === undefined ? {} : { queue }),
  });
  if (loss !== undefined) lossStageOf(direction)?.set(loss);
}
