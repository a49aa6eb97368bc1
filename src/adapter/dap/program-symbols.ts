import { ProgramSymbols, SymbolFile, isAbsolutePath, joinPath, sourceMapper } from '../../symbols';
import type { Inflate } from '../../symbols';
import { RequestError, messageOf } from './errors';
import type { PreparedLaunch } from './launch';

/**
 * The symbols of a launch's files, with source paths as they are on this machine. A path that is relative even with
 * its unit's directory (a build that leaves out where it was made) starts at the folder of the ELF file.
 * @param inflate for compressed debug sections
 * @throws RequestError naming a file whose symbols cannot be read
 */
export function loadSymbols(launch: PreparedLaunch, inflate: Inflate | undefined): ProgramSymbols {
  const mapPath = sourceMapper(launch.sourceMap);
  return new ProgramSymbols(
    launch.engine.symbolFiles.map(({ name, bytes }) => {
      const folder = name.replace(/[\\/][^\\/]*$/, '');
      const locate = (path: string): string => {
        const mapped = mapPath(path);
        return isAbsolutePath(mapped) ? mapped : joinPath(folder, mapped);
      };
      try {
        return SymbolFile.parse(bytes, { name, mapPath: locate, inflate });
      } catch (error) {
        throw new RequestError(`${name}: ${messageOf(error)}`);
      }
    }),
  );
}
