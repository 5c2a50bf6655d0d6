import assert from "node:assert/strict";
import { test } from "node:test";
import { Parser } from "@asyncapi/parser";
import { eventsDocument } from "./events-document.ts";
import { allServices } from "./services.ts";

test("the document of all events is one that AsyncAPI's own parser takes without a complaint", async () => {
  const text = JSON.stringify(eventsDocument(allServices, "madang."));
  const { document, diagnostics } = await new Parser().parse(text);
  const complaints = diagnostics.filter(({ severity }) => severity <= 1);
  assert.deepEqual(
    complaints.map(({ message, path }) => `${path.join("/")}: ${message}`),
    [],
  );
  const announced = allServices.flatMap(({ announces }) => announces.map(({ type }) => type));
  const messages = document?.allMessages().all() ?? [];
  assert.deepEqual([...new Set(messages.map((message) => message.id()))].sort(), announced.toSorted());
  const addresses =
    document
      ?.channels()
      .all()
      .map((channel) => channel.address()) ?? [];
  assert.ok(addresses.includes("madang.order"), addresses.join());
  for (const message of messages) {
    const payload = message.payload()?.json() as { properties: { data: object; position: object } };
    assert.ok(payload.properties.data && payload.properties.position, message.id());
  }
});

test("a document that says something wrong is not taken, so the parser does look", async () => {
  const broken = JSON.parse(JSON.stringify(eventsDocument(allServices, "madang.")));
  broken.operations["hear-order"].channel.$ref = "#/channels/nowhere";
  const { document, diagnostics } = await new Parser().parse(JSON.stringify(broken));
  assert.equal(document, undefined);
  assert.ok(diagnostics.some(({ severity }) => severity === 0));
});
