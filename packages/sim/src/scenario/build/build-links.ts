/** The links of a scenario, with what is wrong with them by chance. */
import { us } from '@tcplab/core';
import {
  Corruption,
  Duplication,
  findPreset,
  Reordering,
  type DirectionOptions,
  type Impairment,
  type LinkDirection,
} from '../../network/index.ts';
import { fixedDelay, type SimRandom } from '../../random/index.ts';
import type { Simulation } from '../../simulation.ts';
import type { DirectionSettings, LinkSettings } from '../schema/index.ts';
import { LossStage } from './loss-stage.ts';

type Streams = (purpose: string) => SimRandom;

/** Makes all links. */
export function buildLinks(simulation: Simulation, links: readonly LinkSettings[]): void {
  for (const settings of links) {
    const [a, b] = settings.between.map((name) => simulation.station(name));
    const forward = merged(settings, settings.forward);
    const backward = merged(settings, settings.backward);
    const { forward: _f, backward: _b, ...both } = settings;
    simulation.link(a!, b!, {
      ...directionOptions(both),
      forward: directionOptions(forward),
      backward: directionOptions(backward),
      impair: (streams, direction) =>
        impairments(direction.from === a ? forward : backward, streams, direction),
    });
  }
}

type WithPreset = DirectionSettings & { readonly preset?: LinkSettings['preset'] };

/** What holds for one direction: the link's own settings, replaced by those of the direction. */
function merged(link: LinkSettings, direction: DirectionSettings | undefined): WithPreset {
  const { between: _, forward: _f, backward: _b, ...both } = link;
  return { ...both, ...direction };
}

function directionOptions(settings: WithPreset): DirectionOptions {
  const preset = settings.preset === undefined ? undefined : findPreset(settings.preset);
  const { delay, jitter, rate, queue, mtu } = settings;
  return {
    delay: fixedDelay(us(0)),
    ...preset?.direction,
    ...(delay === undefined ? {} : { delay: delay as DirectionOptions['delay'] }),
    ...(jitter === undefined ? {} : { keepOrder: jitter === 'preserve' }),
    ...(rate === undefined ? {} : { rate }),
    ...(queue === undefined ? {} : { queue }),
    ...(mtu === undefined ? {} : { mtu }),
  };
}

/** Each kind of trouble has a stream of its own, so that one never shifts another's draws. */
function impairments(
  settings: WithPreset,
  streams: Streams,
  direction: LinkDirection,
): readonly Impairment[] {
  const { duplicate, corrupt, reorder } = settings;
  const loss = new LossStage(direction, () => streams('loss'));
  loss.set(settings.loss ?? lossOfPreset(settings));
  return [
    loss,
    ...(duplicate === undefined ? [] : [new Duplication(duplicate, streams('duplicate'))]),
    ...(corrupt === undefined ? [] : [new Corruption(corrupt, streams('corrupt'))]),
    ...(reorder === undefined
      ? []
      : [new Reordering(reorder.chance, us(reorder.by), streams('reorder'))]),
  ];
}

function lossOfPreset(settings: WithPreset): DirectionSettings['loss'] {
  const preset = settings.preset === undefined ? undefined : findPreset(settings.preset);
  if (preset?.loss !== undefined) return { kind: 'chance', chance: preset.loss };
  return preset?.burst === undefined ? undefined : { kind: 'burst', ...preset.burst };
}
