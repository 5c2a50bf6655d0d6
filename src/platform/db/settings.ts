/** Settings by name, as `postgres -c name=value` takes them. */
export type Settings = Record<string, string>;

/** What the embedded server runs with: nothing is given up of durability, and memory suits a laptop. */
export const embeddedSettings: Settings = {
  max_connections: "120",
  shared_buffers: "128MB",
  effective_cache_size: "512MB",
  work_mem: "8MB",
  wal_buffers: "16MB",
  max_wal_size: "1GB",
  min_wal_size: "128MB",
  // A new segment is not filled with zeros first: a sixth of all work, until the log has grown once and is used again.
  wal_init_zero: "off",
  checkpoint_timeout: "15min",
  random_page_cost: "1.1",
  // Short statements by many sessions: neither compiling nor sharing one statement over processes pays.
  jit: "off",
  max_parallel_workers_per_gather: "0",
  io_method: "sync",
  autovacuum_naptime: "15s",
  // A table that has grown by half is looked at again, and its samples sorted; small ones tell our indexes enough.
  autovacuum_analyze_scale_factor: "0.5",
  default_statistics_target: "10",
  // Passwords here are 256 random bits, which need no stretching; it would cost each connection milliseconds.
  scram_iterations: "1",
  // The log must not hold what people typed: no parameters, no "Key (email)=(…) exists", no statement texts.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
  log_checkpoints: "off",
  log_line_prefix: "%m [%p] %a ",
  log_timezone: "UTC",
  timezone: "UTC",
  update_process_title: "off",
};

/** For clusters that are thrown away after the tests: a crash of the machine may lose them. */
export const throwawaySettings: Settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "300",
};

/** Turns settings into arguments of the server. */
export function settingArguments(settings: Settings): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
