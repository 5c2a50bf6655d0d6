import type { CommandParser } from "@redis/client";

/**
 * Takes one of `perMinute` by the generic cell rate, as the limiter in memory does (../http/limiter.ts). One script is
 * one step for all processes, and Redis's own clock is the one clock of all of them.
 */
export const takeScript = {
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + time[2] / 1000
    local step = 60000 / tonumber(ARGV[1])
    local next = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + step
    local wait = next - now - 60000
    if wait > 0.001 then return tostring(wait) end
    redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', math.ceil(next - now))
    return '0'`,
  parseCommand(parser: CommandParser, key: string, perMinute: number): void {
    parser.pushKey(key);
    parser.push(String(perMinute));
  },
  /** @returns 0 to go on, else ms. */
  transformReply: (reply: unknown): number => Number(reply),
};
