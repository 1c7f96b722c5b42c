import type { LogEvent } from '../engine/logs.ts';
import { readLog } from '../engine/logs.ts';
import type { LogStream } from '../engine/state.ts';
import { ApiError, invalidParameter } from '../errors.ts';
import { authorize } from '../permissions.ts';
import type { Json } from '../world.ts';
import { fitsFilter } from './log-filter.ts';
import type { Context } from './room.ts';
import { isHere, jsonService, pageFrom, present } from './room.ts';

const maximumEvents = 10_000;
const maximumBytes = 1_048_576;

/** CloudWatch Logs: what containers have written. */
export const logs = jsonService('logs', 'Logs_20140328', {
  DescribeLogGroups: describeLogGroups,
  DescribeLogStreams: describeLogStreams,
  GetLogEvents: getLogEvents,
  FilterLogEvents: filterLogEvents,
});

function arnOf({ state, region }: Context, resource: string): string {
  const { account, partition = 'aws' } = state.world;
  return `arn:${partition}:logs:${region}:${account}:log-group:${resource}`;
}

/** All groups of the world; where it lists none, those that task definitions name. */
function groupNames(context: Context): string[] {
  const { world, taskDefinitions } = context.state;
  if (!isHere(context)) return [];
  if (world.logGroups !== undefined) return world.logGroups;
  const named = taskDefinitions
    .flatMap(({ body }) => (body.containerDefinitions ?? []) as Json[])
    .map(({ logConfiguration }) => (logConfiguration as { options?: Json } | undefined)?.options)
    .flatMap((options) => options?.['awslogs-group'] ?? []);
  return [...new Set(named.map(String))];
}

function describeLogGroups(input: Json, context: Context): Json {
  authorize(context.caller, 'logs:DescribeLogGroups', arnOf(context, ':log-stream:'));
  const size = checkLimit(input.limit ?? 50, 50);
  const prefix = String(input.logGroupNamePrefix ?? '');
  const pattern = String(input.logGroupNamePattern ?? '').toLowerCase();
  const matching = groupNames(context)
    .filter((name) => name.startsWith(prefix) && name.toLowerCase().includes(pattern))
    .toSorted();
  const { items, next } = pageFrom(matching, input.nextToken, size);
  return present({
    logGroups: items.map((name) => ({
      logGroupName: name,
      creationTime: 1_700_000_000_000,
      metricFilterCount: 0,
      arn: arnOf(context, `${name}:*`),
      storedBytes: 0,
      logGroupClass: 'STANDARD',
      logGroupArn: arnOf(context, name),
    })),
    nextToken: next,
  });
}

/** The name of the group that a request is about; an ARN will do as its identifier. */
function groupName({ logGroupName, logGroupIdentifier }: Json): string {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    // No capture of this text is known.
    throw invalidParameter('Exactly one of logGroupName and logGroupIdentifier is required.');
  }
  return String(logGroupName ?? logGroupIdentifier).replace(/^arn:.*:log-group:/, '');
}

/** Checks the permission, then that the group is there; returns its streams. */
function enter(input: Json, context: Context, action: string, stream = ''): LogStream[] {
  const group = groupName(input);
  authorize(context.caller, `logs:${action}`, arnOf(context, `${group}:log-stream:${stream}`));
  const { world, logStreams } = context.state;
  if (!isHere(context) || world.logGroups?.includes(group) === false) {
    throw notFound('group');
  }
  return logStreams.filter((candidate) => candidate.group === group);
}

function notFound(what: string): ApiError {
  return new ApiError('ResourceNotFoundException', `The specified log ${what} does not exist.`);
}

function describeLogStreams(input: Json, context: Context): Json {
  const group = groupName(input);
  const streams = enter(input, context, 'DescribeLogStreams');
  const byTime = input.orderBy === 'LastEventTime';
  const ordered = streams
    .filter(({ name }) => name.startsWith(String(input.logStreamNamePrefix ?? '')))
    .toSorted((one, other) =>
      byTime ? one.createdAt - other.createdAt : one.name < other.name ? -1 : 1,
    );
  const wanted = input.descending === true ? ordered.toReversed() : ordered;
  const { items, next } = pageFrom(wanted, input.nextToken, checkLimit(input.limit ?? 50, 50));
  return present({
    logStreams: items.map((stream) => {
      const events = readLog(stream, context.at);
      return present({
        logStreamName: stream.name,
        creationTime: stream.createdAt,
        arn: arnOf(context, `${group}:log-stream:${stream.name}`),
        storedBytes: 0,
        firstEventTimestamp: events[0]?.timestamp,
        lastEventTimestamp: events.at(-1)?.timestamp,
      });
    }),
    nextToken: next,
  });
}

function getLogEvents(input: Json, context: Context): Json {
  const name = String(input.logStreamName);
  const stream = enter(input, context, 'GetLogEvents', name).find((one) => one.name === name);
  if (stream === undefined) throw notFound('stream');
  const events = between(readLog(stream, context.at), input);
  const limit = checkLimit(input.limit ?? maximumEvents, maximumEvents);
  const [direction, offset] = readToken(input, events.length);
  const [from, to] =
    direction === 'f'
      ? [offset, offset + howManyFit(events.slice(offset), limit)]
      : [offset - howManyFit(events.slice(0, offset).toReversed(), limit), offset];
  return {
    events: events.slice(from, to).map((event) => ({ ...event, ingestionTime: event.timestamp })),
    nextForwardToken: makeToken('f', to),
    nextBackwardToken: makeToken('b', from),
  };
}

function between(events: LogEvent[], { startTime = 0, endTime = Infinity }: Json): LogEvent[] {
  return events.filter(
    ({ timestamp }) => timestamp >= Number(startTime) && timestamp < Number(endTime),
  );
}

/** How many of these events one page holds. */
function howManyFit(events: LogEvent[], limit: number): number {
  let bytes = 0;
  const cut = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + 26;
    return index >= limit || (index > 0 && bytes > maximumBytes);
  });
  return cut < 0 ? events.length : cut;
}

/** Without a token, reading starts at the end, unless asked from the head. */
function readToken({ nextToken, startFromHead }: Json, count: number): ['f' | 'b', number] {
  if (nextToken === undefined) return startFromHead === true ? ['f', 0] : ['b', count];
  const [, direction, digits] = /^([fb])\/(\d+)\/s$/.exec(String(nextToken)) ?? [];
  if (digits === undefined) throw invalidParameter('The specified nextToken is invalid.');
  return [direction === 'f' ? 'f' : 'b', Math.min(Number(digits), count)];
}

function makeToken(direction: 'f' | 'b', offset: number): string {
  return `${direction}/${String(offset).padStart(56, '0')}/s`;
}

function filterLogEvents(input: Json, context: Context): Json {
  const streams = enter(input, context, 'FilterLogEvents');
  const names = input.logStreamNames as string[] | undefined;
  const prefix = String(input.logStreamNamePrefix ?? '');
  const matching = streams
    .filter(({ name }) => (names?.includes(name) ?? true) && name.startsWith(prefix))
    .flatMap((stream) =>
      between(readLog(stream, context.at), input).map((event, index) => ({
        logStreamName: stream.name,
        ...event,
        ingestionTime: event.timestamp,
        eventId: `${event.timestamp}${String(index).padStart(43, '0')}`,
      })),
    )
    .filter(({ message }) => fitsFilter(String(input.filterPattern ?? ''), message))
    .toSorted((one, other) => one.timestamp - other.timestamp);
  const limit = checkLimit(input.limit ?? maximumEvents, maximumEvents);
  const from = Number.parseInt(String(input.nextToken ?? '0'), 36);
  const size = howManyFit(matching.slice(from), limit);
  const { items, next } = pageFrom(matching, input.nextToken, size);
  return present({ events: items, searchedLogStreams: [], nextToken: next });
}

function checkLimit(limit: unknown, maximum: number): number {
  const value = Number(limit);
  if (value >= 1 && value <= maximum) return value;
  const bound = value < 1 ? 'greater than or equal to 1' : `less than or equal to ${maximum}`;
  throw invalidParameter(
    `1 validation error detected: Value '${value}' at 'limit' failed to satisfy constraint: Member must have value ${bound}`,
  );
}
