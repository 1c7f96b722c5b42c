import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startSimulator } from './simulator.ts';
import type { World } from './world.ts';
import { webWorld } from './worlds.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '4599' },
    speed: { type: 'string', default: '1' },
  },
});
const [file] = positionals;
const world: World = file === undefined ? webWorld() : JSON.parse(readFileSync(file, 'utf8'));

const { url } = await startSimulator(world, {
  port: Number(values.port),
  speed: Number(values.speed),
  onCall: ({ at, service, operation, status, error = '' }) =>
    console.log(`${new Date(at).toISOString()} ${service} ${operation} ${status} ${error}`.trim()),
});

console.log(`# ${url}`);
console.log(`export AWS_ENDPOINT_URL=${url}`);
console.log(`export AWS_REGION=${world.region}`);
console.log('export AWS_ACCESS_KEY_ID=AKIAEXAMPLE AWS_SECRET_ACCESS_KEY=example');
