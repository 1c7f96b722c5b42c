import { ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { register } from '../../src/task-definition/register.ts';
import { arnOf, definition, described, exception, withContainer } from './factory.ts';

const BUSY = exception(
  'ClientException',
  'Too many concurrent attempts to create a new revision of the specified family.',
);

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());

function clockAt(chance: number): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => slept.reduce((sum, ms) => sum + ms, 1_000_000),
    random: () => chance,
    sleep: async (ms) => {
      slept.push(ms);
    },
  };
}

describe('registering', () => {
  it('sends the definition and returns its ARN', async () => {
    ecs.on(RegisterTaskDefinitionCommand).resolves(described(definition()));
    const asked = definition({ tags: [] });
    expect(await register(new ECSClient({}), asked, clockAt(0))).toEqual({
      arn: arnOf('web:7'),
      dropped: [],
    });
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)[0]?.args[0].input).toEqual(definition());
  });

  it('sends tags and finds them beside the answer', async () => {
    const asked = definition({
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    const answer = definition({ tags: [{ key: 'b', value: '2' }] });
    ecs.on(RegisterTaskDefinitionCommand).resolves(described(answer));
    expect((await register(new ECSClient({}), asked, clockAt(0))).dropped).toEqual(['tags[0]']);
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)[0]?.args[0].input).toEqual(asked);
  });

  it('names the fields that did not arrive', async () => {
    ecs.on(RegisterTaskDefinitionCommand).resolves(described(withContainer({})));
    const { dropped } = await register(new ECSClient({}), withContainer({ typo: 1 }), clockAt(0));
    expect(dropped).toEqual(['containerDefinitions[0].typo']);
  });

  it('waits its turn, longer each time, with chance in it', async () => {
    for (const [chance, slept] of [
      [0, [500, 1000, 2000]],
      [0.5, [750, 1500, 3000]],
    ] as const) {
      const busy = ecs.on(RegisterTaskDefinitionCommand);
      busy.rejectsOnce(BUSY).rejectsOnce(BUSY).rejectsOnce(BUSY).resolves(described(definition()));
      const clock = clockAt(chance);
      await register(new ECSClient({}), definition(), clock);
      expect(clock.slept).toEqual(slept);
      ecs.reset();
    }
  });

  it('gives up within two minutes with the error of AWS', async () => {
    ecs.on(RegisterTaskDefinitionCommand).rejects(BUSY);
    const clock = clockAt(0.9);
    await expect(register(new ECSClient({}), definition(), clock)).rejects.toBe(BUSY);
    const total = clock.now() - 1_000_000;
    expect(total).toBeGreaterThan(90_000);
    expect(total).toBeLessThanOrEqual(120_000);
  });

  it('lets every other error pass at once', async () => {
    const error = exception('ClientException', 'Role is not valid');
    ecs.on(RegisterTaskDefinitionCommand).rejects(error);
    const clock = clockAt(0);
    await expect(register(new ECSClient({}), definition(), clock)).rejects.toBe(error);
    expect(clock.slept).toEqual([]);
  });
});
