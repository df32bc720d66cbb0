import { failureOf, TestxError } from "../core/failure.ts";
import type { LoadedConfig, ProviderSource } from "../core/settings.ts";
import type { AnyService } from "../core/stand-in.ts";
import { discover } from "../platform/config/discover.ts";
import { ownProviders, standInsOf } from "../platform/config/own-providers.ts";
import type { World } from "./world.ts";

type Where = Pick<World, "cwd" | "config" | "providers">;

/**
 * The providers there are, with those that the project's settings name. Undoing needs them also
 * where the configuration is broken: then what can be read of the settings counts.
 */
export async function providersOf(world: Where, loaded?: LoadedConfig): Promise<ProviderSource> {
  if (loaded !== undefined) return loaded.source;
  try {
    const { project, settings } = await discover(world.cwd, world.config, (path) => path);
    return ownProviders(settings, project, world.providers);
  } catch (error) {
    if (error instanceof TestxError) return world.providers;
    throw error;
  }
}

/**
 * The stand-ins that own providers bring. What one throws is told: whoever asks it gets no more
 * than a reply of 500.
 * @throws TestxError PROVIDER_INVALID
 */
export async function ownStandIns(
  world: Where & Pick<World, "notice">,
  loaded?: LoadedConfig,
): Promise<readonly AnyService[]> {
  const told = new Set<string>();
  const telling = (service: AnyService): AnyService => {
    const handle: AnyService["handle"] = (...args) => {
      try {
        return service.handle(...args);
      } catch (error) {
        const { message } = failureOf(error);
        if (!told.has(message)) world.notice(message);
        told.add(message);
        throw error;
      }
    };
    return Object.create(service, { handle: { value: handle, enumerable: true } }) as AnyService;
  };
  return (await standInsOf(await providersOf(world, loaded))).map(telling);
}
