import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAccount } from './account.ts';
import { anyone, callerOf, regionOf, signedFor } from './caller.ts';
import { manualClock, runningClock } from './clock.ts';
import { advance, interveneNow } from './engine/advance.ts';
import type { State } from './engine/state.ts';
import { ApiError } from './errors.ts';
import { openFaults } from './faults.ts';
import { uuid } from './ids.ts';
import { ecr, layers } from './services/ecr.ts';
import { ecs } from './services/ecs/index.ts';
import { elbv2 } from './services/elbv2/index.ts';
import { iam } from './services/iam/index.ts';
import { kms } from './services/kms.ts';
import { logs } from './services/logs.ts';
import type { Call, Reply, Request, Room } from './services/room.ts';
import { secretsManager } from './services/secrets-manager.ts';
import { ssm } from './services/ssm.ts';
import { sts } from './services/sts.ts';
import type { Intervention, Json, World } from './world.ts';

/** Every service behind the address. A new one is a file and a line here. */
const rooms: Room[] = [ecs, ssm, secretsManager, sts, iam, kms, ecr, layers, logs, elbv2];

export interface Options {
  /** 0, a free one, where absent. */
  port?: number;
  /** `running` where absent; a `manual` one stands still until `advance`. */
  clock?: 'running' | 'manual';
  /** How many simulated seconds pass in a real one. */
  speed?: number;
  /** Is told of each call once it is answered. */
  onCall?: (call: RecordedCall) => void;
}

export interface RecordedCall {
  /** Simulated milliseconds since the epoch. */
  at: number;
  service: string;
  operation: string;
  input: Json;
  /** 0 when no answer was sent. */
  status: number;
  error?: string;
}

export interface Simulator {
  url: string;
  /** All calls in the order of their arrival. */
  calls: RecordedCall[];
  /** The account as it is now. Its `world` may be changed while it runs. */
  state: State;
  /** The simulated time, in milliseconds since the epoch. */
  now(): number;
  advance(seconds: number): void;
  /** Lets others do something at once. */
  intervene(what: Omit<Intervention, 'atSeconds'>): void;
  close(): Promise<void>;
}

/** Opens the world and serves it over HTTP on loopback. */
export async function startSimulator(world: World, options: Options = {}): Promise<Simulator> {
  const clock = options.clock === 'manual' ? manualClock() : runningClock(options.speed ?? 1);
  const state = openAccount(world, clock.now());
  state.world.faults ??= [];
  const faults = openFaults(state.world.faults);
  const calls: RecordedCall[] = [];
  const catchUp = () => advance(state, clock.now());

  const server = createServer((message, response) => {
    void serve(message, response);
  });

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(message);
    catchUp();
    const call: Call = {
      method: message.method ?? 'GET',
      path: message.url ?? '/',
      headers: message.headers,
      body,
      signedFor: signedFor(message.headers),
    };
    const id = uuid(state.ids);
    const record: RecordedCall = {
      at: state.now,
      service: '',
      operation: '',
      input: {},
      status: 0,
    };
    calls.push(record);
    const reply = respond(call, record, id);
    if (reply !== undefined) {
      record.status = reply.status;
      response.writeHead(reply.status, { 'content-type': reply.type, 'x-amzn-requestid': id });
      response.end(reply.body);
    } else if (record.error !== 'hang') {
      message.socket.destroy();
    }
    options.onCall?.(record);
  }

  /** Undefined when no answer shall be sent. */
  function respond(call: Call, record: RecordedCall, id: string): Reply | undefined {
    let room: Room = ecs;
    try {
      const [owner, request] = enter(call);
      room = owner;
      Object.assign(record, { service: room.name, ...request });
      const fault = faults.next(request.operation, state);
      if (fault === undefined) return answer(call, room, request);
      if (typeof fault === 'object') {
        throw new ApiError(fault.type, fault.message, fault.status ?? 400);
      }
      record.error = fault;
      if (fault === 'reset-after') answer(call, room, request);
      if (fault === 'html-500') return proxyError;
      return undefined;
    } catch (error) {
      const refusal = asApiError(error);
      record.error = refusal.type;
      return room.refuse(refusal, id);
    }
  }

  function answer(call: Call, room: Room, request: Request): Reply {
    const { world } = state;
    const caller = room.admits === 'everyone' ? anyone(world) : callerOf(call.headers, world);
    if (state.world.unsupported?.includes(request.operation) === true) {
      throw new ApiError('UnknownOperationException', `Unknown operation ${request.operation}`);
    }
    return room.answer(request, {
      state,
      caller,
      at: state.now,
      region: regionOf(call.headers) ?? world.region,
      url: `http://${call.headers.host}`,
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    state,
    now: clock.now,
    advance: (seconds) => {
      clock.advance(seconds);
      catchUp();
    },
    intervene: (what) => {
      catchUp();
      interveneNow(state, what);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

const proxyError: Reply = {
  status: 500,
  type: 'text/html',
  body: '<html><head><title>500 Internal Server Error</title></head><body><center><h1>500 Internal Server Error</h1></center></body></html>',
};

function enter(call: Call): [Room, Request] {
  for (const room of rooms) {
    const request = room.read(call);
    if (request !== undefined) return [room, request];
  }
  const asked = String(call.headers['x-amz-target'] ?? `${call.method} ${call.path}`);
  throw new ApiError('UnknownOperationException', `Unknown operation ${asked}`);
}

/** What is no answer of AWS's is a mistake in the simulator, and says so. */
function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ApiError('SimulatorBug', text, 500);
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
