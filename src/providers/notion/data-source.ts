import type { DataSourceObjectResponse } from "@notionhq/client";
import type { Call } from "../../core/provider.ts";
import { ifThere, isTrashed, type NotionClient } from "./client.ts";
import { plain } from "./ids.ts";

/** A data source with its properties, asked once for all steps of a phase; `undefined`: gone. */
export function dataSource(
  client: NotionClient,
  id: string,
  call: Call,
): Promise<DataSourceObjectResponse | undefined> {
  return call.shared(`data-source:${plain(id)}`, async () => {
    client.sources.delete(plain(id));
    const found = await ifThere(() => client.api.dataSources.retrieve({ data_source_id: id }));
    if (found === undefined || !("properties" in found)) return undefined;
    const whole = found as DataSourceObjectResponse;
    if (isTrashed(whole)) return undefined;
    client.sources.set(plain(id), whole);
    return whole;
  });
}

/**
 * As it was last seen, or looked up: to know the types of the values of a row that is about to
 * be written. Reading the row has just looked at it.
 */
export async function knownDataSource(
  client: NotionClient,
  id: string,
  call: Call,
): Promise<DataSourceObjectResponse | undefined> {
  return client.sources.get(plain(id)) ?? dataSource(client, id, call);
}
