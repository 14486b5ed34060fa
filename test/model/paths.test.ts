/**
 * Every simple path of the state machine drives a real connection: calls, segments and time make each
 * arrow happen, and the journal says that this arrow, and no other, was followed.
 */
import {
  describeMachine,
  minutes,
  ms,
  NEVER,
  seconds,
  seqDiff,
  tcpMachine,
  type Arrow,
  type TcpJournal,
} from '@tcplab/core';
import { describe, expect, test } from 'vitest';
import { Narrator, OUR_ISS, THEIR_ISS } from '../support/narrator.ts';

const { arrows } = describeMachine(tcpMachine);
const CONFIG = {
  r2: NEVER,
  userTimeout: NEVER,
  synR2: minutes(3),
  finWait2Timeout: seconds(60),
};

describe('every simple path of the machine is a story of a real connection', () => {
  const paths = simplePaths('CLOSED', [], new Set(['CLOSED']));

  test('there are paths over every arrow', () => {
    const covered = new Set(paths.flat());
    expect(arrows.filter((arrow) => !covered.has(arrow))).toEqual([]);
    expect(paths.length).toBeGreaterThan(200);
  });

  test('each is walked arrow by arrow', () => {
    for (const path of paths) {
      const followed: string[] = [];
      const journal: TcpJournal = {
        transition: (_ends, before, arrow, after) => followed.push(`${before} ${arrow} ${after}`),
        discard() {},
        timer() {},
        variable() {},
        limited() {},
      };
      const story = new Narrator(CONFIG, journal);
      for (const arrow of path) {
        followed.length = 0;
        makeHappen(story, arrow);
        story.forget();
        expect(followed[0], path.map((each) => each.event).join(', ')).toBe(
          `${arrow.from} ${arrow.event} ${arrow.to}`,
        );
        // A child that falls back to LISTEN dissolves; nothing else follows two arrows here.
        const dissolves = arrow.from === 'SYN-RECEIVED' && arrow.to === 'LISTEN';
        expect(followed.length).toBe(dissolves ? 2 : 1);
      }
    }
  });
});

/** All paths without a repeated state, and those whose last arrow comes back to one. */
function simplePaths(
  from: string,
  before: readonly Arrow[],
  visited: ReadonlySet<string>,
): Arrow[][] {
  const found: Arrow[][] = [];
  for (const arrow of arrows) {
    if (arrow.from !== from || !isPossible(arrow, before)) continue;
    const path = [...before, arrow];
    if (visited.has(arrow.to)) found.push(path);
    else found.push(...simplePaths(arrow.to, path, new Set([...visited, arrow.to])));
  }
  return found;
}

/** MUST-11: what SYN-RECEIVED does with a reset or a SYN depends on how it was reached. */
function isPossible(arrow: Arrow, before: readonly Arrow[]): boolean {
  if (arrow.from !== 'SYN-RECEIVED') return true;
  const active = before.some(({ to }) => to === 'SYN-SENT');
  if (arrow.event === 'rcv RST' || arrow.event === 'rcv SYN') return !active;
  return arrow.event !== 'rcv RST after active OPEN' || active;
}

function makeHappen(story: Narrator, arrow: Arrow): void {
  const { connection } = story;
  const { tcb } = connection;
  const seq = seqDiff(tcb.rcv.nxt, THEIR_ISS);
  const [una, nxt] = [seqDiff(tcb.snd.una, OUR_ISS), seqDiff(tcb.snd.nxt, OUR_ISS)];
  switch (arrow.event) {
    case 'passive OPEN':
      story.calls('OPEN', () => connection.openPassive(story.now));
      return;
    case 'active OPEN':
      story.calls('OPEN', () => connection.openActive(story.now));
      return;
    case 'SEND':
      story.sends(0);
      return;
    case 'CLOSE':
      story.calls('CLOSE', () => connection.close(story.now));
      return;
    case 'ABORT':
      story.calls('ABORT', () => connection.abort(story.now));
      return;
    case 'rcv SYN':
      story.arrives({ flags: 'S', seq: arrow.from === 'SYN-RECEIVED' ? 5 : 0 });
      return;
    case 'rcv SYN,ACK':
      story.arrives({ flags: 'SA', seq: 0, ack: 1 });
      return;
    case 'rcv ACK of SYN':
    case 'rcv ACK of FIN':
      story.arrives({ flags: 'A', seq, ack: nxt });
      return;
    case 'rcv FIN':
      story.arrives({ flags: 'FA', seq, ack: una });
      return;
    case 'rcv RST':
    case 'rcv RST after active OPEN':
      story.arrives(arrow.from === 'SYN-SENT' ? { flags: 'RA', ack: 1 } : { flags: 'R', seq });
      return;
    case 'rcv SYN of a new incarnation':
      story.calls('a new connection', () => connection.supersede());
      return;
    default:
      timesOut(story, arrow);
  }
}

function timesOut(story: Narrator, arrow: Arrow): void {
  const { connection } = story;
  // Only what is outstanding can time out or meet an error.
  if (arrow.from === 'ESTABLISHED' || arrow.from === 'CLOSE-WAIT') story.sends(1).forget();
  switch (arrow.event) {
    case 'timeout 2MSL':
      story.waits(minutes(4));
      return;
    case 'user timeout':
      connection.setUserTimeout(ms(500), story.now);
      story.waits(seconds(60));
      return;
    case 'R2 exceeded':
      connection.setR2(ms(500), story.now);
      story.waits(minutes(10));
      return;
    case 'hard error':
      story.calls('ICMP', () =>
        connection.icmpArrived({ type: 3, code: 2, seq: connection.tcb.snd.una }, story.now),
      );
      return;
    default:
      throw new Error(`nobody knows how to make '${arrow.event}' happen`);
  }
}
