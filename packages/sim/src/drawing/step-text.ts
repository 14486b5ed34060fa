/** What a drawing writes at a host for a step that is no packet. */
import type { PaintRole } from './paint.ts';
import type { ToldRecord } from './story.ts';

export interface StepText {
  readonly role: PaintRole;
  /** One character that says what kind of step it is. */
  readonly mark: string;
  readonly text: string;
}

type AtHost = Exclude<ToldRecord, { readonly kind: 'script' }>;

/** Marks: `»` a program calls, `«` a program is told, `◷` a timer, `·` another layer speaks, `✗` refused. */
export function stepText(record: AtHost): StepText {
  switch (record.kind) {
    case 'call':
      return { role: 'call', mark: '»', text: callText(record) };
    case 'event':
      return { role: 'event', mark: '«', text: record.event };
    case 'timer':
      return { role: 'timer', mark: '◷', text: timerText(record) };
    case 'note':
      return { role: 'note', mark: '·', text: `${record.layer}: ${record.why}` };
    case 'discard': {
      const packet = record.packet === undefined ? '' : ` #${record.packet.id}`;
      return { role: 'lost', mark: '✗', text: `discarded${packet}: ${record.why}` };
    }
    case 'state': {
      const text = `${record.machine}: ${record.before} → ${record.after}`;
      return { role: 'state', mark: '○', text };
    }
    case 'variable':
      return { role: 'why', mark: '=', text: `${record.name} ${record.before} → ${record.after}` };
    case 'limit':
      return { role: 'why', mark: '≤', text: `nothing sent: ${record.limit}` };
  }
}

function callText(record: Extract<AtHost, { readonly kind: 'call' }>): string {
  const bytes = record.bytes === undefined ? '' : ` ${record.bytes} bytes`;
  const result = record.result === 'ok' || record.result === '' ? '' : `: ${record.result}`;
  return `${record.call}${bytes}${result}`;
}

function timerText(record: Extract<AtHost, { readonly kind: 'timer' }>): string {
  return record.action === 'fire'
    ? `${record.timer} timer fires`
    : `${record.timer} timer ${record.action}s`;
}
