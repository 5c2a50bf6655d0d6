// The flows of the house, as they stand for the memory bus, with every service hearing the others over Kafka.
process.env.MADANG_TEST_BUS = "kafka";
await import("./checkout.db.test.ts");
await import("./deadlines.db.test.ts");
await import("./once.db.test.ts");
await import("./stale-price.db.test.ts");
