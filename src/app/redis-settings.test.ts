import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, printConfig, readConfig } from "./config.ts";

const read = (url: string) => readConfig({ env: { REDIS_URL: url }, services: [] });

test("Redis is optional, and its address is a secret", () => {
  assert.equal(read("").platform.redisUrl, "");
  const url = "rediss://house:hidden@redis.example:6380/2";
  const config = read(url);
  assert.equal(config.platform.redisUrl, url);
  assert.match(printConfig(config), /^REDIS_URL +•••/m);
});

test("what is no address of a Redis stops the start, and is not repeated", () => {
  for (const wrong of ["redis.example:6379", "http://hidden@redis.example", "redis://hidden@redis.example/cart"]) {
    assert.throws(
      () => read(wrong),
      (error) =>
        error instanceof ConfigError && error.message.includes("REDIS_URL") && !error.message.includes("hidden"),
    );
  }
});
