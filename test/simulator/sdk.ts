import { afterEach } from 'vitest';
import type { Simulator } from './simulator.ts';
import { Story } from './story.ts';
import type { World } from './world.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A story in that world, closed after the test. */
export async function tell(world: World): Promise<Story> {
  const story = await Story.of(world);
  open.push(() => story.simulator.close());
  return story;
}

/** What any client of the SDK needs to talk to the simulator. */
export function clientOptions({ url }: Simulator, region = 'eu-west-1') {
  return {
    endpoint: url,
    region,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' },
    maxAttempts: 1,
  };
}

export const account = '123456789012';
export const deployer = `arn:aws:sts::${account}:assumed-role/deployer/github`;

/** Callers of which everyone lacks one permission. */
export function without(action: string): NonNullable<World['callers']> {
  return { '*': { arn: deployer, deny: [{ action }] } };
}
